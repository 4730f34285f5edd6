// Formats by name, and those that are only written: AIPerf's lines and the notebook's table.
#include "app/exchange/exchange.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/measure/course_notebook.h"
#include "engine/measure/load_points_csv.h"
#include "engine/measure/metrics.h"
#include "engine/measure/record_json.h"
#include "engine/measure/rich_record.h"
#include "support/synthetic_run.h"

#include <doctest/doctest.h>

#include <sstream>

using namespace inferlab;

namespace {

std::vector<Json> linesOf(const std::string &text)
{
    std::vector<Json> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(Json::parse(line));
    return lines;
}

std::vector<std::vector<std::string>> cellsOf(const std::string &csv)
{
    std::vector<std::vector<std::string>> rows;
    std::istringstream in(csv);
    for (std::string line; std::getline(in, line);) {
        rows.emplace_back();
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');)
            rows.back().push_back(cell);
    }
    return rows;
}

} // namespace

TEST_CASE("formats have names, and names formats")
{
    for (const ExchangeFormat format : kExchangeFormats)
        CHECK(exchangeFromName(exchangeName(format)) == format);
    CHECK(!exchangeFromName("xml").has_value());
}

TEST_CASE("our own JSON comes back whole")
{
    const std::vector<RunRecord> runs {test::richRecord(), test::stoppedRecord()};
    const std::string json = writeRuns(runs, ExchangeFormat::InferLab);
    CHECK(runsToJson(readRuns(json, "r.json")) == json);
    // The bare record of `inferlab-cli metrics`, too.
    CHECK(readRuns(R"({"requests": [{"submitted_ns": 0, "tokens": [{"ns": 5}]}]})", "r.json").size()
          == 1);
}

TEST_CASE("what holds no times is refused with a way on")
{
    CHECK_THROWS_WITH_AS(writeRuns({RunRecord {}, RunRecord {}}, ExchangeFormat::Vllm),
                         "vLLM's format: expected one run in a file, found 2", InputError);
    CHECK_THROWS_AS(readRuns("batch_size,p50_ttft_s\n1,0.1\n", "n.csv"), InputError);
    CHECK_THROWS_AS(readRuns("", "n.json"), InputError);
    CHECK_THROWS_AS(readRuns("[]", "n.json"), InputError);
}

TEST_CASE("AIPerf's lines have its tags, units and times since 1970")
{
    const RunRecord run = makeSyntheticRun({.batch = 2, .newTokens = 5});
    const std::vector<Json> lines = linesOf(writeRuns({run}, ExchangeFormat::Aiperf));
    REQUIRE(lines.size() == 2);
    const Json &second = lines[1];
    CHECK(second["metadata"]["session_num"] == 1);
    CHECK(second["metadata"]["benchmark_phase"] == "profiling");
    CHECK(second["metadata"]["was_cancelled"] == false);
    CHECK(second["error"].is_null());
    // 2026-11-23T10:00:00+01:00 is 1795424400 seconds after 1970 (date -d).
    constexpr int64_t kBegan = 1'795'424'400'000'000'000;
    CHECK(second["metadata"]["request_start_ns"] == kBegan);
    const RequestRecord &request = run.requests[1];
    CHECK(second["metadata"]["request_end_ns"] == kBegan + request.endNs - request.submittedNs);
    const Json &metrics = second["metrics"];
    CHECK(metrics["time_to_first_token"]["value"].get<double>() == *ttftMs(request));
    CHECK(metrics["time_to_first_token"]["unit"] == "ms");
    CHECK(metrics["request_latency"]["value"].get<double>() == *endToEndMs(request));
    CHECK(metrics["inter_token_latency"]["value"].get<double>() == *tpotMs(request));
    CHECK(metrics["inter_chunk_latency"]["value"].size() == 4);
    CHECK(metrics["output_sequence_length"]["value"] == 5);
    CHECK(metrics["input_sequence_length"]["value"] == 20);
}

TEST_CASE("AIPerf's lines tell failures and cancellations")
{
    const std::vector<Json> lines =
        linesOf(writeRuns({test::stoppedRecord()}, ExchangeFormat::Aiperf));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0]["metadata"]["was_cancelled"] == true);
    CHECK(lines[0]["error"]["code"] == 499);
    CHECK(lines[1]["error"]["message"] == "the cache has no free blocks");
    CHECK(!lines[1]["metrics"].contains("time_to_first_token"));
    CHECK(lines[1]["metrics"]["error_isl"]["unit"] == "tokens");
}

TEST_CASE("the notebook's table has its columns, and the figures of the runs")
{
    std::vector<RunRecord> runs;
    for (uint64_t seed = 1; seed <= 3; ++seed)
        runs.push_back(makeSyntheticRun({.batch = 8, .newTokens = 20, .seed = seed}));
    runs.push_back(makeSyntheticRun({.batch = 1, .newTokens = 20}));
    runs.push_back(test::stoppedRecord()); // batch 1, two tokens of a stopped request
    runs.back().requests.resize(1);
    runs.back().requests[0].tokens.clear(); // nothing measured: no row of it
    const auto rows = cellsOf(writeRuns(runs, ExchangeFormat::Notebook));
    REQUIRE(rows.size() == 3);
    const std::vector<std::string> columns {"batch_size",
                                            "p50_ttft_s",
                                            "p90_ttft_s",
                                            "p50_latency_s",
                                            "p90_latency_s",
                                            "throughput_sustained_tok_s",
                                            "throughput_p50_tok_s",
                                            "throughput_p90_tok_s",
                                            "itl_p50_ms_per_tok",
                                            "itl_p90_ms_per_tok",
                                            "runs"};
    CHECK(rows[0] == columns);
    CHECK(rows[1][0] == "1");
    CHECK(rows[1][10] == "1");
    CHECK(rows[2][0] == "8");
    CHECK(rows[2][10] == "3");
    std::vector<double> latencies;
    std::vector<double> itls;
    double seconds = 0;
    for (size_t i = 0; i < 3; ++i) {
        const double duration = computeMetrics(runs[i]).durationS;
        latencies.push_back(duration);
        itls.push_back(*courseNotebookItlMs(runs[i]));
        seconds += duration;
    }
    CHECK(std::stod(rows[2][3]) == *percentile(latencies, 50));
    CHECK(std::stod(rows[2][4]) == *percentile(latencies, 90));
    CHECK(std::stod(rows[2][5]) == doctest::Approx(3 * 8 * 20 / seconds));
    CHECK(std::stod(rows[2][8]) == *percentile(itls, 50));
}

TEST_CASE("the notebook's table is read where curves are wanted")
{
    const std::vector<LoadPoint> points = loadPointsFromCsv(
        "batch_size,p50_ttft_s,p90_ttft_s,p50_latency_s,p90_latency_s,throughput_sustained_tok_s,"
        "throughput_p50_tok_s,throughput_p90_tok_s,itl_p50_ms_per_tok,itl_p90_ms_per_tok,runs\n"
        "1,0.02,0.03,2.5,2.7,50,51,52,19,20,10\n8,0.1,0.2,3,3.5,300,310,320,3,4,10\n",
        "notebook.csv");
    REQUIRE(points.size() == 2);
    CHECK(points[1].load == 8);
    CHECK(points[1].throughput == 300);
    CHECK(points[1].latencyMs == 3000); // seconds in the file
    CHECK_THROWS_WITH_AS(
        loadPointsFromCsv("batch_size,p50_latency_s\n1,2\n", "n.csv"),
        "n.csv: header: expected the columns batch_size, throughput_sustained_tok_s "
        "and p50_latency_s, found no throughput_sustained_tok_s",
        InputError);
}
