// Others' results as curves: the course notebook's table, vLLM's files of a sweep, experiments and
// runs of our own; and what is refused.
#include "app/exchange/imported_series.h"

#include "app/exchange/exchange.h"
#include "app/experiment/experiment_folder.h"
#include "engine/base/error.h"
#include "engine/measure/metrics.h"
#include "support/scratch_folder.h"
#include "support/synthetic_experiment.h"
#include "support/synthetic_run.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;
namespace fs = std::filesystem;

namespace {

// As the notebook writes it.
constexpr const char *kNotebook =
    "batch_size,p50_ttft_s,p90_ttft_s,p50_latency_s,p90_latency_s,throughput_sustained_tok_s,"
    "throughput_p50_tok_s,throughput_p90_tok_s,itl_p50_ms_per_tok,itl_p90_ms_per_tok,runs\n"
    "8,0.25,0.5,1.5,2,512.5,500,520,2,2.5,10\n"
    "1,0.125,,1,1.25,100,99,101,10,11,10\n";

class Files
{
public:
    std::string write(const std::string &name, const std::string &text) const
    {
        const fs::path path = m_folder / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }
    std::string path(const std::string &name) const { return (m_folder / name).string(); }

private:
    ScratchFolder m_folder {INFERLAB_TEST_SCRATCH};
};

std::string refusal(const std::vector<std::string> &paths)
{
    try {
        importSeries(paths);
    } catch (const InputError &error) {
        return error.what();
    }
    return "it is taken";
}

bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

Experiment experimentOver(AxisKind kind)
{
    Experiment experiment;
    experiment.name = "theirs";
    experiment.prompts = {"one"};
    experiment.axes = {{kind, {1.0, 4.0}},
                       {AxisKind::KvCache, {std::string("on"), std::string("off")}}};
    experiment.repeats = 2;
    return experiment;
}

void writeFolder(const std::string &path, const Experiment &experiment, int repeats)
{
    const auto result = makeSyntheticResult(experiment, repeats);
    ExperimentFolder folder(path, experiment, "sha256:theirs");
    for (const PointResult &point : result->points) {
        for (const MeasuredRun &run : point.runs)
            folder.writeRun(*result, point.point.index, run.repeat);
    }
    folder.finish(*result);
}

} // namespace

TEST_CASE("the notebook's table is read in its units, points by rising batch")
{
    const ImportedSeries series = seriesFromNotebookCsv(kNotebook, "n.csv", "n");
    REQUIRE(series.points.size() == 2);
    const ImportedPoint &one = series.points[0];
    CHECK(one.load == 1);
    CHECK(one.tokPerSecond == std::optional(100.0));
    CHECK(one.ttftMs == std::map<int, double> {{50, 125.0}}); // the empty cell is no figure
    CHECK(one.latencyMs == std::map<int, double> {{50, 1000.0}, {90, 1250.0}});
    CHECK(one.runs == 10);
    const ImportedPoint &eight = series.points[1];
    CHECK(eight.load == 8);
    CHECK(eight.ttftMs.at(90) == 500.0);
    CHECK_FALSE(series.inFlight);
}

TEST_CASE("other columns, another order, quotes and a spreadsheet's mark pass")
{
    const ImportedSeries series = seriesFromNotebookCsv(
        "\xEF\xBB\xBFmodel,\"P50_Latency_s\",BATCH_SIZE\r\n\"a, b\",2.5,\"16\"\r\n\r\n", "n", "n");
    REQUIRE(series.points.size() == 1);
    CHECK(series.points[0].load == 16);
    CHECK(series.points[0].latencyMs.at(50) == 2500.0);
    CHECK_FALSE(series.points[0].tokPerSecond);
    CHECK(series.points[0].runs == 0);
}

TEST_CASE("a table that is none of the notebook's is refused with line and column")
{
    const auto refused = [](const std::string &csv, const std::string &part) {
        INFO(csv);
        const std::string head = "batch_size,p50_ttft_s\n";
        try {
            seriesFromNotebookCsv(csv.starts_with('!') ? csv.substr(1) : head + csv, "n.csv", "n");
            CHECK_MESSAGE(false, "it is taken");
        } catch (const InputError &error) {
            CHECK(contains(error.what(), "n.csv"));
            CHECK(contains(error.what(), part));
        }
    };
    refused("!", "nothing");
    refused("!x,throughput,latency\n1,2,3\n", "no batch_size");
    refused("!batch_size,runs\n1,2\n", "batch_size alone");
    refused("!batch_size,batch_size,p50_ttft_s\n1,1,2\n", "one column batch_size");
    refused("", "points below the header");
    refused("1\n", "line 2: expected 2 cells, found 1");
    refused("1,fast\n", "line 2, column p50_ttft_s: expected a number, found \"fast\"");
    refused("1,-0.5\n", "line 2, column p50_ttft_s: expected a number above 0");
    refused("1,inf\n", "p50_ttft_s");
    refused(",0.5\n", "line 2, column batch_size");
    refused("1,0.5\n2,0.5\n1,0.6\n", "each batch size once");
    refused("!p50_ttft_s,batch_size\n0.5,7\n0.6,7\n", "each batch size once, found 7 again");
}

TEST_CASE("what we write as the notebook's table comes back with our figures")
{
    std::vector<RunRecord> runs;
    for (const int batch : {1, 8}) {
        for (uint64_t seed = 1; seed <= 3; ++seed)
            runs.push_back(makeSyntheticRun({.batch = batch, .newTokens = 20, .seed = seed}));
    }
    const Files files;
    const auto all =
        importSeries({files.write("small.csv", writeRuns(runs, ExchangeFormat::Notebook))});
    REQUIRE(all.size() == 1);
    CHECK(all[0].name == "course notebook, small");
    CHECK(all[0].points[1].weakLatency); // P90 of 3 runs
    REQUIRE(all[0].points.size() == 2);
    std::vector<double> ttfts;
    double tokens = 0;
    double seconds = 0;
    for (const RunRecord &run : runs) {
        if (run.settings.batch != 8)
            continue;
        for (const double ms : ttftsMs(run))
            ttfts.push_back(ms);
        tokens += static_cast<double>(computeMetrics(run).outputTokens);
        seconds += computeMetrics(run).durationS;
    }
    CHECK(all[0].points[1].ttftMs.at(50) == Approx(*percentile(ttfts, 50)));
    CHECK(*all[0].points[1].tokPerSecond == Approx(tokens / seconds));
}

TEST_CASE("files of vLLM's sweep make one series, a point for each concurrency")
{
    const Files files;
    std::vector<std::string> paths;
    for (const int inFlight : {16, 4}) {
        RunRecord run = makeSyntheticRun({.batch = inFlight, .newTokens = 30 + inFlight});
        run.settings.concurrency = inFlight;
        paths.push_back(files.write("sweep/run-" + std::to_string(inFlight) + ".json",
                                    writeRuns({run}, ExchangeFormat::Vllm)));
    }
    for (const auto &given : {paths, std::vector<std::string> {files.path("sweep")}}) {
        const auto all = importSeries(given);
        REQUIRE(all.size() == 1);
        CHECK(all[0].name == "sweep");
        CHECK(all[0].inFlight);
        REQUIRE(all[0].points.size() == 2);
        CHECK(all[0].points[0].load == 4);
        CHECK(all[0].points[1].load == 16);
        CHECK(all[0].points[1].latencyMs.count(50) == 1);
        CHECK(all[0].points[1].latencyMs.count(99) == 0); // of 16 requests nobody claims it
    }
}

TEST_CASE("an experiment comes by its folder or its plan; other settings are other series")
{
    const Files files;
    writeFolder(files.path("theirs"), experimentOver(AxisKind::Batch), 2);
    for (const char *given : {"theirs", "theirs/experiment.json"}) {
        const auto all = importSeries({files.path(given)});
        REQUIRE(all.size() == 2);
        CHECK(all[0].name == "theirs");
        CHECK(all[1].name == "theirs, kv cache false");
        REQUIRE(all[1].points.size() == 2);
        CHECK(all[1].points[1].load == 4);
        CHECK(all[1].points[1].runs == 2);
        // With the cache off the same batch is slower.
        CHECK(*all[1].points[1].tokPerSecond < *all[0].points[1].tokPerSecond);
    }
}

TEST_CASE("runs that differ in anything but the load are never pooled")
{
    std::vector<RunRecord> runs {makeSyntheticRun({}), makeSyntheticRun({.seed = 2}),
                                 makeSyntheticRun({}), makeSyntheticRun({})};
    runs[2].settings.cacheType = DType::Q8_0;
    runs[3].provenance.quantisation = "Q8_0";
    const Files files;
    const auto all =
        importSeries({files.write("runs.json", writeRuns(runs, ExchangeFormat::InferLab))});
    REQUIRE(all.size() == 3);
    CHECK(all[0].points[0].runs == 2); // another seed is a repeat
    CHECK(all[1].name == "runs, cache type Q8_0");
    CHECK(contains(all[2].name, "Q8_0"));
}

TEST_CASE("another machine, another file of a model and another batch are series of their own")
{
    std::vector<RunRecord> runs(6, makeSyntheticRun({}));
    runs[1].provenance.machine = "another machine, 1 thread";
    runs[2].provenance.modelFile = "another.gguf";
    runs[3].provenance.modelHash = "sha256:0123456789abcdef";
    for (const size_t i : {4, 5})
        runs[i].settings.concurrency = 2;
    runs[5].settings.batch = 32;
    const Files files;
    const auto all =
        importSeries({files.write("runs.json", writeRuns(runs, ExchangeFormat::InferLab))});
    REQUIRE(all.size() == 6);
    for (const ImportedSeries &series : all) {
        REQUIRE(series.points.size() == 1);
        CHECK(series.points[0].runs == 1);
    }
    CHECK(contains(all[1].name, "another machine"));
    CHECK(contains(all[2].name, "another.gguf"));
    CHECK(contains(all[3].name, "sha256:01234567"));
    CHECK(contains(all[4].name, "in flight"));
    CHECK(contains(all[5].name, "batch 32"));
    CHECK(all[5].points[0].load == 2); // requests in flight
}

TEST_CASE("P95 comes where there are answers enough")
{
    const RunRecord run = makeSyntheticRun({.batch = 300, .newTokens = 4});
    const Files files;
    const auto all =
        importSeries({files.write("runs.json", writeRuns({run}, ExchangeFormat::InferLab))});
    REQUIRE(all.size() == 1);
    const std::vector<double> ttfts = ttftsMs(run);
    REQUIRE(ttfts.size() >= samplesNeeded(95));
    CHECK(all[0].points[0].ttftMs.at(95) == Approx(*percentile(ttfts, 95)));
}

TEST_CASE("no two series have one name")
{
    const Files files;
    const auto all =
        importSeries({files.write("a/t.csv", kNotebook), files.write("b/t.csv", kNotebook)});
    REQUIRE(all.size() == 2);
    CHECK(all[0].name == "course notebook, t");
    CHECK(all[1].name == "course notebook, t (2)");
}

TEST_CASE("who no longer wants them does not wait for the files")
{
    const std::atomic<bool> stop {true};
    CHECK_THROWS_AS(importSeries({"anything.json"}, &stop), Cancelled);
}

TEST_CASE("what cannot be drawn over a load is refused in one line")
{
    const Files files;
    writeFolder(files.path("lengths"), experimentOver(AxisKind::PromptTokens), 1);
    CHECK(contains(refusal({files.path("lengths")}), "one that varies prompt_tokens"));
    writeFolder(files.path("empty"), experimentOver(AxisKind::Batch), 0);
    CHECK(contains(refusal({files.path("empty")}), "an experiment with runs, found none yet"));
    CHECK(contains(refusal({files.path("gone.json")}), "gone.json"));
    fs::create_directories(files.path("nothing"));
    CHECK(contains(refusal({files.path("nothing")}), "results as *.json or *.csv"));
    CHECK(contains(refusal({files.write("x.json", "{}")}), "x.json"));
    CHECK(contains(refusal({files.write("none.json", writeRuns({}, ExchangeFormat::InferLab))}),
                   "expected runs, found none"));
    for (const std::string &line :
         {refusal({files.path("gone.json")}), refusal({files.path("lengths")})})
        CHECK_FALSE(contains(line, "\n"));
}
