// Predictions of `predict` and beside the measurements of `bench`.
#pragma once

#include "engine/base/json.h"
#include "engine/measure/prediction.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab::cli {

// A batch of prompts of one length, predicted.
struct PredictedBatch
{
    int32_t batch = 1;
    int32_t promptTokens = 1;
    int32_t newTokens = 1;
    Prediction prediction;
};

// {"batch", "prompt_tokens", "new_tokens", "ttft_ms": {"p50", "max"}, "itl_ms", "output_tok_per_s",
// "prefill": {...}, "decode": {...}}
Json predictionJson(const PredictedBatch &predicted);
// A heading and a line for each.
std::string predictionTable(const std::vector<PredictedBatch> &batches);

} // namespace inferlab::cli
