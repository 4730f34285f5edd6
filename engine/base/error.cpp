#include "error.h"

#include <utility>

namespace inferlab {

namespace {

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
    append(": ", where);
    append(": ", expected.empty() ? "" : "expected " + expected);
    append(expected.empty() ? ": " : ", ", found.empty() ? "" : "found " + found);
    // A name from a hostile file must not break the line or the terminal.
    for (char &c : line) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    }
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

InputError::InputError(std::string message)
    : std::runtime_error(oneLine(message, {}, {}, {}))
{ }

} // namespace inferlab
