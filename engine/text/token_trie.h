// Finds whole tokens (special and user-defined ones) in a text: leftmost first, the longest there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace inferlab {

class TokenTrie
{
public:
    struct Match
    {
        size_t begin = 0;  // bytes
        size_t length = 0; // 0: nothing was found
        int32_t id = -1;
    };

    // `text` must not be empty.
    void insert(std::string_view text, int32_t id);
    bool empty() const noexcept { return m_ids.size() == 1; }

    // The first match that begins at `position` or later.
    Match find(std::string_view text, size_t position) const noexcept;

private:
    Match matchAt(std::string_view text, size_t position) const noexcept;

    // Node 0 is the root. A child is kept under (node, byte); a node's id is -1 where no token
    // ends.
    std::unordered_map<uint64_t, uint32_t> m_children;
    std::vector<int32_t> m_ids {-1};
    bool m_begins[256] = {}; // bytes that some token begins with
};

} // namespace inferlab
