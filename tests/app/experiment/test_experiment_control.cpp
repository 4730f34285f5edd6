// What a person, a rule or the clock does to an experiment that runs: stopped, paused, skipped, and
// how far it says that it is.
#include "app/experiment/experiment_runner.h"
#include "app/experiment/progress_words.h"
#include "app/experiment/stop_rule.h"

#include "engine/base/clock.h"
#include "experiment_models.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

using namespace inferlab;
using namespace std::chrono_literals;

namespace {

// A stop is promised within 100 ms; the rest is for sanitizers and a machine that is busy with
// other tests. What is stopped here would go on for much longer.
constexpr double kStopMs = 3000;

// Runs on a thread of its own and waits until the first run of `repeat` is in progress.
class RunningExperiment
{
public:
    RunningExperiment(ExperimentResult &result, const std::string &model)
        : m_runner(result, EngineAccess::real(), model,
                   {[this](const RunnerProgress &progress) {
                        m_phase = progress.phase;
                        m_point = progress.point;
                    },
                    [this](size_t, int32_t) { ++m_measured; },
                    {}})
        , m_thread([this] { m_runner.run(); })
    { }
    ~RunningExperiment()
    {
        m_runner.control().stop();
        join();
    }
    RunControl &control() { return m_runner.control(); }
    void waitFor(RunnerPhase phase) const
    {
        while (m_phase != phase)
            std::this_thread::sleep_for(1ms);
    }
    size_t point() const { return m_point; }
    int measured() const { return m_measured; }
    void join()
    {
        if (m_thread.joinable())
            m_thread.join();
    }

private:
    std::atomic<RunnerPhase> m_phase {RunnerPhase::Loading};
    std::atomic<size_t> m_point {0};
    std::atomic<int> m_measured {0};
    ExperimentRunner m_runner;
    std::thread m_thread;
};

double msSince(int64_t ns)
{
    return static_cast<double>(nowNs() - ns) * 1e-6;
}

} // namespace

TEST_CASE("stop ends the run in progress soon and keeps complete runs alone")
{
    const test::ModelFolder folder;
    const std::string model = folder.write("slow.gguf", test::slowModel());
    Experiment experiment = test::smallExperiment();
    experiment.axes = {test::batches({1, 2})};
    experiment.repeats = 50;
    experiment.held.run.maxNewTokens = 12;
    ExperimentResult result = emptyResult(experiment);
    {
        RunningExperiment running(result, model);
        while (running.measured() < 3)
            std::this_thread::sleep_for(1ms);
        const int64_t asked = nowNs();
        running.control().stop();
        running.join();
        CHECK(msSince(asked) < kStopMs);
        CHECK(result.runCount() == static_cast<size_t>(running.measured()));
    }
    CHECK_FALSE(result.complete());
    for (const PointResult &point : result.points) {
        CHECK(point.state == PointState::Partial);
        for (const MeasuredRun &run : point.runs) {
            for (const RequestRecord &request : run.record->requests)
                CHECK(request.tokens.size() == 12);
        }
    }

    SUBCASE("a second call measures what is missing, and that once")
    {
        result.experiment.repeats = 3; // fewer are planned now; those are there or not
        for (PointResult &point : result.points)
            point.runs.resize(1);
        const RunRecord *before = result.points[0].runs[0].record.get();
        ExperimentRunner(result, EngineAccess::real(), model).run();
        CHECK(result.complete());
        for (const PointResult &point : result.points) {
            REQUIRE(point.runs.size() == 3);
            for (int32_t repeat = 0; repeat < 3; ++repeat)
                CHECK(point.runs[static_cast<size_t>(repeat)].repeat == repeat);
        }
        CHECK(result.points[0].runs[0].record.get() == before);
    }
}

TEST_CASE("a pause gives the run in progress up, and no measured time holds it")
{
    const test::ModelFolder folder;
    const std::string model = folder.write("slow.gguf", test::slowModel());
    Experiment experiment = test::smallExperiment();
    experiment.repeats = 2;
    experiment.warmUps = 0;
    experiment.held.run.maxNewTokens = 20;
    ExperimentResult result = emptyResult(experiment);
    RunningExperiment running(result, model);
    running.waitFor(RunnerPhase::Measuring);
    std::this_thread::sleep_for(30ms);
    const int64_t asked = nowNs();
    running.control().setPaused(true);
    running.waitFor(RunnerPhase::Paused);
    CHECK(msSince(asked) < kStopMs);
    constexpr auto kPause = 1500ms;
    std::this_thread::sleep_for(kPause);
    CHECK(running.measured() < 2);
    running.control().setPaused(false);
    running.join();
    REQUIRE(result.complete());
    for (const MeasuredRun &run : result.points[0].runs) {
        std::vector<int64_t> times {run.record->requests[0].submittedNs};
        for (const TokenRecord &token : run.record->requests[0].tokens)
            times.push_back(token.ns);
        REQUIRE(times.size() == 21);
        for (size_t i = 1; i < times.size(); ++i)
            CHECK(times[i] - times[i - 1] < std::chrono::nanoseconds(kPause).count());
    }
}

TEST_CASE("a skipped point keeps what it has and the rest goes on")
{
    const test::ModelFolder folder;
    const std::string model = folder.write("slow.gguf", test::slowModel());
    Experiment experiment = test::smallExperiment();
    experiment.axes = {test::batches({1, 2, 3})};
    experiment.repeats = 4;
    ExperimentResult result = emptyResult(experiment);
    size_t skipped = 0;
    {
        RunningExperiment running(result, model);
        while (running.measured() < 4) // one round and one more
            std::this_thread::sleep_for(1ms);
        skipped = running.point();
        running.control().skip(skipped);
        running.join();
    }
    CHECK(result.points[skipped].state == PointState::Skipped);
    CHECK_FALSE(result.points[skipped].runs.empty());
    CHECK(result.points[skipped].runs.size() < 4);
    for (const PointResult &point : result.points) {
        if (point.point.index != skipped)
            CHECK(point.state == PointState::Done);
    }
    CHECK_FALSE(isEnded(result));

    SUBCASE("going on takes it up again, and measures what is missing alone")
    {
        std::vector<const RunRecord *> before;
        for (const MeasuredRun &run : result.points[skipped].runs)
            before.push_back(run.record.get());
        ExperimentRunner(result, EngineAccess::real(), model).run();
        CHECK(result.complete());
        CHECK(isEnded(result));
        CHECK(result.runCount() == 12);
        for (size_t i = 0; i < before.size(); ++i)
            CHECK(result.points[skipped].runs[i].record.get() == before[i]);
    }
}

TEST_CASE("stop rules end a point or the experiment before its repeats are done")
{
    const test::ModelFolder folder;
    const std::string model = folder.write("model.gguf");
    Experiment experiment = test::smallExperiment();
    experiment.axes = {test::batches({1, 2})};
    experiment.repeats = 40;

    SUBCASE("seconds of a point")
    {
        experiment.stop.pointSeconds = 1e-6; // any run is enough
        ExperimentResult result = emptyResult(experiment);
        ExperimentRunner(result, EngineAccess::real(), model).run();
        CHECK(result.complete());
        CHECK(result.runCount() == 2);
    }
    SUBCASE("an interval that is narrow enough, once there is one")
    {
        experiment.stop.intervalPercent = 100; // any interval within twice the median
        ExperimentResult result = emptyResult(experiment);
        ExperimentRunner(result, EngineAccess::real(), model).run();
        CHECK(result.complete());
        for (const PointResult &point : result.points) {
            CHECK(point.runs.size() >= 6); // fewer have no interval of their median
            CHECK(point.runs.size() < 40);
        }
    }
    SUBCASE("seconds of the experiment: what has runs is done, what has none waits")
    {
        experiment.warmUps = 0;
        experiment.stop.seconds = 1e-6;
        ExperimentResult result = emptyResult(experiment);
        ExperimentRunner(result, EngineAccess::real(), model).run();
        CHECK(result.runCount() == 1);
        const bool firstRan = !result.points[0].runs.empty();
        CHECK(result.points[firstRan ? 0 : 1].state == PointState::Done);
        CHECK(result.points[firstRan ? 1 : 0].state == PointState::Waiting);
        CHECK_FALSE(result.complete());
        CHECK(isEnded(result)); // going on would measure nothing
        CHECK(endLine(result)
              == "1 of 80 runs; 1 point is not complete; ended by its limit of 1 s");
    }
}

TEST_CASE("progress counts up to its total, and time left down to nothing")
{
    const test::ModelFolder folder;
    Experiment experiment = test::smallExperiment();
    experiment.axes = {test::batches({1, 2})};
    experiment.expectedSeconds = 12;
    experiment.coolDownSeconds = 0.01;
    ExperimentResult result = emptyResult(experiment);
    std::vector<RunnerProgress> told;
    RunnerEvents events;
    events.progress = [&told](const RunnerProgress &progress) { told.push_back(progress); };
    ExperimentRunner(result, EngineAccess::real(), folder.write("model.gguf"), events).run();
    REQUIRE(told.size() > 8);
    CHECK(told.front().phase == RunnerPhase::Loading);
    CHECK(told.front().secondsLeft == 12.0); // nothing is measured: what it says of itself
    CHECK(told.back().phase == RunnerPhase::Ended);
    CHECK(told.back().done == 8);
    CHECK(told.back().secondsLeft == 0.0);
    bool cooled = false;
    for (size_t i = 0; i < told.size(); ++i) {
        CHECK(told[i].total == 8);
        cooled = cooled || told[i].phase == RunnerPhase::CoolingDown;
        if (i > 0)
            CHECK(told[i].done >= told[i - 1].done);
        if (told[i].done > 0)
            CHECK(*told[i].secondsLeft < 12);
    }
    CHECK(cooled);
}
