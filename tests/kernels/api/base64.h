// Decodes the base64 of fixture files (RFC 4648, with padding).
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace inferlab::test {

inline std::vector<uint8_t> decodeBase64(std::string_view text)
{
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::vector<uint8_t> bytes;
    uint32_t buffer = 0;
    int bits = 0;
    for (const char c : text) {
        if (c == '=')
            break;
        const size_t digit = kAlphabet.find(c);
        if (digit == std::string_view::npos)
            throw std::runtime_error("not base64");
        buffer = buffer << 6 | static_cast<uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<uint8_t>(buffer >> bits));
        }
    }
    return bytes;
}

} // namespace inferlab::test
