// Streaming UTF-8: what is complete goes out, the beginning of a character waits for its rest.
#include "utf8_stream.h"

#include "utf8_decode.h"

#include "engine/base/error.h"

#include <array>
#include <cstdio>

namespace inferlab {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd"; // U+FFFD

// Appends the well-formed text of `bytes`; returns where an incomplete last character begins.
size_t appendComplete(std::string &text, std::string_view bytes)
{
    size_t position = 0;
    while (position < bytes.size()) {
        const Utf8Step step = readUtf8(bytes, position);
        if (step.state == Utf8State::Cut)
            break;
        if (step.state == Utf8State::Complete)
            text += bytes.substr(position, step.length);
        else
            text += kReplacement;
        position += step.length;
    }
    return position;
}

} // namespace

std::string Utf8Stream::push(std::string_view bytes)
{
    m_pending += bytes;
    std::string text;
    m_pending.erase(0, appendComplete(text, m_pending));
    return text;
}

std::string Utf8Stream::finish()
{
    const bool cut = !m_pending.empty();
    m_pending.clear();
    return cut ? std::string(kReplacement) : std::string();
}

bool isValidUtf8(std::string_view text) noexcept
{
    return !firstIllFormedByte(text);
}

std::optional<size_t> firstIllFormedByte(std::string_view text) noexcept
{
    for (size_t position = 0; position < text.size();) {
        const Utf8Step step = readUtf8(text, position);
        if (step.state != Utf8State::Complete)
            return position;
        position += step.length;
    }
    return std::nullopt;
}

void requireUtf8(std::string_view text, const std::string &source)
{
    const std::optional<size_t> position = firstIllFormedByte(text);
    if (!position)
        return;
    std::array<char, 8> byte {};
    std::snprintf(byte.data(), byte.size(), "0x%02x", static_cast<unsigned char>(text[*position]));
    const bool isCut = readUtf8(text, *position).state == Utf8State::Cut;
    throw InputError(source, "byte " + std::to_string(*position), "UTF-8 text",
                     byte.data() + std::string(isCut ? " and the end" : ""));
}

std::string toValidUtf8(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size());
    if (appendComplete(text, bytes) < bytes.size())
        text += kReplacement;
    return text;
}

} // namespace inferlab
