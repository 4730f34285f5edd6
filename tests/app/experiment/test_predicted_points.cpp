// Predictions beside an experiment's points: measured ones, those that wait, and those that nobody
// can predict.
#include "app/experiment/predicted_points.h"
#include "app/run_setup/run_requests.h"

#include <doctest/doctest.h>

#include <memory>

using namespace inferlab;
using doctest::Approx;

namespace {

// Every step reads 1,000 bytes at 1,000 B/s.
PredictionModel oneSecondSteps()
{
    constexpr double kNever = 1e30;
    PredictionModel model;
    model.cost.layers = 1;
    model.cost.layerMatrices.bytes = 1000;
    model.limits = {1000, {}, {kNever, kNever, kNever}, kNever, kNever, kNever, kNever, kNever,
                    0,    0};
    return model;
}

Experiment batches()
{
    Experiment experiment;
    experiment.name = "batch";
    experiment.prompts = {"Hello"};
    experiment.axes = {{AxisKind::Batch, {1.0, 4.0}}};
    experiment.held.run.maxNewTokens = 10;
    return experiment;
}

// A run of the point's settings whose clock goes `slower` than predicted.
MeasuredRun runOf(const PointResult &point, double slower)
{
    PredictionModel model = oneSecondSteps();
    model.limits.bytesPerSecond /= slower;
    const RunSettings &settings = point.point.settings.run;
    MeasuredRun run;
    run.record = std::make_shared<RunRecord>(
        predictRun(model, settings, expectedRequests(settings, 20)).record);
    return run;
}

} // namespace

TEST_CASE("a measured point has a prediction and a verdict, one that waits a prediction")
{
    ExperimentResult result = emptyResult(batches());
    for (const double slower : {1.0, 1.1, 9.0})
        result.points[0].runs.push_back(runOf(result.points[0], slower));
    const auto points =
        predictedPoints(result, [](const PointSettings &) { return oneSecondSteps(); });
    REQUIRE(points.size() == 2);
    CHECK(points[0].metrics->outputTokPerSecond.value() == Approx(1));
    CHECK(points[0].metrics->ttft->p50 == Approx(1000));
    // The median run took 1.1 times as long.
    CHECK(points[0].verdict->decode->share == Approx(1 / 1.1));
    CHECK(points[0].verdict->missed.empty());
    CHECK(points[0].missed.empty()); // one run of three was slow

    CHECK(points[1].metrics->outputTokPerSecond.value() == Approx(4));
    CHECK_FALSE(points[1].verdict.has_value());
    CHECK(points[1].missed.empty());
}

TEST_CASE("a point that is slower than predicted says by which figures")
{
    ExperimentResult result = emptyResult(batches());
    for (const double slower : {1.0, 2.0, 2.0})
        result.points[0].runs.push_back(runOf(result.points[0], slower));
    const auto points =
        predictedPoints(result, [](const PointSettings &) { return oneSecondSteps(); });
    REQUIRE(points[0].missed.size() == 3); // first token, between tokens, throughput
    CHECK(points[0].missed[2].find("Throughput P50: predicted 1 tok/s, measured 0.5 tok/s")
          != std::string::npos);
}

TEST_CASE("before any run, the prompts that will be drawn are what is predicted")
{
    Experiment experiment = batches();
    experiment.prompts = {"a", "b", "c", "d"};
    experiment.seed = 7;
    const auto known = [](const PointSettings &) { return oneSecondSteps(); };
    // Only one of the pool needs two chunks to be read.
    for (size_t longOne = 0; longOne < 4; ++longOne) {
        CAPTURE(longOne);
        const auto lengths = [longOne](const PointSettings &) {
            std::vector<int32_t> pool(4, 3);
            pool[longOne] = 300;
            return pool;
        };
        const auto points = predictedPoints(emptyResult(experiment), known, 0, lengths);
        const RunSettings first = runSettingsOf(experiment, experimentPoints(experiment)[0], 0);
        const bool drawn = drawRequest(first, 4, 0).prompt == longOne;
        CHECK(points[0].metrics->ttft->p50 == Approx(drawn ? 2000 : 1000));
        CHECK(points[0].metrics->outputTokens == 10);
        CHECK(points[1].metrics->outputTokens == 40);
    }
    // A length that the plan sets stands.
    experiment.held.run.promptTokens = 300;
    const auto points = predictedPoints(emptyResult(experiment), known, 0, [](const auto &) {
        return std::vector<int32_t> {3, 3, 3, 3};
    });
    CHECK(points[0].metrics->ttft->p50 == Approx(2000));
}

TEST_CASE("without lengths or without a model nothing is said")
{
    const ExperimentResult result = emptyResult(batches());
    const auto known = [](const PointSettings &) { return oneSecondSteps(); };
    CHECK_FALSE(predictedPoints(result, known)[0].metrics.has_value()); // no prompt's length

    Experiment lengths = batches();
    lengths.held.run.promptTokens = 300;
    // Two chunks of the prompt, then nine tokens.
    const auto points = predictedPoints(emptyResult(lengths), known);
    CHECK(points[0].metrics->ttft->p50 == Approx(2000));
    const auto unknown = [](const PointSettings &) -> std::optional<PredictionModel> {
        return std::nullopt;
    };
    CHECK_FALSE(predictedPoints(emptyResult(lengths), unknown)[0].metrics.has_value());
}
