// inferlab-cli metrics and knee: figures, tables, exit codes and messages.
#include "check_refused.h"

#include "engine/base/json.h"

#include <doctest/doctest.h>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

// Files of one test.
class Files
{
public:
    std::string write(const std::string &name, const std::string &content) const
    {
        std::ofstream(m_folder / name, std::ios::binary) << content;
        return path(name);
    }
    std::string path(const std::string &name) const { return m_folder / name; }

private:
    ScratchFolder m_folder {INFERLAB_TEST_SCRATCH};
};

constexpr const char *kSweep = "latency,x,throughput\n22,1,50\n23,2,98\n25,4,190\n28,8,350\n"
                               "36,16,600\n60,32,800\n120,64,880\n260,128,900\n";

// A fast and a slow request, both submitted at 0: a first token, then gaps.
std::string fastAndSlow()
{
    Json requests = Json::array();
    const auto add = [&requests](int64_t firstMs, int gaps, int64_t gapMs) {
        Json tokens = Json::array();
        for (int64_t i = 0; i <= gaps; ++i)
            tokens.push_back({{"ns", (firstMs + i * gapMs) * 1'000'000}});
        requests.push_back({{"id", requests.size()},
                            {"scheduled_ns", 0},
                            {"submitted_ns", 0},
                            {"started_ns", 0},
                            {"tokens", tokens},
                            {"end_ns", (firstMs + gaps * gapMs) * 1'000'000},
                            {"end_reason", "length"},
                            {"prompt_tokens", 5}});
    };
    add(100, 10, 10);
    add(300, 100, 50);
    return jsonText({{"requests", requests}});
}

Json jsonOf(const CliResult &result)
{
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
    CHECK(result.err.empty());
    return parseJson(result.out, "stdout");
}

} // namespace

TEST_CASE("metrics --json gives every figure of a record")
{
    const Files files;
    const std::string record = files.write("run.json", fastAndSlow());
    const Json json = jsonOf(
        runCli({"metrics", "--record", record, "--slo", "ttft_ms=300,tpot_ms=10", "--json"}));
    CHECK(json["requests"] == 2);
    CHECK(json["output_tokens"] == 112);
    CHECK(json["prompt_tokens"] == 10);
    CHECK(json["tpot_ms"]["mean"].get<double>() == Approx(30));
    CHECK(json["itl_ms"]["n"] == 110);
    CHECK(json["itl_ms"]["mean"].get<double>() == Approx(46.364).epsilon(1e-5));
    CHECK(json["itl_ms"]["claims"]["p90"] == true);
    CHECK(json["itl_ms"]["claims"]["p99"] == false);
    CHECK(json["ttft_ms"]["p90"].get<double>() == Approx(280));
    CHECK(json["queue_ms"]["mean"].get<double>() == 0);
    CHECK(json["output_tok_per_s"].get<double>() == Approx(21.132).epsilon(1e-5));
    CHECK(json["slo_attainment"].get<double>() == Approx(0.5));
    CHECK(json["prefill_tok_per_s"].is_null());
    CHECK(json["per_request"].size() == 2);
    CHECK(json["per_request"][0]["itl_ms"].size() == 10);
}

TEST_CASE("metrics: an empty run has null figures")
{
    const Files files;
    const std::string record = files.write("run.json", R"({"requests": []})");
    const Json json = jsonOf(runCli({"metrics", "--record", record, "--json"}));
    for (const char *figure : {"ttft_ms", "itl_ms", "e2e_ms", "output_tok_per_s", "slo_attainment"})
        CHECK(json[figure].is_null());
    CHECK(runCli({"metrics", "--record", record}).exitCode == 0);
}

TEST_CASE("metrics for people: aligned columns, n, and marks where samples are too few")
{
    const Files files;
    const CliResult result =
        runCli({"metrics", "--record", files.write("run.json", fastAndSlow())});
    CHECK(result.exitCode == 0);
    CHECK(result.out.find("2 requests: 2 completed") != std::string::npos);
    CHECK(result.out.find("298.0*") != std::string::npos); // P99 of two TTFTs
    CHECK(result.out.find("P99 662") != std::string::npos);
    CHECK(result.out.find("21.13 tok/s total") != std::string::npos);
    const size_t head = result.out.find("mean");
    const size_t lineStart = result.out.rfind('\n', head) + 1;
    const size_t tableEnd = result.out.find("\n*");
    size_t width = 0;
    for (size_t at = lineStart; at < tableEnd; at = result.out.find('\n', at) + 1) {
        const size_t length = result.out.find('\n', at) - at;
        if (width == 0)
            width = length;
        CHECK(length == width);
    }
}

TEST_CASE("metrics: bad records and targets are one line and exit code 2")
{
    const Files files;
    const std::string good = files.write("good.json", fastAndSlow());
    checkRefused({"metrics"}, "--record");
    checkRefused({"metrics", "--record", files.path("none.json")}, "none.json");
    checkRefused({"metrics", "--record", files.write("empty.json", "")}, "empty.json");
    checkRefused({"metrics", "--record", files.write("cut.json", fastAndSlow().substr(0, 99))},
                 "cut.json");
    checkRefused(
        {"metrics", "--record", files.write("back.json", R"({"requests": [{"submitted_ns": 5,
                      "tokens": [{"ns": 4}]}]})")},
        "requests[0].tokens[0].ns");
    for (const char *slo : {"ttft", "ttft_ms=", "ttft_ms=fast", "ttft_ms=-1", "speed=3",
                            "ttft_ms=1,ttft_ms=2", "ttft_ms=1,", "ttft_ms=nan", "=5"})
        checkRefused({"metrics", "--record", good, "--slo", slo}, "--slo");
}

TEST_CASE("knee --json gives every method by its name")
{
    const Files files;
    const std::string csv = files.write("sweep.csv", kSweep);
    const Json json = jsonOf(runCli({"knee", "--csv", csv, "--budget", "100", "--json"}));
    CHECK(json["kneedle_linear"] == 32.0);
    CHECK(json["kneedle_log2"] == 32.0);
    CHECK(json["max_power"] == 16.0);
    CHECK(json["degradation"] == 8.0);
    CHECK(json["budget"] == 32.0);
    CHECK(json["crossing"] == 32.0);
    CHECK(json["usl"].is_number());
    CHECK(json["recommended"] == 32.0);
    CHECK(json["methods_disagree"] == false);
    CHECK(json["notes"]["budget"] == "budget 100 ms: 32 passes, 64 fails");

    CHECK(jsonOf(runCli({"knee", "--csv", csv, "--json"}))["budget"].is_null());
}

TEST_CASE("knee for people, and what it refuses")
{
    const Files files;
    const std::string csv = files.write("sweep.csv", kSweep);
    const CliResult result = runCli({"knee", "--csv", csv, "--budget", "100"});
    CHECK(result.exitCode == 0);
    CHECK(result.out.find("Knee: 32 (kneedle_log2)") != std::string::npos);
    CHECK(result.out.find("32 passes, 64 fails") != std::string::npos);

    checkRefused({"knee"}, "--csv");
    checkRefused({"knee", "--csv", files.path("none.csv")}, "none.csv");
    checkRefused({"knee", "--csv", csv, "--budget", "0"}, "budget");
    checkRefused({"knee", "--csv", csv, "--budget", "soon"}, "budget");
    checkRefused({"knee", "--csv", files.write("bad.csv", "x,throughput,latency\n1,2,no\n")},
                 "line 2, column latency");
    checkRefused({"knee", "--csv", files.write("zero.csv", "x,throughput,latency\n0,2,3\n")},
                 "load 0");
}
