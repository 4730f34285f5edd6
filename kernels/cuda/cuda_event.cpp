#include "cuda_event.h"

#include "cuda_error.h"

#include <utility>

namespace inferlab::cuda {

Event::Event(unsigned flags)
{
    check(cudaEventCreateWithFlags(&m_event, flags), "making an event");
}

Event::~Event()
{
    if (m_event != nullptr)
        cudaEventDestroy(m_event);
}

Event::Event(Event &&other) noexcept
    : m_event(std::exchange(other.m_event, nullptr))
{ }

void Event::record(cudaStream_t stream)
{
    check(cudaEventRecord(m_event, stream), "marking a time");
}

void Event::wait() const
{
    check(cudaEventSynchronize(m_event), "computing");
}

int64_t Event::nsTo(const Event &later) const
{
    constexpr double kNsPerMs = 1e6;
    float milliseconds = 0.0f;
    check(cudaEventElapsedTime(&milliseconds, m_event, later.m_event), "timing a step");
    return static_cast<int64_t>(static_cast<double>(milliseconds) * kNsPerMs);
}

} // namespace inferlab::cuda
