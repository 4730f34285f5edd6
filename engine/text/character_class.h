// What the patterns of pre-tokenisers ask of a character: \p{L}, \p{N}, \s, or none of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inferlab {

enum class CharacterClass : uint8_t {
    Letter,  // \p{L}
    Number,  // \p{N}
    Space,   // \s, that is Unicode's White_Space, without the two below
    NewLine, // \r and \n, which are \s too
    Other,   // punctuation, symbols, marks, controls, unassigned; also bytes that are not UTF-8
};

struct ClassedCharacter
{
    char32_t codePoint = 0xfffd;
    CharacterClass kind = CharacterClass::Other;
    uint8_t length = 1; // bytes
};

// The character at `position`, which must lie before the end of `text`. An ill-formed part counts
// as one character of class Other.
ClassedCharacter characterAt(std::string_view text, size_t position) noexcept;

} // namespace inferlab
