// Which blocks of the KV cache belong to whom. Numbers only; the memory is the forward pass's.
#pragma once

#include <cstdint>
#include <vector>

namespace inferlab {

// Tokens of one block: half a key tile of the CPU's attention. Small enough that a short sequence
// wastes little (16 tokens on average), large enough that a head's keys of one block (32 x 64 x 2
// bytes) are many cache lines in a row.
inline constexpr int32_t kBlockTokens = 32;

constexpr int32_t blocksFor(int64_t tokens) noexcept
{
    return static_cast<int32_t>((tokens + kBlockTokens - 1) / kBlockTokens);
}

// The blocks of one sequence, in the order of its positions.
using BlockTable = std::vector<int32_t>;

class BlockPool
{
public:
    explicit BlockPool(int32_t blocks);

    int32_t total() const noexcept { return m_total; }
    int32_t available() const noexcept { return static_cast<int32_t>(m_free.size()); }

    // Grows `table` until it holds `tokens`. False, and nothing changed, when the pool has too few.
    bool grow(BlockTable &table, int64_t tokens);
    // All blocks back; the table is empty afterwards.
    void release(BlockTable &table);

private:
    int32_t m_total = 0;
    std::vector<int32_t> m_free; // taken from the end: the lowest number first, for warm memory
};

} // namespace inferlab
