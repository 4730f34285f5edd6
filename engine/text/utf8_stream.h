// Turns a stream of token bytes into whole characters: never half of one on the screen.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace inferlab {

class Utf8Stream
{
public:
    // Takes bytes, gives all text that is complete by now. An ill-formed byte becomes U+FFFD
    // (one per maximal ill-formed part, as the Unicode standard recommends).
    std::string push(std::string_view bytes);
    // The end: what is still incomplete becomes U+FFFD.
    std::string finish();

private:
    std::string m_pending; // at most 3 bytes: a valid beginning of a character
};

bool isValidUtf8(std::string_view text) noexcept;
// Where the first byte lies that is not part of a whole character; none in valid text.
std::optional<size_t> firstIllFormedByte(std::string_view text) noexcept;
// Throws InputError that names `source`, the byte's offset and its value.
void requireUtf8(std::string_view text, const std::string &source);
// Ill-formed parts replaced by U+FFFD.
std::string toValidUtf8(std::string_view bytes);

} // namespace inferlab
