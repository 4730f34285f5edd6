// Keeps the record of the run in progress and passes its events on to the screen. When the screen
// does not keep up, events are dropped and a snapshot follows as soon as there is room.
#pragma once

#include "app/session/mailbox.h"
#include "app/session/session_events.h"
#include "engine/measure/recorder.h"

namespace inferlab {

class RunForwarder
{
public:
    using Box = Mailbox<SessionEvent, PhaseStatus>;

    RunForwarder(RunRecord head, Box &box);

    void submitted(const SubmittedEvent &event);
    void add(const StepReport &report);
    // The complete record; nothing may be added any more.
    RunRecordPtr take();

private:
    Box &m_box;
    RunRecorder m_recorder;
    bool m_dropped = false; // the screen's copy lacks something
};

} // namespace inferlab
