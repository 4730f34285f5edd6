// Predicted runs: by hand where every step takes a second, by the course's formulas, and step by
// step against what the engine really does.
#include "engine/base/clock.h"
#include "engine/measure/metrics.h"
#include "engine/measure/prediction.h"
#include "engine/measure/recorder.h"
#include "engine/model/loaded_model.h"
#include "engine/run/engine.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

using namespace inferlab;
using doctest::Approx;

namespace {

constexpr double kNever = 1e30; // a limit that nothing reaches

DeviceLimits unlimited()
{
    DeviceLimits limits;
    limits.bytesPerSecond = kNever;
    limits.productsPerSecond = {kNever, kNever, kNever};
    limits.attentionRowsPerSecond = kNever;
    limits.attentionTilesPerSecond = kNever;
    limits.rowElementsPerSecond = kNever;
    limits.drawnElementsPerSecond = kNever;
    limits.drawnOfRowPerSecond = kNever;
    return limits;
}

// Every step reads 1,000 bytes at 1,000 B/s, whatever it computes.
PredictionModel oneSecondSteps()
{
    PredictionModel model;
    model.cost.layers = 1;
    model.cost.layerMatrices.bytes = 1000;
    model.limits = unlimited();
    model.limits.bytesPerSecond = 1000;
    return model;
}

// A row takes a second, whatever it shares a step with: 500 elements, 2 operations each.
PredictionModel oneSecondRows()
{
    PredictionModel model;
    model.cost.layers = 1;
    model.cost.layerMatrices.elements[0] = 500;
    model.limits = unlimited();
    model.limits.productsPerSecond[0] = 1000;
    return model;
}

RunSettings settingsOf(int32_t batch)
{
    RunSettings settings;
    settings.batch = batch;
    return settings;
}

std::vector<double> seconds(const std::vector<double> &ms)
{
    std::vector<double> out;
    for (const double value : ms)
        out.push_back(value / 1000);
    return out;
}

std::vector<double> ttfts(const Prediction &prediction)
{
    return seconds(ttftsMs(prediction.record));
}

std::vector<double> totals(const Prediction &prediction)
{
    return seconds(endToEndsMs(prediction.record));
}

Prediction predicted(const PredictionModel &model, const RunSettings &settings,
                     const std::vector<ExpectedRequest> &requests)
{
    return predictRun(model, settings, requests);
}

} // namespace

TEST_CASE("a batch: one step reads all prompts, each further one gives everybody a token")
{
    const Prediction p = predicted(oneSecondSteps(), settingsOf(2), {{100, 3}, {100, 3}});
    CHECK(ttfts(p) == std::vector<double> {1, 1});
    CHECK(seconds(pooledItlMs(p.record)) == std::vector<double> {1, 1, 1, 1});
    CHECK(totals(p) == std::vector<double> {3, 3});
    const RunMetrics metrics = computeMetrics(p.record);
    CHECK(metrics.outputTokPerSecond.value() == Approx(2));
    CHECK(metrics.completed == 2);
    CHECK(p.prefill.steps == 1);
    CHECK(p.decode.steps == 2);
    CHECK(p.decode.bytes == 2000);
    CHECK(p.decode.time.bandwidthSeconds == Approx(2));
    CHECK(p.decode.time.limit() == StepLimit::Bandwidth);
}

TEST_CASE("a long prompt comes in chunks, of the engine's size or of the settings'")
{
    CHECK(ttfts(predicted(oneSecondSteps(), settingsOf(1), {{256, 2}})) == std::vector<double> {1});
    CHECK(ttfts(predicted(oneSecondSteps(), settingsOf(1), {{257, 2}})) == std::vector<double> {2});
    RunSettings chunked = settingsOf(2);
    chunked.chunkTokens = 64;
    // Rows 64, 36 + 28, 64, 8: the first prompt is read after two steps, the second after four.
    const Prediction p = predicted(oneSecondSteps(), chunked, {{100, 1}, {100, 1}});
    CHECK(ttfts(p) == std::vector<double> {2, 4});
    CHECK(p.record.steps.size() == 4);
}

TEST_CASE("requests beyond the batch wait: until it is empty, or for one place")
{
    const std::vector<ExpectedRequest> requests {{10, 1}, {10, 5}, {10, 1}};
    RunSettings settings = settingsOf(2);
    // Static: prefill at 1 s, decode until 5 s, then the third.
    CHECK(ttfts(predicted(oneSecondSteps(), settings, requests)) == std::vector<double> {1, 1, 6});
    settings.scheduler = BatchPolicy::Continuous;
    // A place is free at 1 s: its prompt is read in the next step, while the second goes on.
    const Prediction p = predicted(oneSecondSteps(), settings, requests);
    CHECK(ttfts(p) == std::vector<double> {1, 1, 2});
    CHECK(totals(p) == std::vector<double> {1, 5, 2});
}

TEST_CASE("with a concurrency the next request is submitted when one ends")
{
    RunSettings settings = settingsOf(4);
    settings.concurrency = 1;
    const Prediction p = predicted(oneSecondSteps(), settings, {{10, 2}, {10, 2}, {10, 2}});
    CHECK(ttfts(p) == std::vector<double> {1, 1, 1});
    CHECK(totals(p) == std::vector<double> {2, 2, 2});
    CHECK(computeMetrics(p.record).peakConcurrency == 1);
    CHECK(computeMetrics(p.record).durationS == Approx(6));
}

TEST_CASE("without the cache each token costs all rows before it")
{
    RunSettings settings = settingsOf(1);
    settings.kvCache = false;
    const Prediction off = predicted(oneSecondRows(), settings, {{10, 4}});
    CHECK(ttfts(off) == std::vector<double> {10});
    CHECK(seconds(pooledItlMs(off.record)) == std::vector<double> {11, 12, 13});
    const Prediction on = predicted(oneSecondRows(), settingsOf(1), {{10, 4}});
    CHECK(seconds(pooledItlMs(on.record)) == std::vector<double> {1, 1, 1});
    CHECK(off.decode.time.limit() == StepLimit::Compute);
}

TEST_CASE("padding computes the longest prompt's rows for everybody, and goes on to the last end")
{
    RunSettings settings = settingsOf(2);
    CHECK(ttfts(predicted(oneSecondRows(), settings, {{10, 1}, {30, 1}}))
          == std::vector<double> {40, 40});
    settings.padding = true;
    CHECK(ttfts(predicted(oneSecondRows(), settings, {{10, 1}, {30, 1}}))
          == std::vector<double> {60, 60});
    // Two rows in each step, though the first has ended.
    const Prediction p = predicted(oneSecondRows(), settings, {{10, 1}, {30, 3}});
    CHECK(totals(p) == std::vector<double> {60, 64});
    CHECK(computeMetrics(p.record).paddedTokens == 20 + 2);
    settings.kvCache = false; // 60 rows, 62, 64
    CHECK(totals(predicted(oneSecondRows(), settings, {{10, 1}, {30, 3}}))
          == std::vector<double> {60, 186});
    settings.scheduler = BatchPolicy::Continuous; // no rectangle: the engine refuses it
    CHECK(predicted(oneSecondRows(), settings, {{10, 1}, {30, 3}}).record.requests.empty());
}

TEST_CASE("the course's formula: t(B) = max((W + B k n) / BW, 2 P B / F) + t0")
{
    ModelConfig config;
    config.layers = 3;
    config.embedding = 16;
    config.feedForward = 32;
    config.heads = 2;
    config.kvHeads = 1;
    config.headDim = 8;
    config.vocabulary = 100;
    const double elements = 100'000;
    PredictionModel model;
    model.cost = modelCost(config, {{TensorRole::Up, 100, 1000, ProductKind::Int8, elements}});
    model.limits = unlimited();
    model.limits.bytesPerSecond = 1e6;
    model.limits.productsPerSecond[0] = 8e6;
    model.limits.largeOperatorSeconds = 1e-3;
    const double k = 2 * 3 * 8 * 2; // bytes of a token: keys and values, layers, width, F16
    for (const int32_t batch : {1, 4, 64}) {
        const double n = 50;
        const StepTime time = stepTime(
            stepCost(model.cost, StepShape::decode(batch, static_cast<int32_t>(n))), model.limits);
        // Attention is a part of its own, so its bytes come on top where products are limited by
        // arithmetic; the row that is written counts as read and as written.
        const double cache = batch * k * (n + 2);
        const double weights = std::max(elements / 1e6, 2 * elements * batch / 8e6);
        CHECK(time.seconds() == Approx(weights + cache / 1e6 + 15e-3 + 1e-3));
        CHECK((time.limit() == StepLimit::Bandwidth) == (batch <= 4));
    }
}

TEST_CASE("decode steps of as many rows as the one before are replayed, where graphs are on")
{
    PredictionModel model = oneSecondSteps();
    model.limits.largeOperatorSeconds = 1; // six of them
    model.limits.replayedLargeSeconds = 0.1;
    RunSettings settings = settingsOf(2);
    using Requests = std::vector<ExpectedRequest>;
    const auto stepSeconds = [&](const Requests &requests) {
        std::vector<double> all;
        for (const StepRecord &step : predicted(model, settings, requests).record.steps)
            all.push_back(static_cast<double>(step.endNs - step.startNs) * 1e-9);
        return all;
    };
    // A prompt; then two rows, the second time replayed; then one.
    settings.stepGraphs = true;
    const Requests two {{10, 4}, {10, 3}};
    const std::vector<double> withGraphs = stepSeconds(two);
    settings.stepGraphs = false;
    const std::vector<double> without = stepSeconds(two);
    REQUIRE(withGraphs.size() == 4);
    CHECK(without == std::vector<double>(4, 6.0));
    CHECK(withGraphs[0] == Approx(6));
    CHECK(withGraphs[1] == Approx(6));
    CHECK(withGraphs[2] == Approx(1.6));
    CHECK(withGraphs[3] == Approx(6));
    // What was recorded is replayed again after a prompt came between.
    settings.stepGraphs = true;
    settings.batch = 1;
    const std::vector<double> again = stepSeconds({{10, 3}, {10, 2}});
    REQUIRE(again.size() == 5); // prompt, decode, decode; prompt, decode
    CHECK(again[1] == Approx(6));
    CHECK(again[2] == Approx(1.6));
    CHECK(again[3] == Approx(6));
    CHECK(again[4] == Approx(1.6));
    settings = settingsOf(2);
    model.limits.replayedLargeSeconds = 0; // a CPU: operators on top of the work
    settings.stepGraphs = true;
    CHECK(stepSeconds(two) == std::vector<double>(4, 7.0));
}

TEST_CASE("what is expected of settings, and what a record held")
{
    RunSettings settings = settingsOf(3);
    settings.maxNewTokens = 7;
    CHECK(expectedRequests(settings, 12).size() == 3);
    CHECK(expectedRequests(settings, 12)[0].promptTokens == 12);
    CHECK(expectedRequests(settings, 12)[0].newTokens == 7);
    settings.requests = 5;
    settings.promptTokens = 100;
    CHECK(expectedRequests(settings, 12).size() == 5);
    CHECK(expectedRequests(settings, 12)[4].promptTokens == 100);

    const Prediction p = predicted(oneSecondSteps(), settingsOf(2), {{10, 2}, {20, 3}});
    const std::vector<ExpectedRequest> held = expectedRequests(p.record);
    REQUIRE(held.size() == 2);
    CHECK(held[1].promptTokens == 20);
    CHECK(held[1].newTokens == 3);
    CHECK(predicted(oneSecondSteps(), settings, {}).record.requests.empty());
    const int32_t most = std::numeric_limits<int32_t>::max();
    CHECK(predicted(oneSecondSteps(), settings, {{most, most}}).record.requests.empty());
    CHECK(expectedRequests(RunRecord {}).empty());
}

namespace {

struct Rows
{
    int32_t prefill = 0, decode = 0, running = 0, padded = 0;
    bool operator==(const Rows &) const = default;
};

std::vector<Rows> rowsOf(const RunRecord &record)
{
    std::vector<Rows> out;
    for (const StepRecord &step : record.steps)
        out.push_back({step.prefillTokens, step.decodeTokens, step.running, step.paddedTokens});
    return out;
}

// The requests carried out by the engine on a tiny model.
RunRecord carriedOut(const RunSettings &settings, const std::vector<ExpectedRequest> &requests)
{
    LoadOptions load;
    load.threads = 1;
    const auto model =
        LoadedModel::load(INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf", load);
    EngineOptions options;
    options.kvCache = settings.kvCache;
    options.maxSequences = settings.batch;
    options.stepTokens = settings.chunkTokens;
    options.policy = settings.scheduler;
    options.padding = settings.padding;
    options.contextTokens = settings.contextTokens;
    const auto engine = openEngine(model, options);
    RunRecord head;
    head.settings = settings;
    RunRecorder recorder(head);
    for (const ExpectedRequest &expected : requests) {
        Request request;
        request.promptTokens.assign(static_cast<size_t>(expected.promptTokens), 5);
        request.maxNewTokens = expected.newTokens;
        request.ignoreEnd = true;
        const int64_t now = nowNs();
        recorder.submitted(engine->submit(request), now, now, expected.promptTokens);
    }
    while (!engine->idle())
        recorder.add(engine->step());
    return recorder.take();
}

} // namespace

TEST_CASE("steps are those that the engine takes")
{
    struct Setting
    {
        int32_t batch;
        int32_t chunkTokens;
        bool kvCache;
        BatchPolicy scheduler = BatchPolicy::Static;
        bool padding = false;
        int32_t contextTokens = 84; // the longest prompt and the longest answer
    };
    const std::vector<ExpectedRequest> requests {{40, 5}, {3, 9},  {75, 2},
                                                 {12, 1}, {33, 7}, {1, 4}};
    for (const Setting &setting :
         {Setting {1, 0, true}, Setting {3, 0, true}, Setting {6, 16, true}, Setting {6, 0, false},
          Setting {3, 50, false}, Setting {2, 0, true, BatchPolicy::Continuous},
          Setting {3, 8, true, BatchPolicy::Continuous},
          Setting {3, 50, false, BatchPolicy::Continuous},
          Setting {3, 0, true, BatchPolicy::Static, true},
          Setting {6, 16, true, BatchPolicy::Static, true},
          Setting {6, 0, false, BatchPolicy::Static, true},
          Setting {3, 50, false, BatchPolicy::Static, true},
          Setting {6, 0, false, BatchPolicy::Static, true, 77}, // pads stop at its end
          Setting {6, 0, true, BatchPolicy::Static, true, 77}}) {
        RunSettings settings = settingsOf(setting.batch);
        settings.chunkTokens = setting.chunkTokens;
        settings.kvCache = setting.kvCache;
        settings.scheduler = setting.scheduler;
        settings.padding = setting.padding;
        settings.contextTokens = setting.contextTokens;
        INFO("batch ", setting.batch, ", chunk ", setting.chunkTokens, ", cache ", setting.kvCache,
             ", ", batchPolicyName(setting.scheduler), ", padding ", setting.padding);
        const RunRecord real = carriedOut(settings, requests);
        const Prediction prediction = predictRun(oneSecondSteps(), settings, requests);
        const std::vector<Rows> expected = rowsOf(real);
        const std::vector<Rows> found = rowsOf(prediction.record);
        REQUIRE(found.size() == expected.size());
        for (size_t i = 0; i < found.size(); ++i) {
            INFO("step ", i, ": prefill ", expected[i].prefill, ", decode ", expected[i].decode,
                 ", running ", expected[i].running, ", padded ", expected[i].padded);
            CHECK(found[i] == expected[i]);
        }
        for (size_t r = 0; r < requests.size(); ++r)
            CHECK(prediction.record.requests[r].tokens.size() == real.requests[r].tokens.size());
    }
}
