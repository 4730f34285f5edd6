// The table between bytes and the characters that stand for them.
#include "byte_alphabet.h"

#include "utf8_decode.h"

#include <array>
#include <cstdint>

namespace inferlab {

namespace {

constexpr bool standsForItself(unsigned byte) noexcept
{
    return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac)
        || (byte >= 0xae && byte <= 0xff);
}

constexpr int16_t kNone = -1;
constexpr unsigned kFirstStandIn = 0x100;
constexpr unsigned kStandIns = 68; // bytes that do not stand for themselves

// Byte of each character below U+0144, kNone for the others.
constexpr auto kBytes = [] {
    std::array<int16_t, kFirstStandIn + kStandIns> table {};
    unsigned standIn = kFirstStandIn;
    for (unsigned byte = 0; byte < 256; ++byte) {
        if (standsForItself(byte)) {
            table[byte] = static_cast<int16_t>(byte);
        } else {
            table[byte] = kNone;
            table[standIn++] = static_cast<int16_t>(byte);
        }
    }
    return table;
}();

} // namespace

std::optional<std::string> bytesFromAlphabet(std::string_view written)
{
    std::string bytes;
    bytes.reserve(written.size());
    for (size_t position = 0; position < written.size();) {
        const Utf8Step step = readUtf8(written, position);
        if (step.state != Utf8State::Complete || step.codePoint >= kBytes.size()
            || kBytes[step.codePoint] == kNone)
            return std::nullopt;
        bytes.push_back(static_cast<char>(kBytes[step.codePoint]));
        position += step.length;
    }
    return bytes;
}

} // namespace inferlab
