// Options of an engine, checked and completed, and the memory that they ask for.
#pragma once

#include "engine/model/forward.h"
#include "engine/run/engine.h"

namespace inferlab {

// Rows of one step where nobody says: enough for the matrix products to be limited by arithmetic
// instead of by reading the weights, and few enough for progress to move: on two cores some 0.1 s
// of a small model, on a GPU less.
constexpr int32_t usualStepTokens(bool onGpu) noexcept
{
    return onGpu ? 2048 : 256;
}

// With the cache off nothing is kept from step to step; a few sequences at once are enough to fill
// a step.
inline constexpr int32_t kSequencesWithoutCache = 4;

// Options with every 0 replaced by what is chosen. Throws InputError for one that is out of range.
EngineOptions completeOptions(const LoadedModel &model, EngineOptions options);

// Throws InputError with the numbers, and what would fit.
void requireFits(const MemoryPlan &plan, const EngineOptions &options);

// What the engine itself takes for completed options, beside the forward pass: the step's batch and
// plan, the sampler's scratch, and what its running sequences are made of.
size_t schedulingBytes(const LoadedModel &model, const EngineOptions &options);

// Limits of the forward pass for completed options.
ForwardLimits forwardLimits(const EngineOptions &options);

} // namespace inferlab
