// The heart of byte-pair encoding: neighbouring tokens are joined, the lowest rank first, then the
// leftmost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inferlab {

// What a pair of tokens becomes. A hash table with open addressing: a lookup for each pair of each
// word is most of the work of encoding.
class MergeTable
{
public:
    struct Merge
    {
        uint32_t rank = 0; // lower ones first
        int32_t id = -1;   // the token that the pair becomes; -1: the pair does not merge
    };

    // `expected` merges fit without growing.
    explicit MergeTable(size_t expected);

    // False when the pair is there already.
    bool insert(int32_t left, int32_t right, Merge merge);
    Merge find(int32_t left, int32_t right) const noexcept;

private:
    struct Slot
    {
        uint64_t pair = kFree;
        Merge merge;
    };
    static constexpr uint64_t kFree = UINT64_MAX;

    size_t slotOf(uint64_t pair) const noexcept;

    std::vector<Slot> m_slots; // a power of two, at most half of them taken
    size_t m_taken = 0;
};

// Merges the tokens of one word in O(n log n). Keeps its buffers from word to word.
class BpeMerger
{
public:
    explicit BpeMerger(const MergeTable &table)
        : m_table(table)
    { }

    // Replaces the word's tokens (one per byte on entry) by the merged ones.
    void merge(std::vector<int32_t> &word);

private:
    struct Candidate
    {
        uint32_t rank;
        uint32_t left;  // position of the left token
        int32_t leftId; // to see whether the pair is still there
        int32_t rightId;
        int32_t mergedId;
    };
    struct Link
    {
        uint32_t previous;
        uint32_t next;
    };

    void mergeShort(std::vector<int32_t> &word) const;
    void propose(const std::vector<int32_t> &word, uint32_t left);

    const MergeTable &m_table;
    std::vector<Link> m_links;
    std::vector<Candidate> m_heap;
};

} // namespace inferlab
