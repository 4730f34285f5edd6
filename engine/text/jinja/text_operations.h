// Python's string operations on traced text, by characters (code points; an ill-formed part counts
// as one). Case is mapped one character to one, but for the sharp s.
#pragma once

#include "traced_text.h"

#include <optional>
#include <string_view>
#include <vector>

namespace inferlab::jinja {

enum class Sides { Left, Right, Both };

// Byte offset of each character, and the end.
std::vector<size_t> characterOffsets(std::string_view text);
size_t characterCount(std::string_view text);

// Without the characters at the sides that are in `characters`; nullopt: white space.
TracedText stripped(const TracedText &text, Sides sides,
                    const std::optional<std::string> &characters);

enum class Case { Upper, Lower, Capitalized, Title };
TracedText withCase(const TracedText &text, Case wanted);

// Cut at each `separator`, which must not be empty, at most `most` times (negative: always).
std::vector<TracedText> split(const TracedText &text, std::string_view separator, int64_t most);
// Cut at runs of white space; empty parts are left out.
std::vector<TracedText> splitAtSpaces(const TracedText &text);

// `old` must not be empty; at most `most` times (negative: always).
TracedText replaced(const TracedText &text, std::string_view old, const TracedText &by,
                    int64_t most);

} // namespace inferlab::jinja
