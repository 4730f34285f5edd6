#include "step_logits.h"

#include "engine/run/sequence.h"

#include <utility>

namespace inferlab {

StepLogits::StepLogits(Forward &forward, Backend &backend, size_t rows)
    : m_forward(forward)
    , m_backend(backend)
{
    if (!backend.summarisesLogits())
        return;
    m_summaries.reserve(rows);
    m_temperatures.reserve(rows);
}

void StepLogits::take(ConstMatrixView logits, const StepPlan &plan, bool whole)
{
    m_logits = logits;
    m_summaries.clear();
    if (logits.rows == 0)
        return;
    if (whole || !m_backend.summarisesLogits()) {
        m_logits = m_forward.toHost(logits);
        return;
    }
    m_temperatures.clear();
    for (const PlannedRows &planned : plan) {
        if (planned.sequence->wantsLogits(planned.rows))
            m_temperatures.push_back(planned.sequence->sampler.temperature());
    }
    m_summaries.resize(m_temperatures.size());
    m_backend.summariseLogits(logits, m_temperatures, m_summaries);
}

std::span<const float> StepLogits::row(int64_t row) const
{
    return {m_logits.row(row), static_cast<size_t>(m_logits.cols)};
}

Choice StepLogits::choose(int64_t row, Sequence &sequence, SamplerScratch &scratch)
{
    ConstMatrixView own {m_logits.row(row), 1, m_logits.cols, m_logits.stride};
    if (!m_summaries.empty()) {
        const auto vocabulary = static_cast<int32_t>(own.cols);
        const LogitSummary &summary = m_summaries[static_cast<size_t>(row)];
        if (auto choice = sequence.sampler.sampleBest(summary, vocabulary, scratch))
            return std::move(*choice);
        own = m_forward.toHost(own);
    }
    return sequence.sampler.sample({own.data, static_cast<size_t>(own.cols)}, sequence.tokens,
                                   scratch);
}

} // namespace inferlab
