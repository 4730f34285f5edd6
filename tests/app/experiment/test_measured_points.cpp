// Points of an experiment as advice takes them: samples pooled over runs, failed requests apart.
#include "app/experiment/measured_points.h"
#include "engine/measure/percentile.h"

#include <doctest/doctest.h>

#include <memory>

using namespace inferlab;
using doctest::Approx;

namespace {

constexpr int64_t kMs = 1'000'000;

// Submitted at 0; tokens at these times.
RequestRecord request(std::initializer_list<int64_t> tokenMs)
{
    RequestRecord out;
    for (const int64_t at : tokenMs) {
        TokenRecord token;
        token.ns = at * kMs;
        out.tokens.push_back(token);
    }
    out.endNs = out.tokens.back().ns;
    out.endReason = EndReason::Length;
    return out;
}

MeasuredRun runOf(std::vector<RequestRecord> requests)
{
    auto record = std::make_shared<RunRecord>();
    record->requests = std::move(requests);
    MeasuredRun run;
    run.record = std::move(record);
    run.weightBytes = 100;
    run.cacheBytes = 20;
    run.workspaceBytes = 3;
    return run;
}

ExperimentResult twoBatches()
{
    Experiment experiment;
    experiment.name = "batch";
    experiment.prompts = {"Hello"};
    experiment.axes = {{AxisKind::Batch, {1.0, 2.0}}};
    ExperimentResult result = emptyResult(experiment);
    result.points[1].runs = {runOf({request({100, 110, 130})}), runOf({request({200, 240})})};
    return result;
}

} // namespace

TEST_CASE("a point pools its runs and divides all tokens by all the time")
{
    const std::vector<MeasuredPoint> points = measuredPoints(twoBatches());
    REQUIRE(points.size() == 1); // the first has no run yet
    const MeasuredPoint &point = points.front();
    CHECK(point.label == "batch 2");
    CHECK(point.load == 2);
    CHECK(point.ttftMs == std::vector<double> {100, 200});
    CHECK(point.itlMs == std::vector<double> {10, 20, 40});
    CHECK(point.tpotMs == std::vector<double> {15, 40});
    CHECK(point.endToEndMs == std::vector<double> {130, 240});
    CHECK(point.tokPerSecond.value() == Approx(5 / 0.37));
    CHECK(point.memoryBytes == 123);
    CHECK(point.failedRequests == 0);
}

TEST_CASE("failed requests are counted, and are in no sample and no throughput")
{
    ExperimentResult result = twoBatches();
    RequestRecord failed = request({50});
    failed.endReason = EndReason::Error;
    result.points[1].runs.push_back(runOf({failed}));
    const MeasuredPoint point = measuredPoint(result.points[1]);
    CHECK(point.failedRequests == 1);
    CHECK(point.ttftMs.size() == 2);
    CHECK(point.tokPerSecond.value() == Approx(5 / 0.42));

    SloTargets limits;
    limits.ttftMs = 150;
    const SloOutcome outcome = sloOutcome(sloSample(result.points[1]), limits);
    CHECK(outcome.requests == 3);
    CHECK(outcome.met == 1);
    CHECK(outcome.notCompleted == 1);
    CHECK(outcome.goodputRequestPerSecond.value() == Approx(1 / 0.42));
}

TEST_CASE("the load is a batch size or concurrency, and the group is the rest")
{
    Experiment experiment;
    experiment.name = "cache and batch";
    experiment.prompts = {"Hello"};
    experiment.axes = {{AxisKind::KvCache, {std::string("on"), std::string("off")}},
                       {AxisKind::Batch, {4.0, 1.0}}};
    ExperimentResult result = emptyResult(experiment);
    for (PointResult &point : result.points)
        point.runs = {runOf({request({100, 110, 130})})};
    const std::vector<MeasuredPoint> points = measuredPoints(result);
    REQUIRE(points.size() == 4);
    CHECK(points[2].load == 4);
    CHECK(points[2].group == "kv cache off");
    CHECK(points[3].load == 1);
    // Along the first axis alone: here it is no load.
    CHECK(loadPoints(result, result.points[0].point, 50).empty());

    const ExperimentResult batches = twoBatches();
    const std::vector<LoadPoint> loads = loadPoints(batches, batches.points[0].point, 50);
    REQUIRE(loads.size() == 1);
    CHECK(loads[0].load == 2);
    CHECK(loads[0].latencyMs == 185);
    CHECK(loads[0].n == 2);
}

TEST_CASE("where no load varies there is none")
{
    Experiment experiment;
    experiment.name = "cache";
    experiment.prompts = {"Hello"};
    experiment.axes = {{AxisKind::KvCache, {std::string("on"), std::string("off")}}};
    const ExperimentResult result = emptyResult(experiment);
    CHECK_FALSE(measuredPoint(result.points[1]).load.has_value());
    CHECK_FALSE(measuredPoint(result.points[1]).tokPerSecond.has_value());
    CHECK(measuredPoints(result).empty());
}
