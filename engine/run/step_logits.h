// The logits of one step, which lie where they were computed. What a draw needs of them comes to
// the host: a summary that the device makes, and the row where that is not enough.
#pragma once

#include "engine/model/forward.h"
#include "engine/run/scheduler.h"
#include "kernels/api/logit_summary.h"

#include <cstdint>
#include <span>
#include <vector>

namespace inferlab {

class StepLogits
{
public:
    // For steps of at most so many rows of logits. Throws std::bad_alloc. Forward and backend must
    // outlive it.
    StepLogits(Forward &forward, Backend &backend, size_t rows);

    // The logits of the sequences that want some, in the plan's order. whole: all of them are
    // looked at.
    void take(ConstMatrixView logits, const StepPlan &plan, bool whole);
    // Row `row`; only where take() was asked for the whole.
    std::span<const float> row(int64_t row) const;
    // The next token of the sequence that row `row` is of. Throws as Sampler::sample().
    Choice choose(int64_t row, Sequence &sequence, SamplerScratch &scratch);

private:
    Forward &m_forward;
    Backend &m_backend;
    ConstMatrixView m_logits;
    bool m_isOnHost = false; // m_logits are, all of them
    std::vector<LogitSummary> m_summaries;
    std::vector<float> m_temperatures;
};

} // namespace inferlab
