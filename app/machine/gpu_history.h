// What a GPU did in the last minute, for a small live chart.
#pragma once

#include "kernels/api/gpu_monitor.h"

#include <array>
#include <cstddef>
#include <optional>

namespace inferlab {

class GpuHistory
{
public:
    static constexpr size_t kSamples = 60; // one a second

    // None: the driver did not answer.
    void add(std::optional<GpuStatus> status) noexcept
    {
        m_samples[m_next % kSamples] = status;
        ++m_next;
    }
    size_t size() const noexcept { return m_next < kSamples ? m_next : kSamples; }
    // 0: the oldest that is kept.
    const std::optional<GpuStatus> &at(size_t index) const noexcept
    {
        return m_samples[(m_next - size() + index) % kSamples];
    }
    const std::optional<GpuStatus> *latest() const noexcept
    {
        return m_next == 0 ? nullptr : &m_samples[(m_next - 1) % kSamples];
    }

private:
    std::array<std::optional<GpuStatus>, kSamples> m_samples;
    size_t m_next = 0;
};

} // namespace inferlab
