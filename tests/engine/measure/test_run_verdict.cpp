// Verdicts on made records: what limited them, the share reached, what would change it, and where a
// prediction missed.
#include "engine/measure/run_verdict.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace inferlab;
using doctest::Approx;

namespace {

// A model of 1,000 bytes and 1,000 elements, a cache of 4 bytes a token, on a device that reads
// 1,000 B/s and computes as told.
PredictionModel modelWith(double operationsPerSecond, double operatorSeconds = 0)
{
    PredictionModel model;
    model.cost.layers = 1;
    model.cost.kvHeads = 1;
    model.cost.headDim = 1;
    model.cost.layerMatrices.bytes = 1000;
    model.cost.layerMatrices.elements[0] = 1000;
    model.limits.bytesPerSecond = 1000;
    model.limits.productsPerSecond = {operationsPerSecond, 1e30, 1e30};
    model.limits.attentionRowsPerSecond = 1e30;
    model.limits.attentionTilesPerSecond = 1e30;
    model.limits.rowElementsPerSecond = 1e30;
    model.limits.drawnElementsPerSecond = 1e30;
    model.limits.drawnOfRowPerSecond = 1e30;
    model.limits.largeOperatorSeconds = operatorSeconds;
    return model;
}

RunSettings batchOf(int32_t batch)
{
    RunSettings settings;
    settings.batch = batch;
    settings.threads = 2;
    return settings;
}

// The predicted run, with the clock of the measurement `slower` than that of the prediction.
RunRecord measured(const PredictionModel &model, const RunSettings &settings, double slower,
                   int32_t promptTokens = 10, int32_t newTokens = 20)
{
    RunSettings asked = settings;
    asked.maxNewTokens = newTokens;
    const auto scaled = [slower](int64_t &ns) {
        ns = static_cast<int64_t>(std::llround(static_cast<double>(ns) * slower));
    };
    RunRecord record = predictRun(model, asked, expectedRequests(asked, promptTokens)).record;
    for (RequestRecord &request : record.requests) {
        for (int64_t *ns :
             {&request.scheduledNs, &request.submittedNs, &request.startedNs, &request.endNs})
            scaled(*ns);
        for (TokenRecord &token : request.tokens)
            scaled(token.ns);
    }
    for (StepRecord &step : record.steps) {
        scaled(step.startNs);
        scaled(step.endNs);
    }
    return record;
}

RunVerdict verdictOn(const RunRecord &record, const PredictionModel &model, int cores = 0)
{
    return runVerdict(record, model, cores).value();
}

bool contains(const std::string &text, const char *part)
{
    INFO(text);
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("decode of one sequence is limited by bandwidth; the share is that of the bytes read")
{
    const PredictionModel model = modelWith(1e9);
    const RunVerdict verdict = verdictOn(measured(model, batchOf(1), 1.25), model);
    CHECK(verdict.limit == RunLimit::Bandwidth);
    CHECK(verdict.decode->limit == StepLimit::Bandwidth);
    CHECK(verdict.decode->share == Approx(0.8));
    CHECK(verdict.decode->bytesPerSecond == Approx(800));
    CHECK(contains(verdict.limited, "Decode, 95% of the time, was limited by memory bandwidth: "));
    CHECK(contains(verdict.limited, "80%"));
    CHECK(contains(verdict.change, "A larger batch"));
    CHECK(verdict.missed.empty());
}

TEST_CASE("what caches give counts as the limit of a model that fits them")
{
    constexpr double kMemory = 30e9; // bytes per second
    PredictionModel model = modelWith(1e30);
    model.cost.layerMatrices.bytes = 1e8;
    model.limits.bytesPerSecond = kMemory;
    model.limits.rereads = {{1e9, 3 * kMemory}, {1e10, kMemory}};
    const RunVerdict verdict = verdictOn(measured(model, batchOf(1), 1.25), model);
    CHECK(verdict.decode->readLimitPerSecond == Approx(3 * kMemory));
    CHECK(verdict.decode->share == Approx(0.8));
    CHECK(contains(verdict.limited, ": 72 of 90 GB/s, 80%"));
}

TEST_CASE("large batches and prompts are limited by arithmetic")
{
    // 2,000 operations a row: 64 rows take 12.8 s, reading takes 1 s.
    const PredictionModel model = modelWith(10'000);
    const RunVerdict decode = verdictOn(measured(model, batchOf(64), 1.0, 1, 20), model, 8);
    CHECK(decode.limit == RunLimit::Compute);
    CHECK(contains(decode.change, "A smaller batch"));
    CHECK(contains(decode.change, "more threads: 2 of 8 cores were used"));
    const RunVerdict prefill = verdictOn(measured(model, batchOf(1), 1.0, 500, 1), model, 2);
    CHECK(contains(prefill.limited, "Prefill, 100% of the time"));
    CHECK(contains(prefill.change, "A shorter prompt"));
    CHECK_FALSE(contains(prefill.change, "threads"));
    CHECK_FALSE(prefill.decode.has_value());
    CHECK(prefill.prefill->share > 0.9);
}

TEST_CASE("operators' fixed costs, and the cache that is off")
{
    const PredictionModel slow = modelWith(1e9, 1.0); // 5 operators of a second each
    const RunVerdict overhead = verdictOn(measured(slow, batchOf(1), 1.0), slow);
    CHECK(overhead.limit == RunLimit::Overhead);
    CHECK(contains(overhead.limited, "was limited by overhead"));
    CHECK(contains(overhead.change, "A larger batch"));

    RunSettings off = batchOf(1);
    off.kvCache = false;
    const PredictionModel model = modelWith(10'000);
    CHECK(contains(verdictOn(measured(model, off, 1.0, 50), model).change, "The KV cache would"));
}

TEST_CASE("where the cache is most of what is read, a shorter context is the advice")
{
    PredictionModel model = modelWith(1e9);
    model.cost.headDim = 100; // 400 bytes a token
    CHECK(contains(verdictOn(measured(model, batchOf(1), 1.0, 100), model).change,
                   "A shorter context"));
}

TEST_CASE("requests that wait longer than they run, and caps that leave places empty")
{
    const PredictionModel model = modelWith(1e9);
    RunSettings many = batchOf(2);
    many.requests = 20;
    const RunVerdict queue = verdictOn(measured(model, many, 1.0), model);
    CHECK(queue.limit == RunLimit::Queue);
    CHECK(contains(queue.limited, "the queue was the limit"));
    CHECK(contains(queue.change, "More places in the batch"));

    RunSettings capped = batchOf(8);
    capped.requests = 16;
    capped.concurrency = 3;
    const RunVerdict cap = verdictOn(measured(model, capped, 1.0), model);
    CHECK(cap.limit == RunLimit::Configuration);
    CHECK(contains(cap.limited, "A concurrency of 3 left 5 of the 8 places of the batch empty"));
}

TEST_CASE("beyond 30% a prediction is said to have missed, in both directions")
{
    const PredictionModel model = modelWith(1e9);
    CHECK(verdictOn(measured(model, batchOf(1), 1.29), model).missed.empty());
    const RunVerdict slower = verdictOn(measured(model, batchOf(1), 1.5), model);
    CHECK(contains(slower.missed, "Decode: predicted "));
    CHECK(contains(slower.missed, "50% more than predicted."));
    CHECK(contains(slower.words(), slower.missed.c_str()));
    const RunVerdict faster = verdictOn(measured(model, batchOf(1), 0.6), model);
    CHECK(contains(faster.missed, "40% less than predicted."));
    CHECK(missedWords("TTFT", 100, 129, "ms").empty());
    CHECK(missedWords("TTFT", 100, 145, "ms")
          == "TTFT: predicted 100 ms, measured 145 ms, 45% more than predicted.");
    CHECK(missedWords("TTFT", 0, 145, "ms").empty());
    CHECK(missedWords("TTFT", std::nan(""), 145, "ms").empty());
}

TEST_CASE("without steps or tokens there is no verdict")
{
    const PredictionModel model = modelWith(1e9);
    CHECK_FALSE(runVerdict({}, model).has_value());
    RunRecord record = measured(model, batchOf(1), 1.0);
    record.steps.clear();
    CHECK_FALSE(runVerdict(record, model).has_value());
    record = measured(model, batchOf(1), 1.0);
    for (RequestRecord &request : record.requests)
        request.endReason = EndReason::Error;
    CHECK_FALSE(runVerdict(record, model).has_value());
}
