// Reads expressions: the half of the parser within tags. Precedence as in Jinja, loosest first:
// if-else, or, and, not, comparisons, + -, ~, * / // %, unary - +, then postfix . [] () | is.
#pragma once

#include "lexer.h"
#include "syntax_tree.h"

#include <algorithm>
#include <initializer_list>

namespace inferlab::jinja {

class ExpressionParser
{
public:
    // `tokens` ends with TokenKind::End and must outlive the parser.
    ExpressionParser(const std::vector<Token> &tokens, const std::string &sourceName)
        : m_tokens(tokens)
        , m_sourceName(sourceName)
    { }

    ExpressionPtr parseExpression();
    // Without "if" at the end: what a loop runs over ("for x in items if condition").
    ExpressionPtr parseWithoutCondition() { return parseOr(); }

    const Token &token() const { return m_tokens[m_next]; }
    const Token &tokenAfter() const { return m_tokens[std::min(m_next + 1, m_tokens.size() - 1)]; }
    void skip() { m_next = std::min(m_next + 1, m_tokens.size() - 1); }
    bool skipIf(std::string_view op);
    bool skipIfName(std::string_view name);
    void expect(std::string_view op);
    std::string expectName(std::string_view what);
    [[noreturn]] void fail(std::string expected) const; // found: the token
    [[noreturn]] void failAtLine(int line, std::string expected, std::string found) const;

private:
    using Next = ExpressionPtr (ExpressionParser::*)();

    // `below`: depth of the deepest part.
    ExpressionPtr make(decltype(Expression::node) node, int line, int below) const;
    ExpressionPtr makeBinary(std::string op, int line, ExpressionPtr left,
                             ExpressionPtr right) const;
    // One or more of `next` with operators between them that bind to the left.
    ExpressionPtr parseChain(std::initializer_list<std::string_view> operators, Next next);
    bool isOneOf(std::initializer_list<std::string_view> operators) const;
    ExpressionPtr parseOr() { return parseChain({"or"}, &ExpressionParser::parseAnd); }
    ExpressionPtr parseAnd() { return parseChain({"and"}, &ExpressionParser::parseNot); }
    ExpressionPtr parseNot();
    ExpressionPtr parseComparison();
    ExpressionPtr parseSum()
    {
        return parseChain({"+", "-"}, &ExpressionParser::parseConcatenation);
    }
    ExpressionPtr parseConcatenation()
    {
        return parseChain({"~"}, &ExpressionParser::parseProduct);
    }
    ExpressionPtr parseProduct()
    {
        return parseChain({"*", "/", "//", "%"}, &ExpressionParser::parseUnary);
    }
    ExpressionPtr parseUnary();
    ExpressionPtr parsePostfix(ExpressionPtr operand);
    ExpressionPtr parsePrimary();
    ExpressionPtr parseNumber();
    ExpressionPtr parseList(std::string_view close);
    ExpressionPtr parseDict();
    ExpressionPtr parseSubscript(ExpressionPtr object);
    ExpressionPtr parseTest(ExpressionPtr input);
    Arguments parseArguments(int &below);

    const std::vector<Token> &m_tokens;
    const std::string &m_sourceName;
    size_t m_next = 0;
    int m_nesting = 0;
};

} // namespace inferlab::jinja
