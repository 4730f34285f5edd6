#include "step_logits.h"

#include "engine/run/sequence.h"

namespace inferlab {

StepLogits::StepLogits(Forward &forward, Backend &backend, size_t rows)
    : m_forward(forward)
    , m_backend(backend)
{
    m_summaries.reserve(rows);
    m_temperatures.reserve(rows);
}

void StepLogits::take(ConstMatrixView logits, const StepPlan &plan, bool whole)
{
    m_logits = logits;
    m_summaries.clear();
    if (logits.rows == 0)
        return;
    m_temperatures.clear();
    for (const PlannedRows &planned : plan) {
        if (planned.sequence->wantsLogits(planned.rows))
            m_temperatures.push_back(planned.sequence->sampler.temperature());
    }
    m_summaries.resize(m_temperatures.size());
    m_backend.summariseLogits(logits, m_temperatures, m_summaries);
    m_isOnHost = whole;
    if (whole)
        m_logits = m_forward.toHost(logits);
}

std::span<const float> StepLogits::row(int64_t row) const
{
    return m_logits.rowSpan(row);
}

Choice StepLogits::choose(int64_t row, Sequence &sequence, SamplerScratch &scratch)
{
    const auto fetch = [this, row]() -> std::span<const float> {
        if (m_isOnHost)
            return m_logits.rowSpan(row);
        return m_forward.toHost({m_logits.row(row), 1, m_logits.cols, m_logits.stride}).rowSpan(0);
    };
    return sequence.sampler.sample(m_summaries[static_cast<size_t>(row)],
                                   static_cast<int32_t>(m_logits.cols), fetch, sequence.tokens,
                                   scratch);
}

} // namespace inferlab
