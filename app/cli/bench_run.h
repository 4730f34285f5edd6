// One measurement of `bench`: prefill and decode of a model at one batch size, apart, repeated.
#pragma once

#include "engine/measure/run_record.h"
#include "engine/model/loaded_model.h"
#include "engine/model/roofline.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace inferlab::cli {

struct BenchPlan
{
    int32_t batch = 1;
    int32_t promptTokens = 512; // of the prefill measurement
    int32_t newTokens = 128;    // of the decode measurement
    int32_t depth = 0;          // tokens in each sequence's cache before what is measured begins
    int32_t chunkTokens = 0;    // most rows of one step; 0: chosen by the engine
    int32_t repeat = 5;
    DType cacheType = DType::F16;
    bool batchInvariant = false; // these two on a GPU only
    bool stepGraphs = true;
};

// What the cost model expects (bench_prediction.h).
struct BenchPrediction
{
    double prefillTokPerSecond = 0;
    double decodeTokPerSecond = 0; // over all sequences of the batch
    StepLimit prefillLimit = StepLimit::Compute;
    StepLimit decodeLimit = StepLimit::Bandwidth;
};

struct BenchResult
{
    BenchPlan plan;
    // One value for each repetition; tok/s over all sequences of the batch.
    std::vector<double> prefillTokPerSecond;
    std::vector<double> decodeTokPerSecond;
    std::vector<double> ttftMs;       // of each request of each repetition, depth included
    std::vector<double> deviceStepMs; // of each decode step, on the device's own clock; or none
    int32_t launches = 0;             // kernels of a decode step that was launched as a whole
    std::vector<StepRecord> steps;    // of all repetitions, where the device timed them
    uint64_t checksum = 0;            // FNV-1a of the tokens; the same in every repetition
    uint64_t weightBytesPerStep = 0;  // read by one decode step, whatever the batch
    double bytesPerToken = 0.0;       // weights and cache, for one token of a decode step
    std::optional<BenchPrediction> predicted; // absent where the device was never calibrated
    double achievedGbPerSecond = 0.0;         // bytesPerToken x median decode speed
};

// Throws InputError when the plan does not fit the model's context or the free memory.
void checkBench(const LoadedModel &model, const BenchPlan &plan);

// One warm-up that is not counted, then the repetitions. Prompts are random ids, each sequence its
// own, the same every time. Throws InputError when the plan does not fit the model or the memory,
// std::runtime_error when a request fails or two repetitions give different tokens, Cancelled.
BenchResult runBench(const std::shared_ptr<LoadedModel> &model, const BenchPlan &plan,
                     const std::atomic<bool> &interrupted);

} // namespace inferlab::cli
