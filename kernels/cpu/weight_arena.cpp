// Chunks are handed out from front to back; what is left at the end of one was never touched and
// takes no memory but for the rest of its last huge page.
#include "weight_arena.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace inferlab {

namespace {

// A cache line, and the widest vector.
constexpr size_t kAlignment = 64;

// The size of x86-64's and (with 4 KiB granules) arm64's next larger page.
constexpr size_t kHugePage = size_t {2} << 20;

// Chunks double up to this, so that a tiny model takes little and a large one few chunks.
constexpr size_t kLargestChunk = size_t {64} << 20;

size_t roundUp(size_t bytes, size_t unit) noexcept
{
    return (bytes + unit - 1) / unit * unit;
}

} // namespace

std::shared_ptr<uint8_t> WeightArena::allocate(size_t bytes)
{
    const size_t size = roundUp(bytes, kAlignment);
    if (m_chunkBytes - m_used < size)
        addChunk(size);
    std::shared_ptr<uint8_t> memory(m_chunk, m_chunk.get() + m_used);
    m_used += size;
    return memory;
}

void WeightArena::addChunk(size_t bytes)
{
    const size_t doubled = std::clamp(2 * m_chunkBytes, kHugePage, kLargestChunk);
    const size_t size = std::max(doubled, roundUp(bytes, kHugePage));
    auto *memory = static_cast<uint8_t *>(std::aligned_alloc(kHugePage, size));
    if (memory == nullptr)
        throw std::bad_alloc();
    m_chunk.reset(memory, [](uint8_t *chunk) { std::free(chunk); });
    m_chunkBytes = size;
    m_used = 0;
#if defined(__linux__)
    // A wish: where the system refuses, the pages are small and all is the same but slower.
    static_cast<void>(madvise(memory, size, MADV_HUGEPAGE));
#endif
}

} // namespace inferlab
