// Statements: blocks, loops, conditions, assignments.
#include "interpreter.h"

#include "engine/base/error.h"
#include "lexer.h"

namespace inferlab::jinja {

Interpreter::Interpreter(const std::string &sourceName, Variables variables)
    : m_sourceName(sourceName)
{
    m_scopes.push_back(std::move(variables));
    for (const std::string_view name : {"range", "namespace", "raise_exception"})
        m_scopes.front().emplace(name, Value(Function {name}));
}

TracedText Interpreter::render(const Block &block)
{
    run(block);
    return std::move(m_output);
}

Interpreter::Flow Interpreter::run(const Block &block)
{
    for (const Statement &statement : block) {
        try {
            m_budget.step();
            if (const Flow flow = runStatement(statement); flow != Flow::Normal)
                return flow;
        } catch (ValueError &error) {
            failAt(m_sourceName, statement.line, std::move(error.expected), std::move(error.found));
        }
    }
    return Flow::Normal;
}

Interpreter::Flow Interpreter::runStatement(const Statement &statement)
{
    if (const auto *data = std::get_if<Data>(&statement.node))
        print(*data->text);
    else if (const auto *output = std::get_if<Output>(&statement.node))
        print(printed(evaluate(*output->expression)));
    else if (const auto *loop = std::get_if<For>(&statement.node))
        return runFor(*loop);
    else if (const auto *choice = std::get_if<If>(&statement.node))
        return runIf(*choice);
    else if (const auto *set = std::get_if<Set>(&statement.node))
        runSet(*set);
    else
        return std::holds_alternative<Break>(statement.node) ? Flow::Break : Flow::Continue;
    return Flow::Normal;
}

void Interpreter::print(const TracedText &text)
{
    m_budget.take(text.size());
    m_output.append(text);
}

namespace {

// Jinja's `loop` within iteration `i` of `items`.
Value loopState(const std::vector<Value> &items, size_t i)
{
    const auto count = static_cast<int64_t>(items.size());
    const auto index = static_cast<int64_t>(i);
    return Value::dict({
        {"index0", {index}},
        {"index", {index + 1}},
        {"revindex0", {count - index - 1}},
        {"revindex", {count - index}},
        {"first", {i == 0}},
        {"last", {index + 1 == count}},
        {"length", {count}},
        {"previtem", i > 0 ? items[i - 1] : Value(Undefined {"loop.previtem"})},
        {"nextitem", index + 1 < count ? items[i + 1] : Value(Undefined {"loop.nextitem"})},
    });
}

} // namespace

Interpreter::Flow Interpreter::runFor(const For &loop)
{
    std::vector<Value> items = itemsOf(evaluate(*loop.items), m_budget);
    if (loop.condition) {
        std::vector<Value> kept;
        for (Value &item : items) {
            m_scopes.emplace_back();
            assign(loop.targets, item);
            if (evaluate(*loop.condition).isTrue())
                kept.push_back(std::move(item));
            m_scopes.pop_back();
        }
        items = std::move(kept);
    }
    if (items.empty())
        return run(loop.otherwise);
    for (size_t i = 0; i < items.size(); ++i) {
        m_budget.step();
        m_scopes.emplace_back();
        assign(loop.targets, items[i]);
        m_scopes.back().insert_or_assign("loop", loopState(items, i));
        const Flow flow = run(loop.body);
        m_scopes.pop_back();
        if (flow == Flow::Break)
            break;
    }
    return Flow::Normal;
}

Interpreter::Flow Interpreter::runIf(const If &choice)
{
    for (const auto &[condition, block] : choice.branches) {
        if (evaluate(*condition).isTrue())
            return run(block);
    }
    return run(choice.otherwise);
}

void Interpreter::runSet(const Set &set)
{
    Value value;
    if (set.value) {
        value = evaluate(*set.value);
    } else {
        TracedText outer = std::move(m_output);
        m_output = {};
        run(set.body);
        value = Value::text(std::exchange(m_output, std::move(outer)));
    }
    if (set.member.empty()) {
        assign(set.targets, value);
        return;
    }
    const Value target = lookUp(set.targets.front());
    if (target.asNamespace() == nullptr)
        throw ValueError {"a namespace before ." + set.member, std::string(target.typeName())};
    m_budget.step(target.asNamespace()->members.size());
    target.asNamespace()->set(set.member, std::move(value));
}

void Interpreter::assign(const std::vector<std::string> &targets, const Value &value)
{
    if (targets.size() == 1) {
        m_scopes.back().insert_or_assign(targets.front(), value);
        return;
    }
    const List *list = value.asList();
    if (list == nullptr || list->items.size() != targets.size())
        throw ValueError {"a list of " + std::to_string(targets.size()) + " values",
                          list == nullptr ? std::string(value.typeName())
                                          : std::to_string(list->items.size()) + " values"};
    for (size_t i = 0; i < targets.size(); ++i)
        m_scopes.back().insert_or_assign(targets[i], list->items[i]);
}

} // namespace inferlab::jinja
