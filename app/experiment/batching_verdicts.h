// What an experiment says of how requests share the engine's steps: batches that are filled anew or
// place by place, and prompts in chunks between the tokens of others.
#pragma once

#include "app/experiment/experiment_result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace inferlab {

// Decode steps that answers of these lengths take in `places` places, in their order.
struct BatchingSteps
{
    int64_t staticSteps = 0;     // each batch until its longest answer has ended
    int64_t continuousSteps = 0; // the next answer begins in the first place that becomes free
};
BatchingSteps batchingSteps(std::span<const int64_t> answerTokens, int32_t places);

// For each continuous point beside its static one: what the lengths alone let expect, and what was
// measured. Empty where the scheduler does not vary.
std::vector<std::string> batchingVerdicts(const ExperimentResult &result);

// From the smallest to the largest chunk: the longest gaps of those under way, and the wait for the
// first token. Empty where the chunk does not vary.
std::vector<std::string> chunkVerdicts(const ExperimentResult &result);

} // namespace inferlab
