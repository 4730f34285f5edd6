// Expressions.
#include "interpreter.h"

#include "engine/base/error.h"
#include "lexer.h"

#include <algorithm>

namespace inferlab::jinja {

namespace {

// As Jinja's sandbox has it (MAX_RANGE).
constexpr int64_t kMaxRange = 100000;

int64_t integerArgument(const Value &value)
{
    if (const auto *integer = value.as<int64_t>())
        return *integer;
    throw ValueError {"integers in range()", std::string(value.typeName())};
}

Value makeRange(const CallArguments &arguments, Budget &budget)
{
    arguments.allow(3, {});
    const std::vector<Value> &given = arguments.positional;
    if (given.empty())
        throw ValueError {"one to three integers in range()", "none"};
    const int64_t begin = given.size() > 1 ? integerArgument(given[0]) : 0;
    const int64_t end = integerArgument(given[given.size() > 1 ? 1 : 0]);
    const int64_t step = given.size() > 2 ? integerArgument(given[2]) : 1;
    const auto isSmall = [](int64_t n) { return n >= -kMaxRange && n <= kMaxRange; };
    if (step == 0 || !isSmall(begin) || !isSmall(end) || !isSmall(step))
        throw ValueError {"range() within " + std::to_string(kMaxRange) + ", with a step",
                          "another one"};
    std::vector<Value> items;
    for (int64_t i = begin; step > 0 ? i < end : i > end; i += step)
        items.emplace_back(i);
    budget.step(items.size());
    return Value::list(std::move(items));
}

Value makeNamespace(const CallArguments &arguments)
{
    auto space = std::make_shared<Namespace>();
    for (const Value &given : arguments.positional) {
        if (given.asDict() == nullptr)
            throw ValueError {"a dictionary or names in namespace()",
                              std::string(given.typeName())};
        for (const auto &[name, value] : given.asDict()->items)
            space->set(name, value);
    }
    for (const auto &[name, value] : arguments.named)
        space->set(name, value);
    return {std::move(space)};
}

} // namespace

Value Interpreter::evaluate(const Expression &expression)
{
    try {
        m_budget.step();
        return evaluateNode(expression);
    } catch (ValueError &error) {
        failAt(m_sourceName, expression.line, std::move(error.expected), std::move(error.found));
    }
}

Value Interpreter::evaluateOptional(const ExpressionPtr &expression)
{
    return expression ? evaluate(*expression) : Value();
}

Value Interpreter::evaluateNode(const Expression &expression)
{
    const auto &node = expression.node;
    if (const auto *literal = std::get_if<Literal>(&node))
        return literal->value;
    if (const auto *name = std::get_if<Name>(&node))
        return lookUp(name->name);
    if (const auto *attribute = std::get_if<Attribute>(&node))
        return evaluateAttribute(*attribute);
    if (const auto *part = std::get_if<Subscript>(&node))
        return subscript(evaluate(*part->object), evaluate(*part->key), m_budget);
    if (const auto *binary = std::get_if<Binary>(&node))
        return evaluateBinary(*binary);
    if (const auto *call = std::get_if<Call>(&node))
        return evaluateCall(*call);
    if (const auto *filter = std::get_if<Filter>(&node))
        return applyFilter(filter->name, evaluate(*filter->input),
                           evaluateArguments(filter->arguments), m_budget);
    if (const auto *test = std::get_if<Test>(&node))
        return {applyTest(test->name, evaluate(*test->input), evaluateArguments(test->arguments),
                          m_budget)};
    if (const auto *choice = std::get_if<Conditional>(&node))
        return evaluate(*choice->condition).isTrue() ? evaluate(*choice->then)
                                                     : evaluateOptional(choice->otherwise);
    if (const auto *part = std::get_if<Slice>(&node))
        return slice(evaluate(*part->object), evaluateOptional(part->begin),
                     evaluateOptional(part->end), evaluateOptional(part->step), m_budget);
    if (const auto *unary = std::get_if<Unary>(&node)) {
        const Value operand = evaluate(*unary->operand);
        if (unary->op == "not")
            return {!operand.isTrue()};
        return applyOperator(unary->op, {int64_t {0}}, operand, m_budget);
    }
    if (const auto *list = std::get_if<ListLiteral>(&node)) {
        std::vector<Value> items;
        for (const ExpressionPtr &item : list->items)
            items.push_back(evaluate(*item));
        return Value::list(std::move(items));
    }
    return evaluateDict(std::get<DictLiteral>(node));
}

Value Interpreter::evaluateDict(const DictLiteral &literal)
{
    std::vector<std::pair<std::string, Value>> items;
    for (const auto &[keyExpression, valueExpression] : literal.items) {
        const Value key = evaluate(*keyExpression);
        if (key.asText() == nullptr)
            throw ValueError {"a string as key", std::string(key.typeName())};
        const std::string &name = key.asText()->text();
        m_budget.lookUp(items.size());
        Value value = evaluate(*valueExpression);
        const auto known = std::find_if(items.begin(), items.end(),
                                        [&](const auto &item) { return item.first == name; });
        if (known != items.end())
            known->second = std::move(value);
        else
            items.emplace_back(name, std::move(value));
    }
    return Value::dict(std::move(items));
}

Value Interpreter::evaluateBinary(const Binary &binary)
{
    if (binary.op != "and" && binary.op != "or")
        return applyOperator(binary.op, evaluate(*binary.left), evaluate(*binary.right), m_budget);
    Value left = evaluate(*binary.left);
    if (left.isTrue() == (binary.op == "or"))
        return left;
    return evaluate(*binary.right);
}

Value Interpreter::evaluateAttribute(const Attribute &attribute)
{
    const Value object = evaluate(*attribute.object);
    if (object.isUndefined())
        throw ValueError {"a defined value before ." + attribute.name,
                          "\"" + object.as<Undefined>()->name + "\" is undefined"};
    const Value *found = nullptr;
    if (const Dict *dict = object.asDict()) {
        m_budget.lookUp(dict->items.size());
        found = dict->find(attribute.name);
    } else if (const Namespace *space = object.asNamespace()) {
        m_budget.lookUp(space->members.size());
        found = space->find(attribute.name);
    }
    return found != nullptr ? *found : Value(Undefined {attribute.name});
}

CallArguments Interpreter::evaluateArguments(const Arguments &arguments)
{
    CallArguments values;
    for (const ExpressionPtr &argument : arguments.positional)
        values.positional.push_back(evaluate(*argument));
    for (const auto &[name, argument] : arguments.named)
        values.named.emplace_back(name, evaluate(*argument));
    return values;
}

Value Interpreter::evaluateCall(const Call &call)
{
    if (const auto *method = std::get_if<Attribute>(&call.callee->node)) {
        const Value object = evaluate(*method->object);
        return callMethod(method->name, object, evaluateArguments(call.arguments), m_budget);
    }
    const Value callee = evaluate(*call.callee);
    if (callee.isUndefined())
        throw ValueError {"range, namespace, raise_exception or a method to call",
                          "\"" + callee.as<Undefined>()->name + "\""};
    const auto *function = callee.as<Function>();
    if (function == nullptr)
        throw ValueError {"a function to call", std::string(callee.typeName())};
    return callFunction(function->name, evaluateArguments(call.arguments));
}

Value Interpreter::callFunction(std::string_view name, const CallArguments &arguments)
{
    if (name == "range")
        return makeRange(arguments, m_budget);
    if (name == "namespace")
        return makeNamespace(arguments);
    arguments.allow(1, {"message"});
    const Value *message = arguments.find(0, "message");
    throw InputError(
        m_sourceName + ": chat template: "
        + (message == nullptr ? "it refuses these messages" : printed(*message).text()));
}

Value Interpreter::lookUp(const std::string &name) const
{
    for (auto scope = m_scopes.rbegin(); scope != m_scopes.rend(); ++scope) {
        if (const auto found = scope->find(name); found != scope->end())
            return found->second;
    }
    return {Undefined {name}};
}

} // namespace inferlab::jinja
