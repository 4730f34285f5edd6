// Counts what a program takes from the heap - operator new, and calloc(), which buffers come from -
// and lets operator new fail. For test programs that link counted_memory.cpp with
// -Wl,--wrap=calloc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace inferlab::test {

struct HeapCount
{
    int64_t allocations = 0;
    int64_t bytes = 0;     // in use through operator new, and all that calloc() ever gave
    int64_t mostBytes = 0; // the largest `bytes` since restartPeak()
};

HeapCount heapCount() noexcept;
void restartPeak() noexcept;

// While it lives, operator new throws std::bad_alloc from the given call on (0: the next one).
class FailingHeap
{
public:
    explicit FailingHeap(int64_t firstFailure) noexcept;
    ~FailingHeap();
    FailingHeap(const FailingHeap &) = delete;
    FailingHeap &operator=(const FailingHeap &) = delete;
};

} // namespace inferlab::test
