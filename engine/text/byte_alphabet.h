// How byte-level BPE writes bytes in its vocabulary files: printable Latin-1 bytes stand for
// themselves, the 68 others for U+0100 onwards. Source: OpenAI's gpt-2 encoder.py,
// bytes_to_unicode.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace inferlab {

// The bytes that a vocabulary entry stands for; nullopt when a character is not of the alphabet.
std::optional<std::string> bytesFromAlphabet(std::string_view written);

} // namespace inferlab
