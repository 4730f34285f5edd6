// Recursive descent over the tokens of a tag.
#include "expression_parser.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace inferlab::jinja {

namespace {

// Parsing, evaluating and destroying recurse as deep as an expression nests; published templates
// stay below 20.
constexpr int kMaxNesting = 100;
constexpr int kMaxTreeDepth = 200;

class Nested
{
public:
    Nested(int &level, const ExpressionParser &parser)
        : m_level(level)
    {
        if (++m_level > kMaxNesting)
            parser.failAtLine(parser.token().line,
                              "expressions nested at most " + std::to_string(kMaxNesting) + " deep",
                              "deeper ones");
    }
    ~Nested() { --m_level; }
    Nested(const Nested &) = delete;
    Nested &operator=(const Nested &) = delete;

private:
    int &m_level;
};

int depthOf(const ExpressionPtr &expression)
{
    return expression ? expression->depth : 0;
}

} // namespace

bool ExpressionParser::skipIf(std::string_view op)
{
    const bool there = token().is(op);
    if (there)
        skip();
    return there;
}

bool ExpressionParser::skipIfName(std::string_view name)
{
    const bool there = token().isName(name);
    if (there)
        skip();
    return there;
}

void ExpressionParser::expect(std::string_view op)
{
    if (!skipIf(op))
        fail("\"" + std::string(op) + "\"");
}

std::string ExpressionParser::expectName(std::string_view what)
{
    if (token().kind != TokenKind::Name)
        fail(std::string(what));
    std::string name = token().text;
    skip();
    return name;
}

void ExpressionParser::fail(std::string expected) const
{
    std::string found = "\"" + token().text + "\"";
    if (token().kind == TokenKind::VariableEnd || token().kind == TokenKind::BlockEnd)
        found = "the end of the tag";
    else if (token().kind == TokenKind::End)
        found = "the end of the template";
    failAtLine(token().line, std::move(expected), std::move(found));
}

void ExpressionParser::failAtLine(int line, std::string expected, std::string found) const
{
    failAt(m_sourceName, line, std::move(expected), std::move(found));
}

ExpressionPtr ExpressionParser::make(decltype(Expression::node) node, int line, int below) const
{
    if (below + 1 > kMaxTreeDepth)
        failAtLine(line,
                   "an expression of at most " + std::to_string(kMaxTreeDepth)
                       + " operations in a row",
                   "a longer one");
    return std::make_unique<const Expression>(Expression {std::move(node), line, below + 1});
}

ExpressionPtr ExpressionParser::makeBinary(std::string op, int line, ExpressionPtr left,
                                           ExpressionPtr right) const
{
    const int below = std::max(depthOf(left), depthOf(right));
    return make(Binary {std::move(op), std::move(left), std::move(right)}, line, below);
}

bool ExpressionParser::isOneOf(std::initializer_list<std::string_view> operators) const
{
    return (token().kind == TokenKind::Operator || token().kind == TokenKind::Name)
        && std::find(operators.begin(), operators.end(), token().text) != operators.end();
}

ExpressionPtr ExpressionParser::parseChain(std::initializer_list<std::string_view> operators,
                                           Next next)
{
    ExpressionPtr left = (this->*next)();
    while (isOneOf(operators)) {
        const Token op = token();
        skip();
        left = makeBinary(op.text, op.line, std::move(left), (this->*next)());
    }
    return left;
}

ExpressionPtr ExpressionParser::parseExpression()
{
    const Nested nested(m_nesting, *this);
    ExpressionPtr then = parseOr();
    while (token().isName("if")) {
        const int line = token().line;
        skip();
        ExpressionPtr condition = parseOr();
        ExpressionPtr otherwise = skipIfName("else") ? parseExpression() : nullptr;
        const int below = std::max({depthOf(then), depthOf(condition), depthOf(otherwise)});
        then = make(Conditional {std::move(condition), std::move(then), std::move(otherwise)}, line,
                    below);
    }
    return then;
}

ExpressionPtr ExpressionParser::parseNot()
{
    if (!token().isName("not"))
        return parseComparison();
    const Nested nested(m_nesting, *this);
    const int line = token().line;
    skip();
    ExpressionPtr operand = parseNot();
    const int below = depthOf(operand);
    return make(Unary {"not", std::move(operand)}, line, below);
}

ExpressionPtr ExpressionParser::parseComparison()
{
    ExpressionPtr left = parseSum();
    const Token op = token();
    if (op.isName("not") && tokenAfter().isName("in")) {
        skip();
        skip();
        left = makeBinary("not in", op.line, std::move(left), parseSum());
    } else if (isOneOf({"==", "!=", "<=", ">=", "<", ">", "in"})) {
        skip();
        left = makeBinary(op.text, op.line, std::move(left), parseSum());
    }
    if (isOneOf({"==", "!=", "<=", ">=", "<", ">", "in"}))
        fail("one comparison at a time (join them with \"and\")");
    return left;
}

ExpressionPtr ExpressionParser::parseUnary()
{
    if (!isOneOf({"-", "+"}))
        return parsePostfix(parsePrimary());
    const Nested nested(m_nesting, *this);
    const Token op = token();
    skip();
    ExpressionPtr operand = parseUnary();
    const int below = depthOf(operand);
    return make(Unary {op.text, std::move(operand)}, op.line, below);
}

ExpressionPtr ExpressionParser::parsePostfix(ExpressionPtr operand)
{
    for (;;) {
        const int line = token().line;
        int below = depthOf(operand);
        if (skipIf(".")) {
            std::string name = expectName("a name after \".\"");
            operand = make(Attribute {std::move(operand), std::move(name)}, line, below);
        } else if (skipIf("[")) {
            operand = parseSubscript(std::move(operand));
        } else if (token().is("(")) {
            Arguments arguments = parseArguments(below);
            operand = make(Call {std::move(operand), std::move(arguments)}, line, below);
        } else if (skipIf("|")) {
            std::string name = expectName("a filter's name");
            Arguments arguments = token().is("(") ? parseArguments(below) : Arguments {};
            operand = make(Filter {std::move(operand), std::move(name), std::move(arguments)}, line,
                           below);
        } else if (skipIfName("is")) {
            operand = parseTest(std::move(operand));
        } else {
            return operand;
        }
    }
}

ExpressionPtr ExpressionParser::parseTest(ExpressionPtr input)
{
    const int line = token().line;
    int below = depthOf(input);
    const bool isNegated = skipIfName("not");
    std::string name = expectName("a test's name");
    Arguments arguments;
    const bool isKeyword = token().isName("else") || token().isName("or") || token().isName("and")
        || token().isName("is") || token().isName("if") || token().isName("in")
        || token().isName("not");
    if (token().is("(")) {
        arguments = parseArguments(below);
    } else if (token().kind == TokenKind::String || token().kind == TokenKind::Integer
               || token().is("[") || (token().kind == TokenKind::Name && !isKeyword)) {
        const Nested nested(m_nesting, *this);
        arguments.positional.push_back(parsePrimary());
        below = std::max(below, depthOf(arguments.positional.back()));
    }
    ExpressionPtr test =
        make(Test {std::move(input), std::move(name), std::move(arguments)}, line, below);
    return isNegated ? make(Unary {"not", std::move(test)}, line, below + 1) : std::move(test);
}

ExpressionPtr ExpressionParser::parseSubscript(ExpressionPtr object)
{
    const int line = token().line;
    std::array<ExpressionPtr, 3> parts; // begin, end, step
    bool isSlice = false;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (!token().is(":") && !token().is("]"))
            parts[i] = parseExpression();
        if (i + 1 == parts.size() || !skipIf(":"))
            break;
        isSlice = true;
    }
    if (!isSlice && !parts[0])
        fail("a subscript");
    expect("]");
    const int below =
        std::max({depthOf(object), depthOf(parts[0]), depthOf(parts[1]), depthOf(parts[2])});
    if (!isSlice)
        return make(Subscript {std::move(object), std::move(parts[0])}, line, below);
    return make(
        Slice {std::move(object), std::move(parts[0]), std::move(parts[1]), std::move(parts[2])},
        line, below);
}

Arguments ExpressionParser::parseArguments(int &below)
{
    Arguments arguments;
    expect("(");
    while (!skipIf(")")) {
        if (token().kind == TokenKind::Name && tokenAfter().is("=")) {
            std::string name = expectName("a name");
            expect("=");
            arguments.named.emplace_back(std::move(name), parseExpression());
            below = std::max(below, depthOf(arguments.named.back().second));
        } else {
            arguments.positional.push_back(parseExpression());
            below = std::max(below, depthOf(arguments.positional.back()));
        }
        if (!token().is(")"))
            expect(",");
    }
    return arguments;
}

ExpressionPtr ExpressionParser::parsePrimary()
{
    const Token first = token();
    if (first.kind == TokenKind::Integer || first.kind == TokenKind::Float)
        return parseNumber();
    if (first.kind == TokenKind::String) {
        std::string text;
        for (; token().kind == TokenKind::String; skip())
            text += token().text;
        return make(Literal {Value::text(std::move(text), true)}, first.line, 0);
    }
    if (first.kind == TokenKind::Name) {
        skip();
        const std::string &name = first.text;
        if (name == "true" || name == "True" || name == "false" || name == "False")
            return make(Literal {{name == "true" || name == "True"}}, first.line, 0);
        if (name == "none" || name == "None")
            return make(Literal {{None {}}}, first.line, 0);
        return make(Name {name}, first.line, 0);
    }
    if (skipIf("("))
        return parseList(")");
    if (skipIf("["))
        return parseList("]");
    if (skipIf("{"))
        return parseDict();
    fail("an expression");
}

ExpressionPtr ExpressionParser::parseNumber()
{
    const Token number = token();
    skip();
    const char *begin = number.text.data();
    const char *end = begin + number.text.size();
    int64_t integer = 0;
    double real = 0;
    const bool isInteger = number.kind == TokenKind::Integer;
    const auto result =
        isInteger ? std::from_chars(begin, end, integer) : std::from_chars(begin, end, real);
    if (result.ec != std::errc())
        failAtLine(number.line, "a number of 64 bits", number.text);
    return make(Literal {isInteger ? Value(integer) : Value(real)}, number.line, 0);
}

// After "(" or "[". In parentheses one item without a comma is that item; more are a list, as
// tuples are here.
ExpressionPtr ExpressionParser::parseList(std::string_view close)
{
    const int line = token().line;
    ListLiteral list;
    int below = 0;
    bool hasComma = false;
    while (!skipIf(close)) {
        list.items.push_back(parseExpression());
        below = std::max(below, depthOf(list.items.back()));
        if (token().is(close))
            continue;
        expect(",");
        hasComma = true;
    }
    if (close == ")" && list.items.size() == 1 && !hasComma)
        return std::move(list.items.front());
    return make(std::move(list), line, below);
}

ExpressionPtr ExpressionParser::parseDict()
{
    const int line = token().line;
    DictLiteral dict;
    int below = 0;
    while (!skipIf("}")) {
        ExpressionPtr key = parseExpression();
        expect(":");
        dict.items.emplace_back(std::move(key), parseExpression());
        below =
            std::max({below, depthOf(dict.items.back().first), depthOf(dict.items.back().second)});
        if (!token().is("}"))
            expect(",");
    }
    return make(std::move(dict), line, below);
}

} // namespace inferlab::jinja
