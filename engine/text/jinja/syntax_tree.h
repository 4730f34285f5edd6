// What the parser makes of a template: statements that hold expressions.
#pragma once

#include "value.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace inferlab::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

struct Arguments
{
    std::vector<ExpressionPtr> positional;
    std::vector<std::pair<std::string, ExpressionPtr>> named;
};

struct Literal
{
    Value value;
};
struct Name
{
    std::string name;
};
struct ListLiteral
{
    std::vector<ExpressionPtr> items;
};
struct DictLiteral
{
    std::vector<std::pair<ExpressionPtr, ExpressionPtr>> items;
};
struct Attribute // object.name
{
    ExpressionPtr object;
    std::string name;
};
struct Subscript // object[key]
{
    ExpressionPtr object;
    ExpressionPtr key;
};
struct Slice // object[begin:end:step]; any of the three may be null
{
    ExpressionPtr object;
    ExpressionPtr begin;
    ExpressionPtr end;
    ExpressionPtr step;
};
struct Call
{
    ExpressionPtr callee;
    Arguments arguments;
};
struct Filter // input|name(arguments)
{
    ExpressionPtr input;
    std::string name;
    Arguments arguments;
};
struct Test // input is name(arguments)
{
    ExpressionPtr input;
    std::string name;
    Arguments arguments;
};
struct Unary
{
    std::string op; // "not", "-", "+"
    ExpressionPtr operand;
};
struct Binary
{
    std::string op; // "and", "or", "in", "==", "+", "~", ...
    ExpressionPtr left;
    ExpressionPtr right;
};
struct Conditional // then if condition else otherwise
{
    ExpressionPtr condition;
    ExpressionPtr then;
    ExpressionPtr otherwise; // may be null
};

struct Expression
{
    std::variant<Literal, Name, ListLiteral, DictLiteral, Attribute, Subscript, Slice, Call, Filter,
                 Test, Unary, Binary, Conditional>
        node;
    int line = 1;
    int depth = 1; // of this tree: evaluation and destruction recurse that far
};

struct Statement;
using Block = std::vector<Statement>;

struct Data // text as it stands in the template
{
    Text text;
};
struct Output // {{ expression }}
{
    ExpressionPtr expression;
};
struct For
{
    std::vector<std::string> targets;
    ExpressionPtr items;
    ExpressionPtr condition; // of "for x in items if condition"; may be null
    Block body;
    Block otherwise; // when there was no item
};
struct If
{
    std::vector<std::pair<ExpressionPtr, Block>> branches;
    Block otherwise;
};
struct Set // {% set a, b = value %}, {% set space.member = value %}, {% set a %}body{% endset %}
{
    std::vector<std::string> targets;
    std::string member;  // not empty: the target is a namespace
    ExpressionPtr value; // null: the body's output
    Block body;
};
struct Break
{ };
struct Continue
{ };

struct Statement
{
    std::variant<Data, Output, For, If, Set, Break, Continue> node;
    int line = 1;
};

} // namespace inferlab::jinja
