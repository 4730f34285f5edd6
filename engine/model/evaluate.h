// Logits of a given sequence, without sampling: for the logits and perplexity commands and for
// comparison with other implementations.
#pragma once

#include "kernels/api/dtype.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>

namespace inferlab {

class LoadedModel;

struct EvaluateOptions
{
    bool allPositions = false; // else the last one only
    DType cacheType = DType::F16;
    int32_t stepTokens = 256; // rows computed at once
    const std::atomic<bool> *stop = nullptr;
};

// Calls `take(position, logits)` with [vocabulary] logits in rising order of position. Throws
// InputError for an empty sequence, one longer than the model's context, or an id outside the
// vocabulary; Cancelled soon after *stop became true.
void evaluate(LoadedModel &model, std::span<const int32_t> ids, const EvaluateOptions &options,
              const std::function<void(int32_t, std::span<const float>)> &take);

// ln of the sum of exp(logits).
double logSumExp(std::span<const float> logits);
// -ln of the probability that the logits give to `id`.
double negativeLogLikelihood(std::span<const float> logits, int32_t id);

} // namespace inferlab
