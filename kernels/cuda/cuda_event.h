// A point in a stream that can be waited for, and timed.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace inferlab::cuda {

class Event
{
public:
    // flags: cudaEventDefault, or cudaEventDisableTiming for one that is only waited for.
    explicit Event(unsigned flags = cudaEventDefault);
    ~Event();
    Event(Event &&other) noexcept;
    Event(const Event &) = delete;
    Event &operator=(const Event &) = delete;
    Event &operator=(Event &&) = delete;

    cudaEvent_t get() const noexcept { return m_event; }
    void record(cudaStream_t stream);
    // Until the stream has come to where it was recorded; at once where it never was.
    void wait() const;
    // Of the device's clock, from this to a later one; both reached.
    int64_t nsTo(const Event &later) const;

private:
    cudaEvent_t m_event = nullptr;
};

} // namespace inferlab::cuda
