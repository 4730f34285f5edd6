// The words that one text has shown before and what tokens they became: natural text repeats its
// words, and looking one up costs a tenth of merging it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

namespace inferlab {

// One slot for each hash: a word that falls on another's slot replaces it.
class WordMemo
{
public:
    // textBytes: of the text to come, so that a short prompt clears little memory.
    explicit WordMemo(size_t textBytes)
        : m_slots(
            std::clamp(std::bit_ceil(textBytes / kBytesPerSlot + 1), kFewestSlots, kMostSlots))
    { }

    // A word's place here; a word longer than kLongestWord has none.
    class Place
    {
    public:
        bool exists() const noexcept { return m_slot != nullptr; }
        // What the word became; empty: not known.
        std::span<const int32_t> tokens() const noexcept
        {
            return {m_slot->tokens.data(), m_slot->word == m_word ? m_slot->count : size_t {0}};
        }
        // Keeps the tokens, unless there are none or too many for a slot.
        void keep(std::span<const int32_t> tokens) noexcept
        {
            if (tokens.empty() || tokens.size() > kMostTokens)
                return;
            m_slot->word = m_word;
            m_slot->count = static_cast<uint32_t>(tokens.size());
            std::copy(tokens.begin(), tokens.end(), m_slot->tokens.begin());
        }

    private:
        friend class WordMemo;
        using Word = std::array<uint64_t, 2>; // the bytes, zeros, and the length in the last byte
        struct Slot
        {
            Word word {}; // length 0: free
            uint32_t count = 0;
            std::array<int32_t, 11> tokens {};
        };
        static_assert(sizeof(Slot) == 64, "a cache line");
        static constexpr size_t kMostTokens = std::tuple_size_v<decltype(Slot::tokens)>;

        Slot *m_slot = nullptr;
        Word m_word {};
    };

    Place find(std::string_view word) noexcept
    {
        Place place;
        if (word.empty() || word.size() > kLongestWord)
            return place;
        std::array<char, sizeof(Place::Word)> bytes {};
        std::memcpy(bytes.data(), word.data(), word.size());
        bytes.back() = static_cast<char>(word.size());
        place.m_word = std::bit_cast<Place::Word>(bytes);
        place.m_slot = &m_slots[hash(place.m_word) & (m_slots.size() - 1)];
        return place;
    }

private:
    static constexpr size_t kLongestWord = sizeof(Place::Word) - 1;
    static constexpr size_t kBytesPerSlot = 16;
    static constexpr size_t kFewestSlots = 16;
    static constexpr size_t kMostSlots = 8192; // half a megabyte: the second-level cache's share

    static size_t hash(const Place::Word &word) noexcept
    {
        // Two odd constants of splitmix64's finaliser; the high bits of a product know all others.
        const uint64_t both =
            word[0] * 0xbf58476d1ce4e5b9U ^ std::rotl(word[1], 32) * 0x94d049bb133111ebU;
        return (both ^ both >> 32U) * 0xbf58476d1ce4e5b9U >> 40U;
    }

    std::vector<Place::Slot> m_slots;
};

} // namespace inferlab
