// Which sequences advance in the next step, and by how many tokens. Planning has no side effect;
// the engine takes blocks and runs the plan.
#pragma once

#include "engine/run/sequence.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace inferlab {

struct PlannedRows
{
    Sequence *sequence = nullptr;
    int32_t tokens = 0; // the next so many of its pending ones
};
using StepPlan = std::vector<PlannedRows>;

struct SchedulerLimits
{
    bool kvCache = true;
    int32_t stepTokens = 0; // most rows of one step
};

// Static batching: prefill of all sequences first, in the order of their ids and in chunks; then
// all decode in step. With the cache off a sequence's pending tokens are all of its tokens, and the
// one with the shortest answer goes first, so that none runs ahead of the others. A sequence is
// planned only when the blocks for it are free by then; one always fits.
// Replaces what was in `plan`, and allocates nothing when that has room for all that run.
void planStep(const std::vector<std::unique_ptr<Sequence>> &running, const SchedulerLimits &limits,
              int32_t freeBlocks, StepPlan &plan);

} // namespace inferlab
