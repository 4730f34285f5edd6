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
    int32_t rows = 0; // the next so many of its pending ones
};
using StepPlan = std::vector<PlannedRows>;

struct SchedulerLimits
{
    bool kvCache = true;
    int32_t stepTokens = 0; // most rows of one step; at least one for each that runs
    BatchPolicy policy = BatchPolicy::Static;
};

// Static batching: prefill of all sequences first, in the order of their ids and in chunks; then
// all decode in step. Continuous batching: all that decode take their row first, so that no prompt
// holds them up for longer than a step, and prompts are computed in the rows that are left (chunked
// prefill: Agrawal et al. 2024, Sarathi-Serve). With the cache off a sequence's pending rows are
// all of its rows, and after the one that a step left half done, which holds blocks, the one of the
// earliest round goes first, so that none runs ahead of the others. A sequence is planned only
// when the blocks for it are free by then; one always fits. Replaces what was in `plan`, and
// allocates nothing when that has room for all that run.
void planStep(const std::vector<std::unique_ptr<Sequence>> &running, const SchedulerLimits &limits,
              int32_t freeBlocks, StepPlan &plan);

} // namespace inferlab
