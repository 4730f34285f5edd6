#include "block_pool.h"

#include <cassert>
#include <cstddef>

namespace inferlab {

BlockPool::BlockPool(int32_t blocks)
    : m_total(blocks)
{
    m_free.reserve(static_cast<size_t>(blocks));
    for (int32_t block = blocks - 1; block >= 0; --block)
        m_free.push_back(block);
}

bool BlockPool::grow(BlockTable &table, int64_t tokens)
{
    const int32_t missing = blocksFor(tokens) - static_cast<int32_t>(table.size());
    if (missing > available())
        return false;
    for (int32_t i = 0; i < missing; ++i) {
        table.push_back(m_free.back());
        m_free.pop_back();
    }
    return true;
}

void BlockPool::release(BlockTable &table)
{
    assert(m_free.size() + table.size() <= static_cast<size_t>(m_total));
    m_free.insert(m_free.end(), table.rbegin(), table.rend());
    table.clear();
}

} // namespace inferlab
