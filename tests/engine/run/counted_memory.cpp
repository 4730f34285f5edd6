// Replaces operator new and delete by counting ones. calloc() is counted through the linker's
// --wrap; what it gave is not followed to its free().
#include "counted_memory.h"

#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

std::atomic<int64_t> allocations {0};
std::atomic<int64_t> bytes {0};
std::atomic<int64_t> mostBytes {0};
std::atomic<bool> fails {false};
std::atomic<int64_t> beforeFailure {0}; // calls that still succeed while `fails`

void countTaken(size_t size) noexcept
{
    ++allocations;
    const int64_t now = bytes += static_cast<int64_t>(size);
    int64_t most = mostBytes;
    while (now > most && !mostBytes.compare_exchange_weak(most, now)) { }
}

void *take(size_t size, size_t alignment)
{
    void *memory = nullptr;
    if (fails && --beforeFailure < 0)
        throw std::bad_alloc();
    if (posix_memalign(&memory, alignment, size) != 0)
        throw std::bad_alloc();
    countTaken(malloc_usable_size(memory));
    return memory;
}

void giveBack(void *memory) noexcept
{
    if (memory != nullptr)
        bytes -= static_cast<int64_t>(malloc_usable_size(memory));
    std::free(memory);
}

constexpr size_t kUsual = alignof(std::max_align_t);

} // namespace

void *operator new(size_t size)
{
    return take(size, kUsual);
}
void *operator new(size_t size, std::align_val_t alignment)
{
    return take(size, static_cast<size_t>(alignment));
}
void operator delete(void *memory) noexcept
{
    giveBack(memory);
}
void operator delete(void *memory, size_t) noexcept
{
    giveBack(memory);
}
void operator delete(void *memory, std::align_val_t) noexcept
{
    giveBack(memory);
}
void operator delete(void *memory, size_t, std::align_val_t) noexcept
{
    giveBack(memory);
}

extern "C" {
void *__real_calloc(size_t count, size_t size); // NOLINT(bugprone-reserved-identifier): ld's names
void *__wrap_calloc(size_t count, size_t size); // NOLINT(bugprone-reserved-identifier)

void *__wrap_calloc(size_t count, size_t size)
{
    countTaken(count * size);
    return __real_calloc(count, size);
}
}

namespace inferlab::test {

HeapCount heapCount() noexcept
{
    return {allocations, bytes, mostBytes};
}

void restartPeak() noexcept
{
    mostBytes = bytes.load();
}

FailingHeap::FailingHeap(int64_t firstFailure) noexcept
{
    beforeFailure = firstFailure;
    fails = true;
}

FailingHeap::~FailingHeap()
{
    fails = false;
}

} // namespace inferlab::test
