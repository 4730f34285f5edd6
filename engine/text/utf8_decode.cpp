// Reading and writing single UTF-8 characters.
#include "utf8_decode.h"

namespace inferlab {

namespace {

// What table 3-7 says of a first byte: how long the sequence is and which second bytes may follow
// (E0, ED, F0 and F4 narrow them: overlong forms, surrogates, beyond U+10FFFF).
struct Lead
{
    uint8_t length = 0; // 0: cannot begin a character
    uint8_t secondLow = 0x80;
    uint8_t secondHigh = 0xbf;
};

Lead classifyLead(uint8_t byte) noexcept
{
    if (byte < 0x80)
        return {1};
    if (byte >= 0xc2 && byte <= 0xdf)
        return {2};
    if (byte >= 0xe0 && byte <= 0xef)
        return {3, static_cast<uint8_t>(byte == 0xe0 ? 0xa0 : 0x80),
                static_cast<uint8_t>(byte == 0xed ? 0x9f : 0xbf)};
    if (byte >= 0xf0 && byte <= 0xf4)
        return {4, static_cast<uint8_t>(byte == 0xf0 ? 0x90 : 0x80),
                static_cast<uint8_t>(byte == 0xf4 ? 0x8f : 0xbf)};
    return {};
}

} // namespace

Utf8Step readUtf8(std::string_view text, size_t position) noexcept
{
    const auto byteAt = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
    const uint8_t first = byteAt(position);
    const Lead lead = classifyLead(first);
    if (lead.length == 0)
        return {0, 1, Utf8State::IllFormed};
    if (lead.length == 1)
        return {first, 1, Utf8State::Complete};

    char32_t codePoint = first & (0xffU >> (lead.length + 1U));
    for (uint8_t i = 1; i < lead.length; ++i) {
        if (position + i >= text.size())
            return {0, i, Utf8State::Cut};
        const uint8_t byte = byteAt(position + i);
        const uint8_t low = i == 1 ? lead.secondLow : 0x80;
        const uint8_t high = i == 1 ? lead.secondHigh : 0xbf;
        if (byte < low || byte > high)
            return {0, i, Utf8State::IllFormed};
        codePoint = (codePoint << 6U) | (byte & 0x3fU);
    }
    return {codePoint, lead.length, Utf8State::Complete};
}

void appendUtf8(std::string &text, char32_t codePoint)
{
    const auto put = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (codePoint < 0x80) {
        put(codePoint);
    } else if (codePoint < 0x800) {
        put(0xc0U | (codePoint >> 6U));
        put(0x80U | (codePoint & 0x3fU));
    } else if (codePoint < 0x10000) {
        put(0xe0U | (codePoint >> 12U));
        put(0x80U | ((codePoint >> 6U) & 0x3fU));
        put(0x80U | (codePoint & 0x3fU));
    } else {
        put(0xf0U | (codePoint >> 18U));
        put(0x80U | ((codePoint >> 12U) & 0x3fU));
        put(0x80U | ((codePoint >> 6U) & 0x3fU));
        put(0x80U | (codePoint & 0x3fU));
    }
}

} // namespace inferlab
