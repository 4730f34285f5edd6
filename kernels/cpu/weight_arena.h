// Memory for weights, in huge pages where the system has them. A model has hundreds of matrices,
// most of them smaller than a huge page, and each step reads all of them once: with small pages the
// processor's prefetchers stop at every 4 KiB, which costs a third of the bandwidth
// (tests/bench/README.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace inferlab {

class WeightArena
{
public:
    // Aligned to 64 bytes, not initialised. Neighbours share a chunk, which goes when the last of
    // them does. Throws std::bad_alloc.
    std::shared_ptr<uint8_t> allocate(size_t bytes);

private:
    void addChunk(size_t bytes);

    std::shared_ptr<uint8_t> m_chunk; // the latest
    size_t m_chunkBytes = 0;
    size_t m_used = 0; // of the latest chunk
};

} // namespace inferlab
