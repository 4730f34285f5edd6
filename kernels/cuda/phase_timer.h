// Times the phases of a step on the device: an event in its stream wherever the phase changes.
#pragma once

#include "cuda_event.h"
#include "kernels/api/device_phases.h"
#include "launch_queue.h"

#include <vector>

namespace inferlab::cuda {

enum class StepPhase { Embed, Attention, Products, Logits };

class PhaseTimer
{
public:
    explicit PhaseTimer(LaunchQueue &queue)
        : m_queue(queue)
    { }

    // Until end(), what is launched belongs to the phase that was entered last; its first is
    // `first`.
    void begin(StepPhase first);
    void enter(StepPhase phase);
    void end();
    // A step that failed is not timed.
    void abandon() noexcept { m_timing = false; }
    bool isTiming() const noexcept { return m_timing; }
    // What lay between begin() and end(). The stream has come to the end.
    DevicePhases read() const;

private:
    struct Mark
    {
        StepPhase phase = StepPhase::Embed;
        Event event;
    };
    void mark(StepPhase phase);

    LaunchQueue &m_queue;
    std::vector<Mark> m_marks; // kept from step to step
    size_t m_used = 0;         // of this step
    bool m_timing = false;
};

} // namespace inferlab::cuda
