// One step through UTF-8 that may be ill-formed: the next character, or the maximal ill-formed
// part. Source: the Unicode Standard, table 3-7 (well-formed sequences) and section 3.9 (one U+FFFD
// per maximal subpart of an ill-formed sequence).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace inferlab {

enum class Utf8State {
    Complete,  // a whole character
    IllFormed, // these bytes can never begin a character
    Cut,       // the text ends within a character that is valid so far
};

struct Utf8Step
{
    char32_t codePoint = 0; // meaningful when Complete
    uint8_t length = 0;     // bytes consumed, 1 to 4
    Utf8State state = Utf8State::IllFormed;
};

// Reads at `position`, which must lie before the end of `text`.
Utf8Step readUtf8(std::string_view text, size_t position) noexcept;

// `codePoint` must be a scalar value: below 0x110000 and no surrogate.
void appendUtf8(std::string &text, char32_t codePoint);

} // namespace inferlab
