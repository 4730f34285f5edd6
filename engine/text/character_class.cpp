// Character classes: a table for ASCII, utf8proc's general categories for the rest.
#include "character_class.h"

#include "utf8_decode.h"

#include <utf8proc.h>

#include <array>

namespace inferlab {

namespace {

constexpr CharacterClass asciiClass(unsigned c) noexcept
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return CharacterClass::Letter;
    if (c >= '0' && c <= '9')
        return CharacterClass::Number;
    if (c == '\r' || c == '\n')
        return CharacterClass::NewLine;
    if (c == ' ' || c == '\t' || c == '\v' || c == '\f')
        return CharacterClass::Space;
    return CharacterClass::Other;
}

constexpr auto kAscii = [] {
    std::array<CharacterClass, 128> table {};
    for (unsigned c = 0; c < table.size(); ++c)
        table[c] = asciiClass(c);
    return table;
}();

CharacterClass unicodeClass(char32_t codePoint) noexcept
{
    if (codePoint == 0x85) // NEXT LINE: a control by category, White_Space by property
        return CharacterClass::Space;
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(codePoint))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return CharacterClass::Letter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return CharacterClass::Number;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return CharacterClass::Space;
    default:
        return CharacterClass::Other;
    }
}

} // namespace

ClassedCharacter characterAt(std::string_view text, size_t position) noexcept
{
    const auto first = static_cast<uint8_t>(text[position]);
    if (first < kAscii.size())
        return {first, kAscii[first], 1};
    const Utf8Step step = readUtf8(text, position);
    if (step.state != Utf8State::Complete)
        return {0xfffd, CharacterClass::Other, step.length};
    return {step.codePoint, unicodeClass(step.codePoint), step.length};
}

} // namespace inferlab
