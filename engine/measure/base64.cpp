// Three bytes become four characters; the last group is filled up with '='.
#include "engine/measure/base64.h"

#include <algorithm>
#include <cstdint>

namespace inferlab {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string toBase64(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (size_t i = 0; i < bytes.size(); i += 3) {
        const size_t count = std::min<size_t>(3, bytes.size() - i);
        uint32_t group = 0;
        for (size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (size_t k = 0; k < 4; ++k)
            text += k <= count ? kAlphabet[group >> (18 - 6 * k) & 0x3f] : '=';
    }
    return text;
}

std::optional<std::string> fromBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    uint32_t group = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const bool isPadding = i >= text.size() - padding;
        const size_t value = isPadding ? 0 : kAlphabet.find(text[i]);
        if (value == std::string_view::npos)
            return std::nullopt;
        group = group << 6 | static_cast<uint32_t>(value);
        if (i % 4 != 3)
            continue;
        for (const int shift : {16, 8, 0})
            bytes += static_cast<char>(group >> shift & 0xff);
        group = 0;
    }
    bytes.resize(bytes.size() - padding);
    // Bits behind the end must be 0, so that a text has one spelling.
    if (toBase64(bytes) != text)
        return std::nullopt;
    return bytes;
}

} // namespace inferlab
