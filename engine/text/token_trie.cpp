// A trie over bytes.
#include "token_trie.h"

namespace inferlab {

namespace {

uint64_t childKey(uint32_t node, char byte) noexcept
{
    return (uint64_t {node} << 8U) | static_cast<uint8_t>(byte);
}

} // namespace

void TokenTrie::insert(std::string_view text, int32_t id)
{
    m_begins[static_cast<uint8_t>(text.front())] = true;
    uint32_t node = 0;
    for (const char byte : text) {
        const auto [child, isNew] =
            m_children.emplace(childKey(node, byte), static_cast<uint32_t>(m_ids.size()));
        if (isNew)
            m_ids.push_back(-1);
        node = child->second;
    }
    m_ids[node] = id;
}

TokenTrie::Match TokenTrie::matchAt(std::string_view text, size_t position) const noexcept
{
    Match longest;
    uint32_t node = 0;
    for (size_t end = position; end < text.size(); ++end) {
        const auto child = m_children.find(childKey(node, text[end]));
        if (child == m_children.end())
            break;
        node = child->second;
        if (m_ids[node] >= 0)
            longest = {position, end + 1 - position, m_ids[node]};
    }
    return longest;
}

TokenTrie::Match TokenTrie::find(std::string_view text, size_t position) const noexcept
{
    for (; position < text.size(); ++position) {
        if (!m_begins[static_cast<uint8_t>(text[position])])
            continue;
        if (const Match match = matchAt(text, position); match.length > 0)
            return match;
    }
    return {};
}

} // namespace inferlab
