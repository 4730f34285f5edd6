// The sentences of an experiment, on results whose truth is known.
#include "app/experiment/experiment_verdicts.h"

#include "app/experiment/cache_verdicts.h"
#include "app/experiment/experiment_presets.h"
#include "app/experiment/progress_words.h"
#include "support/synthetic_experiment.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace inferlab;

namespace {

Experiment preset(const char *name, int repeats)
{
    Experiment experiment = experimentPreset(name);
    experiment.repeats = repeats;
    experiment.held.run.maxNewTokens = 12;
    return experiment;
}

bool says(const std::vector<std::string> &sentences, const std::string &part)
{
    return std::any_of(sentences.begin(), sentences.end(), [&part](const std::string &sentence) {
        return sentence.find(part) != std::string::npos;
    });
}

} // namespace

TEST_CASE("nothing is said about nothing")
{
    CHECK(experimentVerdicts(emptyResult(preset("batch", 3))).empty());
}

TEST_CASE("a load sweep: growth and the knee by every method")
{
    const auto result = makeSyntheticResult(preset("batch", 6), 6);
    const auto sentences = experimentVerdicts(*result);
    CHECK(says(sentences, "From batch 1 to batch 32, medians: first token "));
    CHECK(says(sentences, "Knee of throughput against P50 latency over batch size: "));
    // Through three points there is no knee to speak of.
    CHECK_FALSE(says(experimentVerdicts(*makeSyntheticResult(preset("batch", 6), 6, 3)), "Knee"));
}

TEST_CASE("words are compared with the first of them, all else equal")
{
    const auto sentences = experimentVerdicts(*makeSyntheticResult(preset("kv-cache", 6), 6));
    CHECK(says(sentences, "KV cache off against on at prompt length (tokens) 512: slower"));
    CHECK(std::count_if(sentences.begin(), sentences.end(),
                        [](const std::string &sentence) {
                            return sentence.find(" against on at ") != std::string::npos;
                        })
          == 5);
    // Three runs against three: no interval has the confidence, whatever they measured.
    CHECK(says(experimentVerdicts(*makeSyntheticResult(preset("kv-cache", 3), 3)),
               "medians of 3 and 3 runs: too few for an interval"));
}

TEST_CASE("where the cache pays is among the findings")
{
    const auto result = makeSyntheticResult(preset("kv-cache", 3), 3);
    const auto sentences = experimentFindings(*result, nullptr);
    CHECK(
        says(sentences,
             "KV cache by prompt length (tokens): the cache pays at every measured length; at 512, "
             "answers take "));
    CHECK_FALSE(says(sentences, "(predicted"));
    CHECK_FALSE(says(experimentFindings(*makeSyntheticResult(preset("batch", 3), 3), nullptr),
                     "the cache pays"));

    ExperimentOutlook outlook;
    outlook.points.resize(result->points.size());
    for (size_t i = 0; i < outlook.points.size(); ++i) // on and off in turn
        outlook.points[i].metrics.emplace().endToEnd.emplace().p50 = i % 2 == 0 ? 100 : 700;
    CHECK(says(experimentFindings(*result, &outlook), "times as long without it (predicted: 7)."));
}

TEST_CASE("curves that cross are said with the side on which the cache pays")
{
    const std::vector<double> lengths {16, 64, 128};
    const std::vector<double> on {2, 2, 2};
    // Below by 1 at 64 and above by 3 at 128: a quarter of the way.
    CHECK(cachePaysWords(lengths, on, std::vector<double> {0.5, 1, 5}) == "the cache pays from 80");
    CHECK(cachePaysWords(lengths, on, std::vector<double> {5, 3, 1}) == "the cache pays up to 96");
    CHECK(cachePaysWords(lengths, on, std::vector<double> {1, 1, 2}) == "the cache pays from 128");
    CHECK(cachePaysWords(lengths, on, std::vector<double> {3, 4, 5})
          == "the cache pays at every measured length");
    CHECK(cachePaysWords(lengths, on, std::vector<double> {1, 1, 1})
          == "the cache pays at no measured length");
    CHECK(cachePaysWords({}, {}, {}).empty());
}

TEST_CASE("sampling changes no speed, and the choice of extremes is owned up to")
{
    const auto sentences = experimentVerdicts(*makeSyntheticResult(preset("sampling", 6), 6));
    CHECK(says(sentences, "furthest apart out of 9"));
    CHECK(says(sentences,
               "temperature 1.3 against 0, over all the rest: no difference shown (n = 18"));
    CHECK(says(sentences, "top-p 1 against 0.8, over all the rest: no difference shown (n = 18"));
    CHECK_FALSE(says(sentences, "Knee"));
}

TEST_CASE("what speaks against the figures is said")
{
    auto result = makeSyntheticResult(preset("batch", 3), 2);
    result->points[1].runs[0].machine.othersShare = 0.4;
    result->points[2].state = PointState::Failed;
    result->points[2].message = "no memory";
    const auto sentences = experimentVerdicts(*result);
    CHECK(
        says(sentences, "busy or slowed down during 1 of 12 runs (other processes took up to 40%"));
    CHECK(says(sentences, "batch 4 failed: no memory."));
}

TEST_CASE("progress in words")
{
    auto result = makeSyntheticResult(preset("batch", 3), 2);
    for (PointResult &point : result->points)
        point.state = PointState::Partial;
    result->points[0].state = PointState::Skipped;
    CHECK(endLine(*result) == "12 of 18 runs; 1 point was skipped, 5 points are not complete");
    RunnerProgress progress;
    progress.phase = RunnerPhase::Measuring;
    progress.point = 3;
    progress.repeat = 1;
    progress.done = 9;
    progress.total = 36;
    CHECK(countText(progress) == "9 of 36");
    progress.secondsLeft = 83;
    CHECK(countText(progress) == "9 of 36, about 1 min 25 s left");
    CHECK(activityText(*result, progress) == "run 2 of 3 of batch 8");
    progress.repeat = -1;
    progress.phase = RunnerPhase::WarmingUp;
    CHECK(activityText(*result, progress) == "warm-up of batch 8");
    CHECK(roughDurationText(0.2) == "1 s");
    CHECK(roughDurationText(43) == "45 s");
    CHECK(roughDurationText(1800) == "30 min");
    CHECK(roughDurationText(7190) == "2 h");
    CHECK(roughDurationText(8000) == "2 h 10 min");
    Experiment experiment = result->experiment;
    CHECK(deviceWords(experiment) == "CPU, all cores");
    experiment.held.run.device = "cuda";
    experiment.held.run.threads = 1;
    CHECK(deviceWords(experiment) == "GPU, 1 thread");
    experiment.axes = {{AxisKind::Device, {std::string("cpu"), std::string("cuda")}},
                       {AxisKind::Threads, {8.0, 1.0, 2.0}}};
    CHECK(deviceWords(experiment) == "CPU and GPU, 1 to 8 threads");
    CHECK(planLine(result->experiment)
          == "6 points, 3 runs of each after 1 warm-up; about 1 min 20 s on two cores with the "
             "default model");
    CHECK(planLine(result->experiment, 200)
          == "6 points, 3 runs of each after 1 warm-up; about 3 min here, as predicted");
}
