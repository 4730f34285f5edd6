// The runner on the real engine and small random models: what it runs, in which order, and what
// stays when it is interrupted.
#include "app/experiment/experiment_runner.h"

#include "app/experiment/batching_verdicts.h"
#include "engine/base/clock.h"
#include "engine/measure/concurrency.h"
#include "engine/measure/metrics.h"
#include "engine/model/loaded_model.h"
#include "experiment_models.h"
#include "kernels/api/devices.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>

using namespace inferlab;
using namespace std::chrono_literals;

namespace {

std::vector<std::vector<int32_t>> answers(const RunRecord &record)
{
    std::vector<std::vector<int32_t>> all;
    for (const RequestRecord &request : record.requests) {
        all.emplace_back();
        for (const TokenRecord &token : request.tokens)
            all.back().push_back(token.id);
    }
    return all;
}

double msSince(int64_t ns)
{
    return static_cast<double>(nowNs() - ns) * 1e-6;
}

} // namespace

TEST_CASE("each device and number of threads is calibrated once, before it is measured")
{
    const test::ModelFolder folder;
    Experiment experiment = test::smallExperiment();
    experiment.axes = {{AxisKind::Threads, {1.0, 2.0}}};
    ExperimentResult result = emptyResult(experiment);
    EngineAccess engines = EngineAccess::real();
    CHECK_FALSE(engines.calibrate); // nowhere to keep it
    std::vector<int> calibrated;
    bool toldFirst = false;
    engines.calibrate = [&](LoadedModel &model, const std::atomic<bool> *) {
        calibrated.push_back(model.backend().threads());
    };
    RunnerEvents events;
    events.progress = [&](const RunnerProgress &progress) {
        toldFirst = toldFirst || (progress.phase == RunnerPhase::Calibrating && calibrated.empty());
        if (progress.phase == RunnerPhase::Measuring)
            CHECK_FALSE(calibrated.empty());
    };
    ExperimentRunner(result, engines, folder.write("model.gguf"), events).run();
    CHECK(result.complete());
    CHECK(toldFirst);
    std::sort(calibrated.begin(), calibrated.end());
    CHECK(calibrated == std::vector<int> {1, 2});
}

TEST_CASE("a GPU that slowed down for its heat during a run is noted with that run")
{
    struct Heat final : GpuMonitor
    {
        std::string driverVersion() const override { return {}; }
        std::optional<GpuStatus> read() override
        {
            GpuStatus status;
            status.heldDownForHeatNs = reads++ < 3 ? 0 : 1; // from the second run's end on
            return status;
        }
        int reads = 0;
    };
    const test::ModelFolder folder;
    Experiment experiment = test::smallExperiment();
    experiment.axes.clear();
    experiment.warmUps = 0;
    experiment.repeats = 2;
    ExperimentResult result = emptyResult(experiment);
    EngineAccess engines = EngineAccess::real();
    CHECK(engines.gpuMonitor(*openBackend("cpu", 1)) == nullptr);
    const auto heat = std::make_shared<Heat>();
    engines.gpuMonitor = [&heat](const Backend &) { return heat; };
    ExperimentRunner(result, engines, folder.write("model.gguf")).run();
    REQUIRE(result.points[0].runs.size() == 2);
    CHECK_FALSE(result.points[0].runs[0].machine.gpuThrottled);
    CHECK(result.points[0].runs[1].machine.gpuThrottled);
    CHECK(heat->reads == 4);
}

TEST_CASE("a grid is run in the planned order, each repeat once, and answers do not depend on it")
{
    const test::ModelFolder folder;
    const std::string model = folder.write("model.gguf");
    Experiment experiment = test::smallExperiment();
    experiment.axes = {test::batches({1, 3}),
                       {AxisKind::KvCache, {std::string("on"), std::string("off")}}};
    ExperimentResult result = emptyResult(experiment);
    std::vector<PlannedRun> measured;
    RunnerEvents events;
    events.runMeasured = [&measured](size_t point, int32_t repeat) {
        measured.push_back({point, repeat});
    };
    ExperimentRunner runner(result, EngineAccess::real(), model, events);
    runner.run();

    CHECK(result.complete());
    CHECK_FALSE(result.started.empty());
    std::vector<PlannedRun> planned = runOrder(experiment, experimentPoints(experiment));
    std::erase_if(planned, [](const PlannedRun &run) { return run.repeat < 0; });
    CHECK(measured == planned);
    for (const PointResult &point : result.points) {
        REQUIRE(point.runs.size() == 3);
        for (const MeasuredRun &run : point.runs) {
            const RunRecord &record = *run.record;
            CHECK(record.label == point.point.label);
            CHECK(record.provenance.modelHash.starts_with("sha256:"));
            CHECK(record.settings.kvCache == point.point.settings.run.kvCache);
            REQUIRE(record.requests.size() == static_cast<size_t>(point.point.settings.run.batch));
            for (const RequestRecord &request : record.requests) {
                CHECK(request.tokens.size() == 4);
                CHECK(request.endReason == EndReason::Length);
            }
            CHECK(run.weightBytes > 0);
            CHECK(run.usefulTokens > 0);
        }
    }
    for (size_t repeat = 0; repeat < 3; ++repeat) {
        const auto of = [&](size_t point) {
            return answers(*result.points[point].runs[repeat].record);
        };
        CHECK(of(2) == of(3));                 // batch 3, cache on and off
        CHECK(of(0).front() == of(2).front()); // its first request alone and in the batch
        CHECK(of(2)[0] != of(2)[1]);
    }
}

TEST_CASE("a model stays loaded while consecutive runs share it, and leaves before the next")
{
    const test::ModelFolder folder;
    test::RandomModelSpec other;
    other.seed = 2;
    const std::string first = folder.write("a.gguf");
    const std::string second = folder.write("b.gguf", other);
    Experiment experiment = test::smallExperiment();
    experiment.axes = {test::batches({1, 2}), {AxisKind::ModelFile, {first, second}}};
    ExperimentResult result = emptyResult(experiment);
    EngineAccess engines = EngineAccess::real();
    int loads = 0;
    std::weak_ptr<LoadedModel> current;
    engines.load = [&, load = engines.load](const ModelWanted &wanted,
                                            const std::atomic<bool> *stop) {
        CHECK(current.expired());
        ++loads;
        auto model = load(wanted, stop);
        current = model;
        return model;
    };
    ExperimentRunner(result, engines, "unused.gguf").run();
    CHECK(result.complete());
    const std::vector<PlannedRun> order = runOrder(experiment, experimentPoints(experiment));
    int changes = 1;
    for (size_t i = 1; i < order.size(); ++i)
        changes += order[i].point % 2 != order[i - 1].point % 2 ? 1 : 0;
    CHECK(loads == changes);
    CHECK(loads <= 2 * (experiment.repeats + experiment.warmUps));
    CHECK(result.points[0].runs[0].record->provenance.modelHash
          != result.points[1].runs[0].record->provenance.modelHash);
}

TEST_CASE("prompts are cut or repeated to the length that is asked for")
{
    const test::ModelFolder folder;
    Experiment experiment = test::smallExperiment();
    experiment.axes = {{AxisKind::PromptTokens, {2.0, 50.0}}};
    ExperimentResult result = emptyResult(experiment);
    ExperimentRunner(result, EngineAccess::real(), folder.write("model.gguf")).run();
    REQUIRE(result.complete());
    CHECK(result.points[0].runs[0].record->requests[0].promptTokens == 2);
    CHECK(result.points[1].runs[0].record->requests[0].promptTokens == 50);
}

TEST_CASE("answers of drawn lengths are the same by either scheduler, and leave room for others")
{
    const test::ModelFolder folder;
    Experiment experiment = test::smallExperiment();
    experiment.axes = {{AxisKind::Scheduler, {std::string("static"), std::string("continuous")}}};
    RunSettings &run = experiment.held.run;
    run.batch = 3;
    run.requests = 9;
    run.leastNewTokens = 1;
    run.maxNewTokens = 12;
    ExperimentResult result = emptyResult(experiment);
    ExperimentRunner(result, EngineAccess::real(), folder.write("model.gguf")).run();
    REQUIRE(result.complete());
    for (size_t repeat = 0; repeat < result.points[0].runs.size(); ++repeat) {
        const RunRecord &fixed = *result.points[0].runs[repeat].record;
        const RunRecord &continuous = *result.points[1].runs[repeat].record;
        CHECK(answers(continuous) == answers(fixed));
        std::vector<int64_t> lengths;
        for (const auto &tokens : answers(fixed))
            lengths.push_back(static_cast<int64_t>(tokens.size()));
        CHECK(*std::min_element(lengths.begin(), lengths.end())
              < *std::max_element(lengths.begin(), lengths.end()));
        // The engine takes the steps that the lengths let expect; a step may hold both a prompt
        // and others' tokens in a continuous batch, so that it has at most one more a prompt.
        const BatchingSteps steps = batchingSteps(lengths, 3);
        CHECK(static_cast<int64_t>(fixed.steps.size()) == steps.staticSteps);
        CHECK(static_cast<int64_t>(continuous.steps.size()) >= steps.continuousSteps);
        CHECK(continuous.steps.size() < fixed.steps.size());
    }
}

TEST_CASE("padding costs positions and changes no answer")
{
    const test::ModelFolder folder;
    Experiment experiment = test::smallExperiment();
    experiment.axes = {{AxisKind::Padding, {std::string("off"), std::string("on")}}};
    experiment.held.run.batch = 6;
    ExperimentResult result = emptyResult(experiment);
    ExperimentRunner(result, EngineAccess::real(), folder.write("model.gguf")).run();
    REQUIRE(result.complete());
    int64_t padded = 0;
    for (size_t repeat = 0; repeat < result.points[0].runs.size(); ++repeat) {
        const MeasuredRun &off = result.points[0].runs[repeat];
        const MeasuredRun &on = result.points[1].runs[repeat];
        CHECK(answers(*on.record) == answers(*off.record));
        int64_t useful = 0;
        int32_t longest = 0;
        for (const RequestRecord &request : on.record->requests) {
            useful += request.promptTokens + static_cast<int64_t>(request.tokens.size()) - 1;
            longest = std::max(longest, request.promptTokens);
        }
        // All answers have 4 tokens: nothing is padded but the prompts.
        CHECK(off.paddedTokens == 0);
        CHECK(off.usefulTokens == useful);
        CHECK(on.usefulTokens == useful);
        CHECK(on.paddedTokens == 6 * (longest + 3) - useful);
        CHECK(computeMetrics(*on.record).paddedTokens == on.paddedTokens);
        padded += on.paddedTokens;
    }
    CHECK(padded > 0);
    CHECK(result.points[1].runs.front().record->settings.padding);

    experiment.axes = {{AxisKind::Scheduler, {std::string("static"), std::string("continuous")}}};
    experiment.held.run.padding = true;
    result = emptyResult(experiment);
    ExperimentRunner(result, EngineAccess::real(), folder.path("model.gguf").string()).run();
    CHECK(result.points[0].state == PointState::Done);
    CHECK(result.points[1].state == PointState::Failed);
    CHECK(result.points[1].message.find("a continuous batch is no rectangle") != std::string::npos);
}

TEST_CASE("with a concurrency, a request is submitted when one ends")
{
    const test::ModelFolder folder;
    Experiment experiment = test::smallExperiment();
    experiment.axes = {{AxisKind::Concurrency, {1.0, 2.0, 3.0}}};
    experiment.held.run.requests = 7;
    experiment.held.run.batch = 2;
    ExperimentResult result = emptyResult(experiment);
    ExperimentRunner(result, EngineAccess::real(), folder.write("model.gguf")).run();
    REQUIRE(result.complete());
    for (size_t i = 0; i < 3; ++i) {
        const RunRecord &record = *result.points[i].runs[0].record;
        CHECK(record.requests.size() == 7);
        CHECK(concurrencyOf(record).peak == static_cast<int>(i) + 1);
        for (const RequestRecord &request : record.requests)
            CHECK(request.tokens.size() == 4);
    }
}

TEST_CASE("a point that cannot run fails with a sentence, and the others go on")
{
    const test::ModelFolder folder;
    const std::string missing = folder.path("missing.gguf").string();
    Experiment experiment = test::smallExperiment();
    experiment.axes = {{AxisKind::ModelFile, {folder.write("model.gguf"), missing}}};
    ExperimentResult result = emptyResult(experiment);
    ExperimentRunner(result, EngineAccess::real(), "").run();
    CHECK(result.points[0].state == PointState::Done);
    CHECK(result.points[1].state == PointState::Failed);
    CHECK(result.points[1].message.find("missing.gguf") != std::string::npos);
    CHECK(result.points[1].runs.empty());

    // A prompt that the model's context cannot hold.
    experiment.axes = {{AxisKind::PromptTokens, {8.0, 5000.0}}};
    result = emptyResult(experiment);
    ExperimentRunner(result, EngineAccess::real(), folder.path("model.gguf").string()).run();
    CHECK(result.points[0].state == PointState::Done);
    CHECK(result.points[1].state == PointState::Failed);
    CHECK(result.points[1].message.find("512") != std::string::npos);

    // It is tried again by the next call, when its cause may be gone.
    folder.write("missing.gguf");
    experiment.axes = {{AxisKind::ModelFile, {missing}}};
    ExperimentResult again = emptyResult(experiment);
    again.points[0].state = PointState::Failed;
    ExperimentRunner(again, EngineAccess::real(), "").run();
    CHECK(again.complete());
}

TEST_CASE("what a listener throws comes out, and the result keeps what it has")
{
    const test::ModelFolder folder;
    Experiment experiment = test::smallExperiment();
    ExperimentResult result = emptyResult(experiment);
    RunnerEvents events;
    events.runMeasured = [](size_t, int32_t) { throw std::runtime_error("the disk is full"); };
    ExperimentRunner runner(result, EngineAccess::real(), folder.write("model.gguf"), events);
    CHECK_THROWS_WITH(runner.run(), "the disk is full");
    CHECK(result.runCount() == 1);
}

TEST_CASE("the runner costs little beside its engine work")
{
    const test::ModelFolder folder;
    const std::string model = folder.write("slow.gguf", test::slowModel());
    Experiment experiment = test::smallExperiment();
    experiment.axes = {test::batches({1, 2})};
    experiment.warmUps = 0;
    experiment.held.run.maxNewTokens = 30;
    ExperimentResult result = emptyResult(experiment);
    int64_t begin = 0; // once the model is there
    RunnerEvents events;
    events.progress = [&begin](const RunnerProgress &progress) {
        if (begin == 0 && progress.phase == RunnerPhase::Measuring)
            begin = nowNs();
    };
    ExperimentRunner(result, EngineAccess::real(), model, events).run();
    const double wall = msSince(begin);
    double engine = 0;
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs) {
            for (const StepRecord &step : run.record->steps)
                engine += static_cast<double>(step.endNs - step.startNs) * 1e-6;
        }
    }
    std::printf("runner: %.1f ms beside %.1f ms of engine steps (%.2f%%)\n", wall - engine, engine,
                100 * (wall - engine) / engine);
    CHECK(wall - engine < 0.25 * engine); // 1% is the aim on a quiet machine
}
