// Cuts a template into text, tags and their tokens. White space around tags is treated as Hugging
// Face's transformers sets it: trim_blocks and lstrip_blocks on, one new line at the end dropped.
// Language: Jinja's documentation (jinja.palletsprojects.com), version 3.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab::jinja {

enum class TokenKind : uint8_t {
    Data,          // text between tags
    VariableBegin, // {{
    VariableEnd,
    BlockBegin, // {%
    BlockEnd,
    Name,
    String, // its text is unescaped
    Integer,
    Float,
    Operator, // its text is one of the operators, such as "==" or "|"
    End,      // of the template
};

struct Token
{
    TokenKind kind = TokenKind::End;
    std::string text;
    int line = 1;

    bool is(std::string_view op) const noexcept
    {
        return kind == TokenKind::Operator && text == op;
    }
    bool isName(std::string_view name) const noexcept
    {
        return kind == TokenKind::Name && text == name;
    }
};

// Throws InputError ("SOURCE: chat template, line N: ...").
std::vector<Token> tokenize(std::string_view source, const std::string &sourceName);

[[noreturn]] void failAt(const std::string &sourceName, int line, std::string expected,
                         std::string found);

} // namespace inferlab::jinja
