#include "phase_timer.h"

namespace inferlab::cuda {

void PhaseTimer::mark(StepPhase phase)
{
    if (m_used == m_marks.size())
        m_marks.emplace_back();
    Mark &mark = m_marks[m_used];
    mark.phase = phase;
    mark.event.record(m_queue.stream());
    m_queue.breakOverlap(); // the phases' times are their own
    ++m_used;
}

void PhaseTimer::begin(StepPhase first)
{
    m_used = 0;
    mark(first);
    m_timing = true;
}

// Logits are the last phase, whatever operators they are made by.
void PhaseTimer::enter(StepPhase phase)
{
    if (!m_timing)
        return;
    const StepPhase now = m_marks[m_used - 1].phase;
    if (phase != now && now != StepPhase::Logits)
        mark(phase);
}

void PhaseTimer::end()
{
    if (m_timing)
        mark(m_marks[m_used - 1].phase);
    m_timing = false;
}

DevicePhases PhaseTimer::read() const
{
    DevicePhases phases;
    for (size_t i = 0; i + 1 < m_used; ++i) {
        const int64_t ns = m_marks[i].event.nsTo(m_marks[i + 1].event);
        switch (m_marks[i].phase) {
        case StepPhase::Embed:
            phases.embedNs += ns;
            break;
        case StepPhase::Attention:
            phases.attentionNs += ns;
            break;
        case StepPhase::Products:
            phases.productsNs += ns;
            break;
        case StepPhase::Logits:
            phases.logitsNs += ns;
            break;
        }
    }
    return phases;
}

} // namespace inferlab::cuda
