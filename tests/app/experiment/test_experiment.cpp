// Grids, orders and draws of experiments.
#include "app/experiment/experiment.h"
#include "app/experiment/experiment_result.h"

#include "engine/base/error.h"
#include "engine/measure/percentile_interval.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

using namespace inferlab;

namespace {

Experiment twoAxes()
{
    Experiment experiment;
    experiment.name = "two";
    experiment.prompts = {"one", "two", "three"};
    experiment.axes = {{AxisKind::Batch, {1.0, 8.0, 32.0}},
                       {AxisKind::KvCache, {std::string("on"), std::string("off")}}};
    experiment.repeats = 4;
    experiment.warmUps = 2;
    experiment.seed = 7;
    return experiment;
}

std::string refusal(const Experiment &experiment)
{
    try {
        checkExperiment(experiment, "file");
    } catch (const InputError &error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("model files are named by what tells them apart")
{
    const auto names = [](const std::vector<AxisValue> &files) {
        const ExperimentAxis axis {AxisKind::ModelFile, files};
        std::vector<std::string> out;
        for (const AxisValue &file : files)
            out.push_back(axisValueName(axis, file));
        return out;
    };
    using Names = std::vector<std::string>;
    CHECK(names({"/m/SmolLM2-135M.F16.gguf", "/m/SmolLM2-135M.Q4_1.gguf"})
          == Names {"F16", "Q4_1"});
    CHECK(names({"a/m-Q4_0.gguf", "a/m-Q4_1.gguf"}) == Names {"Q4_0", "Q4_1"});
    CHECK(names({"m.gguf", "m.Q4_0.gguf"}) == Names {"m.gguf", "m.Q4_0.gguf"}); // nothing is left
    CHECK(names({"one.gguf", "two.gguf"}) == Names {"one.gguf", "two.gguf"});
    CHECK(names({"a/m.Q8.gguf"}) == Names {"m.Q8.gguf"});
    CHECK(axisValueName({AxisKind::Batch, {8.0, 16.0}}, 8.0) == "8");
}

TEST_CASE("the grid holds every combination once, the last axis fastest")
{
    const std::vector<ExperimentPoint> points = experimentPoints(twoAxes());
    REQUIRE(points.size() == 6);
    CHECK(points[0].label == "batch 1, kv cache on");
    CHECK(points[1].label == "batch 1, kv cache off");
    CHECK(points[5].label == "batch 32, kv cache off");
    CHECK(points[5].settings.run.batch == 32);
    CHECK_FALSE(points[5].settings.run.kvCache);
    for (size_t i = 0; i < points.size(); ++i)
        CHECK(points[i].index == i);
}

TEST_CASE("an experiment without axes is one point with its name")
{
    Experiment experiment = twoAxes();
    experiment.axes.clear();
    const std::vector<ExperimentPoint> points = experimentPoints(experiment);
    REQUIRE(points.size() == 1);
    CHECK(points[0].label == "two");
}

TEST_CASE("each round visits every point once, warm-ups first, in orders that differ")
{
    const Experiment experiment = twoAxes();
    const auto points = experimentPoints(experiment);
    const std::vector<PlannedRun> order = runOrder(experiment, points);
    REQUIRE(order.size() == 36);
    std::set<std::vector<size_t>> orders;
    for (int round = 0; round < 6; ++round) {
        std::set<size_t> seen;
        std::vector<size_t> sequence;
        for (size_t i = 0; i < 6; ++i) {
            const PlannedRun &run = order[static_cast<size_t>(round) * 6 + i];
            CHECK(run.repeat == round - 2);
            seen.insert(run.point);
            sequence.push_back(run.point);
        }
        CHECK(seen.size() == 6);
        orders.insert(sequence);
    }
    CHECK(orders.size() > 1);
    CHECK(runOrder(experiment, points) == order);
    Experiment other = experiment;
    other.seed = 8;
    CHECK_FALSE(runOrder(other, points) == order);
}

TEST_CASE("points of one model file stay together within a round")
{
    Experiment experiment = twoAxes();
    experiment.axes = {{AxisKind::Batch, {1.0, 2.0, 4.0}},
                       {AxisKind::ModelFile, {std::string("a.gguf"), std::string("b.gguf")}}};
    const auto points = experimentPoints(experiment);
    const auto order = runOrder(experiment, points);
    for (size_t round = 0; round < order.size() / 6; ++round) {
        int changes = 0;
        for (size_t i = 1; i < 6; ++i) {
            const auto &before = points[order[round * 6 + i - 1].point].settings.modelFile;
            changes += before != points[order[round * 6 + i].point].settings.modelFile ? 1 : 0;
        }
        CHECK(changes == 1);
    }
}

TEST_CASE("a run's settings hold what it is drawn from")
{
    const Experiment experiment = twoAxes();
    const std::vector<ExperimentPoint> points = experimentPoints(experiment);
    const RunSettings settings = runSettingsOf(experiment, points[3], 2);
    CHECK(settings.batch == 8);
    CHECK_FALSE(settings.kvCache);
    CHECK(settings.promptPool == experiment.prompts);
    CHECK(settings.round == 2);
    CHECK(settings.sampling.seed == 7);
}

TEST_CASE("an interval as the end of a point needs as many repeats as an interval needs runs")
{
    Experiment experiment = twoAxes();
    experiment.stop.intervalPercent = 5;
    experiment.repeats = 6;
    CHECK(refusal(experiment).empty());
    experiment.repeats = 5;
    CHECK(refusal(experiment)
          == "file: stop.interval_percent: expected 0, or at least 6 repeats: the median of fewer "
             "runs "
             "has no 95% interval, found 5 repeats");
    std::vector<double> runs {1, 2, 3, 4, 5};
    CHECK_FALSE(percentileInterval(runs, 50.0));
    runs.push_back(6);
    CHECK(percentileInterval(runs, 50.0));
}

TEST_CASE("what cannot be run is refused with its place")
{
    CHECK(refusal(twoAxes()).empty());
    Experiment bad = twoAxes();
    bad.prompts.clear();
    CHECK(refusal(bad) == "file: prompts: expected at least one prompt, found none");
    bad = twoAxes();
    bad.axes.push_back(bad.axes.front());
    CHECK(refusal(bad) == "file: axes[2]: expected each axis once, found \"batch\" again");
    bad = twoAxes();
    bad.axes[0].values.emplace_back(8.0);
    CHECK(refusal(bad) == "file: axes[0].values[3]: expected each value once, found 8 again");
    bad = twoAxes();
    bad.axes[0].values[1] = 257.0;
    CHECK(refusal(bad)
          == "file: axes[0].values[1]: expected a whole number from 1 to 256 (batch), found 257");
    bad = twoAxes();
    bad.axes[0].values.clear();
    CHECK(refusal(bad) == "file: axes[0].values: expected at least one value, found none");
    bad = twoAxes();
    bad.repeats = 0;
    CHECK(refusal(bad).find("repeats") != std::string::npos);
    bad = twoAxes();
    bad.stop.seconds = -1;
    CHECK(refusal(bad).find("stop.seconds") != std::string::npos);
    bad = twoAxes();
    bad.held.run.sampling.topP = 0.0f;
    CHECK(refusal(bad).find("top-p") != std::string::npos);
    bad = twoAxes();
    std::vector<AxisValue> many;
    for (int i = 1; i <= 600; ++i)
        many.emplace_back(static_cast<double>(i));
    bad.axes[0] = {AxisKind::NewTokens, many};
    CHECK(refusal(bad) == "file: axes: expected at most 1000 points, found more");
    bad = twoAxes();
    bad.held.run.padding = true;
    bad.held.run.scheduler = BatchPolicy::Continuous;
    CHECK(refusal(bad)
          == "file: hold.padding: expected padding off, since a continuous batch is no rectangle, "
             "found on");
    bad.axes.push_back({AxisKind::Padding, {std::string("on")}});
    CHECK(refusal(bad).find("file: axes[2].values: expected padding off") == 0);
    bad.axes.back().values.emplace_back(std::string("off"));
    CHECK(refusal(bad).empty()); // half of it can be measured
}

TEST_CASE("a result waits for all its points")
{
    ExperimentResult result = emptyResult(twoAxes());
    CHECK(result.points.size() == 6);
    CHECK_FALSE(result.complete());
    CHECK(result.runCount() == 0);
    for (PointResult &point : result.points)
        point.state = PointState::Done;
    CHECK(result.complete());
}

TEST_CASE("a busy machine is said in words, a quiet one in none")
{
    MachineNote note;
    CHECK_FALSE(note.busy());
    CHECK(note.words().empty());
    note.othersShare = 0.31;
    note.throttled = true;
    CHECK(note.busy());
    CHECK(
        note.words()
        == "other processes took 31% of the cores; the processor slowed down for its temperature");
}

TEST_CASE("names of states lead back to them")
{
    for (const PointState state : {PointState::Waiting, PointState::Partial, PointState::Done,
                                   PointState::Skipped, PointState::Failed})
        CHECK(pointStateFromName(pointStateName(state)) == state);
    CHECK_FALSE(pointStateFromName("over"));
}
