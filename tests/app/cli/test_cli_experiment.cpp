// inferlab-cli experiment on a small random model: files as runs end, resumed after Ctrl+C and
// after kill -9, refused where folder and plan do not belong together.
#include "calibrated_folder.h"
#include "running_cli.h"

#include "engine/base/json.h"
#include "support/random_model.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

using namespace inferlab;
using namespace inferlab::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

class Lab
{
public:
    Lab()
        : m_scratch(INFERLAB_TEST_SCRATCH)
    {
        makeRandomModel({}).write(m_scratch / "model.gguf");
        m_user.calibrate(1);
        m_user.calibrate(defaultThreads());
        writePlan("plan.json", 4, 3);
    }
    // repeats of two batch sizes, so many tokens each
    void writePlan(const std::string &name, int newTokens, int repeats) const
    {
        std::ofstream(m_scratch / name)
            << R"({"format": "inferlab-experiment", "version": 1, "name": "two batches",)"
            << R"("axes": [{"vary": "batch", "values": [1, 3]}],)"
            << R"("hold": {"chat": false, "ignore_end": true, "threads": 1, "new_tokens": )"
            << newTokens << R"(}, "repeats": )" << repeats
            << R"(, "warm_ups": 1, "prompts": ["abc", "the cat sat"]})";
    }
    std::string path(const std::string &name) const { return (m_scratch / name).string(); }
    std::vector<std::string> call(const std::string &plan = "plan.json",
                                  const std::string &out = "out") const
    {
        return {"experiment",       "--file", path(plan), "--model",
                path("model.gguf"), "--out",  path(out)};
    }
    CliResult run(const std::vector<std::string> &arguments) const { return m_user.run(arguments); }
    const CalibratedFolder &user() const { return m_user; }
    Json progress() const
    {
        const std::string text = readFile(path("out/progress.json"));
        return text.empty() ? Json() : Json::parse(text);
    }

private:
    ScratchFolder m_scratch;
    CalibratedFolder m_user;
};

size_t lineCount(const std::string &text)
{
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

// point and repeat of every run that counts
std::set<std::pair<int, int>> runsIn(const Json &progress)
{
    std::set<std::pair<int, int>> runs;
    for (const Json &run : progress["runs"])
        CHECK(runs.emplace(run["point"], run["repeat"]).second);
    return runs;
}

} // namespace

TEST_CASE("the list of presets needs no model")
{
    const CliResult list = runCli({"experiment", "--list"});
    CHECK(list.exitCode == 0);
    CHECK(contains(list.out, "course-notebook-small"));
    const Json json = Json::parse(runCli({"experiment", "--list", "--json"}).out);
    CHECK(json["presets"].size() == 15);
}

TEST_CASE("a plan is carried out: records, tables, points on stdout, progress on stderr")
{
    const Lab lab;
    const CliResult result = lab.run(lab.call());
    CHECK(result.exitCode == 0);
    CHECK(contains(result.out, "batch 3  done"));
    CHECK(contains(result.out, "\n\nFrom batch 1 to batch 3, medians: first token "));
    CHECK(contains(result.err, "[8 of 8]"));
    CHECK(contains(result.err, "6 of 6 runs, complete"));
    CHECK(runsIn(lab.progress()).size() == 6);
    CHECK(lineCount(readFile(lab.path("out/runs.csv"))) == 7);
    CHECK(lineCount(readFile(lab.path("out/points.csv"))) == 3);
    CHECK(lineCount(readFile(lab.path("out/requests.csv"))) == 1 + 3 * (1 + 3));

    // A record opens by itself.
    const CliResult metrics =
        lab.run({"metrics", "--json", "--record", lab.path("out/records/point-001-run-002.json")});
    CHECK(metrics.exitCode == 0);
    CHECK(Json::parse(metrics.out)["output_tokens"] == 12);

    // What is complete is not measured again.
    const std::string before = readFile(lab.path("out/records/point-000-run-000.json"));
    std::vector<std::string> again = lab.call();
    again.emplace_back("--json");
    const CliResult second = lab.run(again);
    CHECK(second.exitCode == 0);
    CHECK_FALSE(contains(second.err, "run 1 of 3"));
    CHECK(readFile(lab.path("out/records/point-000-run-000.json")) == before);
    const Json json = Json::parse(second.out);
    CHECK(json["complete"] == true);
    CHECK(json["points"][1]["values"]["batch"] == 3);
    CHECK(json["points"][1]["ttft_ms"]["n"] == 9);
    CHECK(contains(json["findings"].at(0).get<std::string>(), "From batch 1 to batch 3"));
}

TEST_CASE("what was predicted stands beside what was measured, with what limited it")
{
    const Lab lab;
    const CliResult result = lab.run(lab.call());
    REQUIRE(result.exitCode == 0);
    CHECK(contains(result.err, "predictions by what this machine reached on 2026-11-28: "));
    CHECK(contains(result.out, "predicted"));
    CHECK(contains(result.out, "was limited by memory bandwidth"));
    CHECK(contains(result.out, "% less than predicted.")); // it is no such machine

    // The same machine asked for the same model: at one user the prompt's length hardly matters.
    const Json expected =
        Json::parse(lab.run({"predict", "--model", lab.path("model.gguf"), "--threads", "1",
                             "--batch", "1", "--prompt-tokens", "5", "--new-tokens", "4", "--json"})
                        .out);
    std::vector<std::string> again = lab.call();
    again.emplace_back("--json");
    const Json json = Json::parse(lab.run(again).out);
    const Json &one = json["points"][0];
    CHECK(one["predicted"]["itl_p50_ms"].get<double>()
          == doctest::Approx(expected["results"][0]["itl_ms"].get<double>()).epsilon(0.05));
    CHECK(one["limited_by"] == "memory bandwidth");
    const std::string points = readFile(lab.path("out/points.csv"));
    CHECK(contains(points, ",predicted_itl_p50_ms,"));
    CHECK(contains(points, ",memory bandwidth,"));
}

TEST_CASE("a folder with another experiment or another model is refused in one line")
{
    const Lab lab;
    REQUIRE(lab.run(lab.call()).exitCode == 0);
    const std::string before = readFile(lab.path("out/progress.json"));
    lab.writePlan("other.json", 5, 3);
    const CliResult other = lab.run(lab.call("other.json"));
    CHECK(other.exitCode == 2);
    CHECK(lineCount(other.err) == 1);
    CHECK(contains(other.err, "use another folder"));

    RandomModelSpec spec;
    spec.seed = 2;
    makeRandomModel(spec).write(lab.path("model.gguf"));
    const CliResult model = lab.run(lab.call());
    CHECK(model.exitCode == 2);
    CHECK(lineCount(model.err) == 1);
    CHECK(contains(model.err, "model_hash"));
    CHECK(readFile(lab.path("out/progress.json")) == before);
}

TEST_CASE("bad arguments and bad plans end with 2 and one line")
{
    const Lab lab;
    const auto refused = [](const std::vector<std::string> &arguments, const std::string &part) {
        const CliResult result = runCli(arguments);
        CHECK(result.exitCode == 2);
        CHECK(lineCount(result.err) == 1);
        INFO(result.err);
        CHECK(contains(result.err, part));
    };
    refused({"experiment"}, "--preset");
    refused({"experiment", "--preset", "batch", "--out", lab.path("o")}, "--model");
    refused({"experiment", "--preset", "batch", "--model", lab.path("model.gguf")}, "--out");
    refused({"experiment", "--preset", "nothing", "--model", lab.path("model.gguf"), "--out",
             lab.path("o")},
            "course-notebook-small");
    refused({"experiment", "--file", lab.path("none.json"), "--model", lab.path("model.gguf"),
             "--out", lab.path("o")},
            "none.json");
    refused({"experiment", "--preset", "threads", "--threads", "2", "--model",
             lab.path("model.gguf"), "--out", lab.path("o")},
            "--threads");
    refused({"experiment", "--preset", "batch", "--model", lab.path("none.gguf"), "--out",
             lab.path("o")},
            "none.gguf");
    // No point could run: said once, before there is a folder.
    refused({"experiment", "--preset", "batch", "--model",
             INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf", "--out", lab.path("o")},
            "expected a chat template, or a plan with \"chat\": false, found none");
    CHECK_FALSE(fs::exists(lab.path("o")));
}

TEST_CASE("a point that fails is named, the others are measured, the exit code is 1")
{
    const Lab lab;
    std::ofstream(lab.path("long.json"))
        << R"({"format": "inferlab-experiment", "version": 1, "name": "long",)"
        << R"("axes": [{"vary": "prompt_tokens", "values": [8, 4000]}],)"
        << R"("hold": {"chat": false, "new_tokens": 2}, "repeats": 2, "prompts": ["abc"]})";
    const CliResult result = lab.run(lab.call("long.json"));
    CHECK(result.exitCode == 1);
    CHECK(contains(result.err, "prompt tokens 4000 failed: "));
    CHECK(contains(result.err, "2 of 4 runs; 1 point failed"));
    CHECK(lab.progress()["points"][1]["state"] == "failed");
}

TEST_CASE("Ctrl+C ends with 130 and what was measured; the next call goes on")
{
    const Lab lab;
    lab.writePlan("plan.json", 300, 40);
    RunningCli running(lab.call(), lab.user().path());
    while (lab.progress().is_null() || lab.progress()["runs"].size() < 3)
        std::this_thread::sleep_for(2ms);
    running.interrupt();
    CHECK(contains(running.readRest(), "partial")); // the table of points
    CHECK(running.exitCode() == 130);
    const auto before = runsIn(lab.progress());
    CHECK(before.size() >= 3);
    CHECK(before.size() < 80);
    CHECK(lineCount(readFile(lab.path("out/runs.csv"))) == 1 + before.size());
}

TEST_CASE("kill -9 loses at most the run in progress")
{
    const Lab lab;
    lab.writePlan("plan.json", 60, 8);
    std::set<std::pair<int, int>> known;
    // Killed over and over, at moments that fall anywhere in a run or in a write.
    int kills = 0;
    for (int round = 0; round < 6; ++round) {
        RunningCli running(lab.call(), lab.user().path());
        const size_t want = known.size() + 1;
        while (lab.progress().is_null() || lab.progress()["runs"].size() < want)
            std::this_thread::sleep_for(1ms);
        std::this_thread::sleep_for(std::chrono::milliseconds(3 * round));
        running.kill();
        CHECK(running.exitCode() == -1);
        ++kills;
        const auto now = runsIn(lab.progress());
        CHECK(std::includes(now.begin(), now.end(), known.begin(), known.end()));
        CHECK(now.size() >= want);
        known = now;
        if (known.size() >= 16)
            break;
    }
    CHECK(kills >= 2);
    const CliResult last = lab.run(lab.call());
    CHECK(last.exitCode == 0);
    CHECK(contains(last.err, "16 of 16 runs, complete"));
    CHECK(runsIn(lab.progress()).size() == 16);
    for (const auto &entry : fs::recursive_directory_iterator(lab.path("out")))
        CHECK(entry.path().extension() != ".part");
}
