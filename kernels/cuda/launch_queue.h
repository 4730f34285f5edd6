// A stream as kernels are launched to it: it knows what was given last, so that a kernel overlaps
// with the one before it (launch_overlap.h) where there is one and nothing lies between.
#pragma once

#include <cuda_runtime_api.h>

#include <utility>

namespace inferlab::cuda {

// One thread's at a time.
class LaunchQueue
{
public:
    explicit LaunchQueue(cudaStream_t stream) noexcept
        : m_stream(stream)
    { }
    LaunchQueue(const LaunchQueue &) = delete;
    LaunchQueue &operator=(const LaunchQueue &) = delete;

    cudaStream_t stream() const noexcept { return m_stream; }
    // For the kernel that is launched now: whether it overlaps with the one before.
    bool nextOverlaps() noexcept { return std::exchange(m_followsKernel, true) && m_overlaps; }
    // What is given to the stream now is none of this module's kernels: the one after it waits.
    void breakOverlap() noexcept { m_followsKernel = false; }

private:
    friend class OverlapScope;

    cudaStream_t m_stream;
    bool m_overlaps = false;
    bool m_followsKernel = false;
};

// While one lives, the queue's kernels overlap; the first waits for what was given before.
class OverlapScope
{
public:
    OverlapScope(LaunchQueue &queue, bool overlaps) noexcept
        : m_queue(queue)
    {
        queue.m_overlaps = overlaps;
        queue.breakOverlap();
    }
    ~OverlapScope() { m_queue.m_overlaps = false; }
    OverlapScope(const OverlapScope &) = delete;
    OverlapScope &operator=(const OverlapScope &) = delete;

private:
    LaunchQueue &m_queue;
};

} // namespace inferlab::cuda
