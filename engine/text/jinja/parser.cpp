// The statements of a template.
#include "parser.h"

#include "expression_parser.h"

#include <algorithm>

namespace inferlab::jinja {

namespace {

// Rendering recurses as deep as blocks nest; published templates stay below 10.
constexpr int kMaxNesting = 50;

class Parser
{
public:
    Parser(const std::vector<Token> &tokens, const std::string &sourceName)
        : m_parser(tokens, sourceName)
    { }

    Block parseAll()
    {
        Block block = parseUntil({});
        if (token().kind != TokenKind::End)
            m_parser.fail("a statement");
        return block;
    }

private:
    const Token &token() const { return m_parser.token(); }
    // Reads statements up to "{% NAME" with one of these names, and stands at the name; or to the
    // end.
    Block parseUntil(std::initializer_list<std::string_view> names);
    void parseStatement(Block &block);
    void endTag();
    Statement parseFor();
    Statement parseIf();
    Statement parseSet();

    ExpressionParser m_parser;
    int m_nesting = 0;
    int m_loops = 0; // that we are in
};

Block Parser::parseUntil(std::initializer_list<std::string_view> names)
{
    if (++m_nesting > kMaxNesting)
        m_parser.failAtLine(token().line,
                            "blocks nested at most " + std::to_string(kMaxNesting) + " deep",
                            "deeper ones");
    Block block;
    while (token().kind != TokenKind::End) {
        const int line = token().line;
        if (token().kind == TokenKind::Data) {
            block.push_back({Data {std::make_shared<const TracedText>(token().text, true)}, line});
            m_parser.skip();
        } else if (token().kind == TokenKind::VariableBegin) {
            m_parser.skip();
            block.push_back({Output {m_parser.parseExpression()}, line});
            if (token().kind != TokenKind::VariableEnd)
                m_parser.fail("\"}}\"");
            m_parser.skip();
        } else {
            m_parser.skip(); // {%
            if (token().kind == TokenKind::Name
                && std::find(names.begin(), names.end(), token().text) != names.end())
                break;
            parseStatement(block);
        }
    }
    --m_nesting;
    if (token().kind == TokenKind::End && names.size() > 0)
        m_parser.fail("{% " + std::string(*(names.end() - 1)) + " %}");
    return block;
}

void Parser::endTag()
{
    if (token().kind != TokenKind::BlockEnd)
        m_parser.fail("\"%}\"");
    m_parser.skip();
}

void Parser::parseStatement(Block &block)
{
    const int line = token().line;
    if (m_parser.skipIfName("for")) {
        block.push_back(parseFor());
    } else if (m_parser.skipIfName("if")) {
        block.push_back(parseIf());
    } else if (m_parser.skipIfName("set")) {
        block.push_back(parseSet());
    } else if (m_parser.skipIfName("generation")) { // marks what a model wrote, for training
        endTag();
        Block inner = parseUntil({"endgeneration"});
        m_parser.skip();
        std::move(inner.begin(), inner.end(), std::back_inserter(block));
    } else if (m_loops > 0 && m_parser.skipIfName("break")) {
        block.push_back({Break {}, line});
    } else if (m_loops > 0 && m_parser.skipIfName("continue")) {
        block.push_back({Continue {}, line});
    } else {
        m_parser.fail("for, if, set, generation, or in a loop break or continue");
    }
    endTag();
}

Statement Parser::parseFor()
{
    Statement statement {For {}, token().line};
    For &loop = std::get<For>(statement.node);
    do {
        loop.targets.push_back(m_parser.expectName("a loop's variable"));
    } while (m_parser.skipIf(","));
    if (!m_parser.skipIfName("in"))
        m_parser.fail("\"in\"");
    loop.items = m_parser.parseWithoutCondition();
    if (m_parser.skipIfName("if"))
        loop.condition = m_parser.parseExpression();
    endTag();
    ++m_loops;
    loop.body = parseUntil({"else", "endfor"});
    --m_loops;
    if (m_parser.skipIfName("else")) {
        endTag();
        loop.otherwise = parseUntil({"endfor"});
    }
    m_parser.skip();
    return statement;
}

Statement Parser::parseIf()
{
    Statement statement {If {}, token().line};
    If &choice = std::get<If>(statement.node);
    do {
        ExpressionPtr condition = m_parser.parseExpression();
        endTag();
        choice.branches.emplace_back(std::move(condition), parseUntil({"elif", "else", "endif"}));
    } while (m_parser.skipIfName("elif"));
    if (m_parser.skipIfName("else")) {
        endTag();
        choice.otherwise = parseUntil({"endif"});
    }
    m_parser.skip();
    return statement;
}

Statement Parser::parseSet()
{
    Statement statement {Set {}, token().line};
    Set &set = std::get<Set>(statement.node);
    set.targets.push_back(m_parser.expectName("a variable"));
    if (m_parser.skipIf(".")) {
        set.member = m_parser.expectName("a member of a namespace");
    } else {
        while (m_parser.skipIf(","))
            set.targets.push_back(m_parser.expectName("a variable"));
    }
    if (m_parser.skipIf("=")) {
        set.value = m_parser.parseExpression();
        return statement;
    }
    endTag();
    set.body = parseUntil({"endset"});
    m_parser.skip();
    return statement;
}

} // namespace

Block parseTemplate(std::string_view source, const std::string &sourceName)
{
    const std::vector<Token> tokens = tokenize(source, sourceName);
    return Parser(tokens, sourceName).parseAll();
}

} // namespace inferlab::jinja
