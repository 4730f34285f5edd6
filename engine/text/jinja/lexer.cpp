// The lexer: text with its white-space rules, then the tokens within tags.
#include "lexer.h"

#include "engine/base/error.h"
#include "engine/text/utf8_decode.h"

#include <algorithm>
#include <array>

namespace inferlab::jinja {

namespace {

// The longest published chat templates are about 20 KiB.
constexpr size_t kMaxSourceBytes = size_t {1} << 20U;

constexpr std::string_view kSpaces = " \t\n\r\v\f";

bool isNameStart(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool isDigit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

// Jinja reads \r\n and \r as \n, and drops one at the end.
std::string normalizedNewLines(std::string_view source)
{
    std::string text;
    text.reserve(source.size());
    for (size_t i = 0; i < source.size(); ++i) {
        if (source[i] != '\r') {
            text += source[i];
        } else {
            text += '\n';
            if (i + 1 < source.size() && source[i + 1] == '\n')
                ++i;
        }
    }
    if (text.ends_with('\n'))
        text.pop_back();
    return text;
}

class Lexer
{
public:
    Lexer(std::string source, const std::string &sourceName)
        : m_source(std::move(source))
        , m_sourceName(sourceName)
    { }

    std::vector<Token> run()
    {
        while (m_position < m_source.size())
            readDataAndTag();
        add(TokenKind::End, {});
        return std::move(m_tokens);
    }

private:
    std::string_view rest() const { return std::string_view(m_source).substr(m_position); }
    bool follows(std::string_view text) const { return rest().starts_with(text); }
    [[noreturn]] void fail(std::string expected, std::string found) const
    {
        failAt(m_sourceName, m_line, std::move(expected), std::move(found));
    }
    void add(TokenKind kind, std::string text)
    {
        m_tokens.push_back({kind, std::move(text), m_line});
    }
    void advance(size_t bytes)
    {
        m_line += static_cast<int>(
            std::count(m_source.begin() + static_cast<ptrdiff_t>(m_position),
                       m_source.begin() + static_cast<ptrdiff_t>(m_position + bytes), '\n'));
        m_position += bytes;
    }
    void skipSpaces()
    {
        const size_t end = m_source.find_first_not_of(kSpaces, m_position);
        advance((end == std::string::npos ? m_source.size() : end) - m_position);
    }

    size_t findTag() const;
    void readDataAndTag();
    std::string_view strippedBefore(std::string_view data, bool isVariable, char sign) const;
    void finishTag(std::string_view end, bool trimsNewLine);
    void readComment();
    void readTag(bool isVariable);
    void readTagToken();
    void readNumber();
    void readString();
    char32_t readHexEscape(size_t digits);

    std::string m_source;
    const std::string &m_sourceName;
    size_t m_position = 0;
    int m_line = 1;
    bool m_lineStarts = true; // what was read last ended a line
    std::vector<Token> m_tokens;
};

size_t Lexer::findTag() const
{
    for (size_t i = m_source.find('{', m_position); i != std::string::npos;
         i = m_source.find('{', i + 1)) {
        const char next = i + 1 < m_source.size() ? m_source[i + 1] : '\0';
        if (next == '{' || next == '%' || next == '#')
            return i;
    }
    return m_source.size();
}

// Text before a tag without what the tag strips: all white space for "-", the blanks since the
// line's beginning for a block or comment without "+" (lstrip_blocks).
std::string_view Lexer::strippedBefore(std::string_view data, bool isVariable, char sign) const
{
    if (sign == '-') {
        const size_t last = data.find_last_not_of(kSpaces);
        return data.substr(0, last == std::string_view::npos ? 0 : last + 1);
    }
    if (isVariable || sign == '+')
        return data;
    const size_t newLine = data.rfind('\n');
    const size_t lineBegin = newLine == std::string_view::npos ? 0 : newLine + 1;
    const bool startsLine = lineBegin > 0 || m_lineStarts;
    if (startsLine && data.find_first_not_of(kSpaces, lineBegin) == std::string_view::npos)
        return data.substr(0, lineBegin);
    return data;
}

void Lexer::readDataAndTag()
{
    const size_t tag = findTag();
    const std::string_view data = rest().substr(0, tag - m_position);
    if (tag == m_source.size()) {
        add(TokenKind::Data, std::string(data));
        m_position = m_source.size();
        return;
    }
    const char kind = m_source[tag + 1];
    const char sign = tag + 2 < m_source.size() ? m_source[tag + 2] : '\0';
    const std::string_view kept = strippedBefore(data, kind == '{', sign);
    if (!kept.empty())
        add(TokenKind::Data, std::string(kept));
    advance(tag - m_position + 2);
    if (sign == '-' || (sign == '+' && kind != '{'))
        advance(1);
    if (kind == '#')
        readComment();
    else
        readTag(kind == '{');
}

// Passes "-%}" and the white space after it, or "%}" and (trim_blocks) the new line after it.
void Lexer::finishTag(std::string_view end, bool trimsNewLine)
{
    const size_t begin = m_position;
    if (follows("-")) {
        advance(1 + end.size());
        skipSpaces();
    } else {
        const bool keepsNewLine = follows("+");
        advance((keepsNewLine ? 1 : 0) + end.size());
        if (trimsNewLine && !keepsNewLine && follows("\n"))
            advance(1);
    }
    m_lineStarts = m_position > begin && m_source[m_position - 1] == '\n';
}

void Lexer::readComment()
{
    const size_t end = m_source.find("#}", m_position);
    if (end == std::string::npos)
        fail("\"#}\" at the end of a comment", "the end of the template");
    size_t before = end;
    if (end > m_position && (m_source[end - 1] == '-' || m_source[end - 1] == '+'))
        before = end - 1;
    advance(before - m_position);
    finishTag("#}", true);
}

void Lexer::readTag(bool isVariable)
{
    const std::string_view end = isVariable ? "}}" : "%}";
    add(isVariable ? TokenKind::VariableBegin : TokenKind::BlockBegin, {});
    int openBraces = 0; // "}}" may close two dictionaries
    for (;;) {
        skipSpaces();
        if (m_position >= m_source.size())
            fail("\"" + std::string(end) + "\"", "the end of the template");
        const bool signedEnd =
            (follows("-") || (follows("+") && !isVariable)) && rest().substr(1).starts_with(end);
        if (openBraces == 0 && (signedEnd || follows(end)))
            break;
        if (follows("{"))
            ++openBraces;
        else if (follows("}"))
            --openBraces;
        readTagToken();
    }
    add(isVariable ? TokenKind::VariableEnd : TokenKind::BlockEnd, {});
    finishTag(end, !isVariable);
}

void Lexer::readTagToken()
{
    const char c = m_source[m_position];
    if (isNameStart(c)) {
        size_t length = 1;
        while (length < rest().size() && (isNameStart(rest()[length]) || isDigit(rest()[length])))
            ++length;
        add(TokenKind::Name, std::string(rest().substr(0, length)));
        m_position += length;
        return;
    }
    if (isDigit(c)) {
        readNumber();
        return;
    }
    if (c == '\'' || c == '"') {
        readString();
        return;
    }
    constexpr std::array<std::string_view, 25> kOperators = {
        "==", "!=", "<=", ">=", "//", "**", "<", ">", "=", "+", "-", "*", "/",
        "%",  "~",  "|",  ".",  ",",  ":",  "(", ")", "[", "]", "{", "}"};
    for (const std::string_view op : kOperators) {
        if (follows(op)) {
            add(TokenKind::Operator, std::string(op));
            m_position += op.size();
            return;
        }
    }
    fail("an expression", "\"" + std::string(1, c) + "\"");
}

void Lexer::readNumber()
{
    size_t length = 0;
    const auto digits = [&] {
        while (length < rest().size() && isDigit(rest()[length]))
            ++length;
    };
    digits();
    TokenKind kind = TokenKind::Integer;
    if (length + 1 < rest().size() && rest()[length] == '.' && isDigit(rest()[length + 1])) {
        kind = TokenKind::Float;
        ++length;
        digits();
    }
    const std::string_view tail = rest().substr(length);
    const size_t sign = tail.size() > 1 && (tail[1] == '+' || tail[1] == '-') ? 1 : 0;
    if (tail.size() > sign + 1 && (tail[0] == 'e' || tail[0] == 'E') && isDigit(tail[sign + 1])) {
        kind = TokenKind::Float;
        length += sign + 1;
        digits();
    }
    add(kind, std::string(rest().substr(0, length)));
    m_position += length;
}

char32_t Lexer::readHexEscape(size_t digits)
{
    char32_t value = 0;
    for (size_t i = 0; i < digits; ++i, ++m_position) {
        const char c = m_position < m_source.size() ? m_source[m_position] : '\0';
        const size_t digit = std::string_view("0123456789abcdefABCDEF").find(c);
        if (c == '\0' || digit == std::string_view::npos)
            fail(std::to_string(digits) + " hexadecimal digits in an escape", std::string(1, c));
        value = value * 16 + static_cast<char32_t>(digit < 16 ? digit : digit - 6);
    }
    if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        fail("an escape of a character", "a surrogate, or a number beyond U+10FFFF");
    return value;
}

// Escapes as Python's strings have them; an unknown one stays as it is.
void Lexer::readString()
{
    const int firstLine = m_line;
    const char quote = m_source[m_position++];
    std::string text;
    for (;;) {
        if (m_position >= m_source.size()) {
            m_line = firstLine;
            fail("the end of a string", "the end of the template");
        }
        const char c = m_source[m_position];
        if (c == quote)
            break;
        if (c != '\\' || m_position + 1 >= m_source.size()) {
            text += c;
            advance(1);
            continue;
        }
        const char escaped = m_source[m_position + 1];
        advance(2);
        constexpr std::string_view kEscapes = "n\nt\tr\rb\bf\fv\va\a\\\\''\"\"";
        size_t known = 0;
        while (known < kEscapes.size() && kEscapes[known] != escaped)
            known += 2;
        if (known < kEscapes.size())
            text += kEscapes[known + 1];
        else if (escaped == 'x' || escaped == 'u' || escaped == 'U')
            appendUtf8(text, readHexEscape(escaped == 'x' ? 2 : (escaped == 'u' ? 4 : 8)));
        else if (escaped != '\n') // a line goes on
            text.append({'\\', escaped});
    }
    ++m_position;
    m_tokens.push_back({TokenKind::String, std::move(text), firstLine});
}

} // namespace

std::vector<Token> tokenize(std::string_view source, const std::string &sourceName)
{
    if (source.size() > kMaxSourceBytes)
        throw InputError(sourceName, "chat template",
                         "at most " + std::to_string(kMaxSourceBytes) + " bytes",
                         std::to_string(source.size()));
    return Lexer(normalizedNewLines(source), sourceName).run();
}

void failAt(const std::string &sourceName, int line, std::string expected, std::string found)
{
    throw InputError(sourceName, "chat template, line " + std::to_string(line), std::move(expected),
                     std::move(found));
}

} // namespace inferlab::jinja
