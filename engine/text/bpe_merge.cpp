// Pair lookup, and merging with a heap over a doubly linked list.
#include "bpe_merge.h"

#include <algorithm>
#include <array>
#include <bit>

namespace inferlab {

namespace {

constexpr uint32_t kEnd = UINT32_MAX; // no token on that side
constexpr int32_t kGone = -1;         // merged into its left neighbour

// Up to so many tokens, looking at all pairs for the best one is cheaper than keeping a heap.
constexpr size_t kShortWord = 24;

uint64_t pairKey(int32_t left, int32_t right) noexcept
{
    return (uint64_t {static_cast<uint32_t>(left)} << 32U) | static_cast<uint32_t>(right);
}

// Finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit moves every output bit.
uint64_t mix(uint64_t x) noexcept
{
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

} // namespace

MergeTable::MergeTable(size_t expected)
    : m_slots(std::bit_ceil(std::max<size_t>(16, expected * 2)))
{ }

size_t MergeTable::slotOf(uint64_t pair) const noexcept
{
    const size_t mask = m_slots.size() - 1;
    size_t slot = mix(pair) & mask;
    while (m_slots[slot].pair != kFree && m_slots[slot].pair != pair)
        slot = (slot + 1) & mask;
    return slot;
}

bool MergeTable::insert(int32_t left, int32_t right, Merge merge)
{
    if ((m_taken + 1) * 2 > m_slots.size()) {
        std::vector<Slot> old(m_slots.size() * 2);
        old.swap(m_slots);
        for (const Slot &slot : old) {
            if (slot.pair != kFree)
                m_slots[slotOf(slot.pair)] = slot;
        }
    }
    const uint64_t pair = pairKey(left, right);
    Slot &slot = m_slots[slotOf(pair)];
    if (slot.pair == pair)
        return false;
    slot = {pair, merge};
    ++m_taken;
    return true;
}

MergeTable::Merge MergeTable::find(int32_t left, int32_t right) const noexcept
{
    return m_slots[slotOf(pairKey(left, right))].merge;
}

void BpeMerger::propose(const std::vector<int32_t> &word, uint32_t left)
{
    const uint32_t right = m_links[left].next;
    if (right == kEnd)
        return;
    const MergeTable::Merge merge = m_table.find(word[left], word[right]);
    if (merge.id >= 0)
        m_heap.push_back({merge.rank, left, word[left], word[right], merge.id});
}

// O(n^2) looks at ranks that lie side by side, and no more lookups of pairs than the heap's way.
void BpeMerger::mergeShort(std::vector<int32_t> &word) const
{
    std::array<MergeTable::Merge, kShortWord> merges; // of the pair that begins at each token
    size_t pairs = word.size() - 1;
    for (size_t i = 0; i < pairs; ++i)
        merges[i] = m_table.find(word[i], word[i + 1]);
    const auto before = [](const MergeTable::Merge &a, const MergeTable::Merge &b) {
        return (a.id >= 0 ? a.rank : UINT32_MAX) < (b.id >= 0 ? b.rank : UINT32_MAX);
    };
    while (pairs > 0) {
        const auto end = merges.begin() + static_cast<std::ptrdiff_t>(pairs);
        const auto best = std::min_element(merges.begin(), end, before); // the leftmost of equals
        if (best->id < 0)
            break;
        const auto left = static_cast<size_t>(best - merges.begin());
        word[left] = best->id;
        word.erase(word.begin() + static_cast<std::ptrdiff_t>(left) + 1);
        std::copy(best + 1, end, best);
        --pairs;
        if (left > 0)
            merges[left - 1] = m_table.find(word[left - 1], word[left]);
        if (left < pairs)
            merges[left] = m_table.find(word[left], word[left + 1]);
    }
}

void BpeMerger::merge(std::vector<int32_t> &word)
{
    if (word.size() < 2)
        return;
    if (word.size() <= kShortWord) {
        mergeShort(word);
        return;
    }
    const auto later = [](const Candidate &a, const Candidate &b) {
        return a.rank != b.rank ? a.rank > b.rank : a.left > b.left;
    };
    const auto size = static_cast<uint32_t>(word.size());
    m_links.resize(size);
    for (uint32_t i = 0; i < size; ++i)
        m_links[i] = {i == 0 ? kEnd : i - 1, i + 1 == size ? kEnd : i + 1};
    m_heap.clear();
    for (uint32_t i = 0; i + 1 < size; ++i)
        propose(word, i);
    std::make_heap(m_heap.begin(), m_heap.end(), later);

    const auto pushProposal = [&](uint32_t left) {
        const size_t before = m_heap.size();
        propose(word, left);
        if (m_heap.size() > before)
            std::push_heap(m_heap.begin(), m_heap.end(), later);
    };
    while (!m_heap.empty()) {
        std::pop_heap(m_heap.begin(), m_heap.end(), later);
        const Candidate best = m_heap.back();
        m_heap.pop_back();
        const uint32_t right = m_links[best.left].next;
        if (word[best.left] != best.leftId || right == kEnd || word[right] != best.rightId)
            continue; // one of the two has been merged since
        word[best.left] = best.mergedId;
        word[right] = kGone;
        m_links[best.left].next = m_links[right].next;
        if (m_links[right].next != kEnd)
            m_links[m_links[right].next].previous = best.left;
        if (m_links[best.left].previous != kEnd)
            pushProposal(m_links[best.left].previous);
        pushProposal(best.left);
    }
    word.erase(std::remove(word.begin(), word.end(), kGone), word.end());
}

} // namespace inferlab
