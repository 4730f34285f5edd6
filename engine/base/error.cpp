#include "error.h"

#include <utility>

namespace inferlab {

namespace {

// A hostile file's names and values must not fill the screen: the parts that come from it are cut.
constexpr size_t kMaxPartBytes = 500;

std::string cut(const std::string &text)
{
    if (text.size() <= kMaxPartBytes)
        return text;
    size_t end = kMaxPartBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end; // not within a UTF-8 character
    return text.substr(0, end) + "...";
}

// Nor may they break the line or steer the terminal: control characters become '?', those of one
// byte (C0, DEL) and those of two in UTF-8 (C1: c2 80 to c2 9f).
void neutralize(std::string &line)
{
    for (size_t i = 0; i < line.size(); ++i) {
        const auto byte = static_cast<unsigned char>(line[i]);
        if (byte < 0x20 || byte == 0x7f)
            line[i] = '?';
        if (byte == 0xc2 && i + 1 < line.size() && static_cast<unsigned char>(line[i + 1]) >= 0x80
            && static_cast<unsigned char>(line[i + 1]) < 0xa0)
            line.replace(i, 2, "?");
    }
}

std::string oneLine(const std::string &source, const std::string &where,
                    const std::string &expected, const std::string &found)
{
    std::string line = source;
    const auto append = [&line](const std::string &separator, const std::string &text) {
        if (text.empty())
            return;
        if (!line.empty())
            line += separator;
        line += text;
    };
    append(": ", cut(where));
    append(": ", expected.empty() ? "" : "expected " + cut(expected));
    append(expected.empty() ? ": " : ", ", found.empty() ? "" : "found " + cut(found));
    neutralize(line);
    return line;
}

} // namespace

InputError::InputError(std::string source, std::string where, std::string expected,
                       std::string found)
    : std::runtime_error(oneLine(source, where, expected, found))
    , m_source(std::move(source))
    , m_where(std::move(where))
    , m_expected(std::move(expected))
    , m_found(std::move(found))
{ }

// NOLINTNEXTLINE(performance-unnecessary-value-param): by value, as the other takes its parts
InputError::InputError(std::string message)
    : std::runtime_error(oneLine(message, {}, {}, {}))
{ }

} // namespace inferlab
