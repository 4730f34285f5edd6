// A run before it happens: the engine's schedule carried out with the costs of the model and the
// limits of the device instead of arithmetic. What comes out is a run record, so that every figure
// of a prediction is computed as that of a measurement.
#pragma once

#include "engine/measure/run_record.h"
#include "engine/model/roofline.h"

#include <cstdint>
#include <span>
#include <vector>

namespace inferlab {

// As long as it will be, or was.
struct ExpectedRequest
{
    int32_t promptTokens = 0; // at least 1
    int32_t newTokens = 0;    // at least 1
};

// Requests of the settings: requests (or the batch) times promptTokens and maxNewTokens.
// promptTokens stands where the settings leave prompts as they are.
std::vector<ExpectedRequest> expectedRequests(const RunSettings &settings, int32_t promptTokens);
// Those that a record holds, failed ones and those without a token left out.
std::vector<ExpectedRequest> expectedRequests(const RunRecord &record);

// All steps of one kind together.
struct PhaseEstimate
{
    int64_t steps = 0;
    StepTime time;
    double bytes = 0;
    double weightBytes = 0; // of those bytes; the rest is cache
    double operations = 0;
};

struct Prediction
{
    RunRecord record;      // requests with token stamps, and steps; begins at time 0
    PhaseEstimate prefill; // steps that hold rows of prompts
    PhaseEstimate decode;  // the others
};

struct PredictionModel
{
    ModelCost cost;
    DeviceLimits limits;
    DType cacheType = DType::F16;
};

// Batches of settings.batch (fewer where concurrency or requests allow no more), filled by
// settings.scheduler; prompts first, in chunks of settings.chunkTokens (0: the engine's own size);
// the cache as settings.kvCache says. Padding: pads of a rectangular batch cost what tokens do.
// Time in the engine only: what a caller does between two steps is not in it.
// Without requests, or where one is longer than any model's context, nothing is predicted.
Prediction predictRun(const PredictionModel &model, const RunSettings &settings,
                      std::span<const ExpectedRequest> requests);

} // namespace inferlab
