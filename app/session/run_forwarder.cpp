#include "run_forwarder.h"

#include <utility>

namespace inferlab {

RunForwarder::RunForwarder(RunRecord head, Box &box)
    : m_box(box)
    , m_recorder(head)
{
    m_box.post({RunStartedEvent {std::move(head)}});
}

void RunForwarder::submitted(const SubmittedEvent &event)
{
    m_recorder.submitted(event.id, event.scheduledNs, event.submittedNs, event.promptTokens);
    m_box.post({event});
}

void RunForwarder::add(const StepReport &report)
{
    m_recorder.add(report);
    if (!m_dropped) {
        m_dropped = !m_box.post({report});
        return;
    }
    // A copy of the record is dear; one is due only when the screen has drained.
    if (m_box.isEmpty()) {
        m_box.post({SnapshotEvent {std::make_shared<const RunRecord>(m_recorder.record())}});
        m_dropped = false;
    }
}

RunRecordPtr RunForwarder::take()
{
    return std::make_shared<const RunRecord>(m_recorder.take());
}

} // namespace inferlab
