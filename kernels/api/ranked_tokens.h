// Tokens by their logits, and the best few of many.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace inferlab {

struct RankedToken
{
    int32_t id = -1;
    float logit = 0.0f;
};

// Larger logit first; among equals the lower id, so that an order has one meaning.
inline bool ranksBefore(const RankedToken &a, const RankedToken &b) noexcept
{
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

// Keeps the best of the tokens that it is offered, whose ids must rise. NaN is never kept.
class BestTokens
{
public:
    // So many of them, at least 1, in `room` for more than that: the more room, the less often it
    // is put in order.
    BestTokens(size_t wanted, std::span<RankedToken> room) noexcept
        : m_wanted(wanted)
        , m_room(room)
    {
        assert(wanted > 0 && room.size() > wanted);
    }

    // A token with this logit or less would not be kept, unless `wanted` are not there yet.
    float bound() const noexcept { return m_bound; }
    // That many tokens with this logit or more will come: what is below need not be kept.
    void expectAtLeast(float logit) noexcept { m_least = logit; }

    void offer(RankedToken token) noexcept
    {
        // Ids rise, so one that equals the worst of those kept comes after it.
        if (!(token.logit >= m_least) || (m_isFull && !(token.logit > m_bound)))
            return;
        m_room[m_count++] = token;
        if (m_count == m_room.size())
            trim();
    }

    // Those that are kept, best first; fewer where fewer were offered.
    std::span<RankedToken> inOrder() noexcept
    {
        if (m_count > m_wanted)
            trim();
        const std::span<RankedToken> kept = m_room.first(m_count);
        std::sort(kept.begin(), kept.end(), ranksBefore);
        return kept;
    }

private:
    void trim() noexcept
    {
        const auto begin = m_room.begin();
        const auto last = begin + static_cast<std::ptrdiff_t>(m_wanted - 1);
        std::nth_element(begin, last, begin + static_cast<std::ptrdiff_t>(m_count), ranksBefore);
        m_bound = last->logit;
        m_isFull = true;
        m_count = m_wanted;
    }

    size_t m_wanted;
    std::span<RankedToken> m_room;
    size_t m_count = 0;
    bool m_isFull = false;
    float m_bound = -std::numeric_limits<float>::infinity();
    float m_least = -std::numeric_limits<float>::infinity();
};

} // namespace inferlab
