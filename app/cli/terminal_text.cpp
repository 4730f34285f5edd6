#include "terminal_text.h"

#include "engine/text/utf8_decode.h"

#include <array>
#include <cstdio>

namespace inferlab::cli {

namespace {

std::string escaped(char32_t codePoint)
{
    switch (codePoint) {
    case U'\n':
        return "\\n";
    case U'\t':
        return "\\t";
    case U'\r':
        return "\\r";
    default:
        break;
    }
    std::array<char, 16> text {};
    std::snprintf(text.data(), text.size(), codePoint < 0x100 ? "\\x%02x" : "\\u{%x}",
                  static_cast<unsigned>(codePoint));
    return text.data();
}

bool isUnsafe(char32_t c)
{
    const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    // Marks, embeddings, overrides and isolates of the bidirectional algorithm; line and paragraph
    // separators; the byte order mark.
    const bool invisible = (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f) || c == 0x061c || c == 0xfeff;
    return control || invisible;
}

} // namespace

std::string terminalSafe(std::string_view text, size_t maximumBytes)
{
    std::string safe;
    for (size_t i = 0; i < text.size();) {
        const Utf8Step step = readUtf8(text, i);
        std::string piece;
        if (step.state != Utf8State::Complete) {
            for (size_t k = 0; k < step.length; ++k)
                piece += escaped(static_cast<unsigned char>(text[i + k]));
        } else if (isUnsafe(step.codePoint)) {
            piece = escaped(step.codePoint);
        } else {
            piece = text.substr(i, step.length);
        }
        if (piece.size() > maximumBytes - safe.size())
            return safe + "...";
        safe += piece;
        i += step.length;
    }
    return safe;
}

} // namespace inferlab::cli
