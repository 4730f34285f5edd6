// Builds a run record from step reports. Used by the CLI, by the worker (the record that is kept),
// and by the window (the same events, drained once a frame).
#pragma once

#include "engine/measure/run_record.h"

namespace inferlab {

class RunRecorder
{
public:
    RunRecorder() = default;
    // head: label, provenance, settings; or a record to go on with.
    explicit RunRecorder(RunRecord head);

    void submitted(RequestId id, int64_t scheduledNs, int64_t submittedNs, int32_t promptTokens);
    void add(const StepReport &report);

    const RunRecord &record() const noexcept { return m_record; }
    int64_t outputTokens() const noexcept { return m_outputTokens; } // of all requests
    RunRecord take() { return std::move(m_record); }

private:
    RequestRecord *find(RequestId id) noexcept;
    RunRecord m_record;
    int64_t m_outputTokens = 0;
};

} // namespace inferlab
