// Operators between values, subscripts and slices.
#include "builtins.h"
#include "text_operations.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace inferlab::jinja {

namespace {

[[noreturn]] void failOperands(std::string_view op, const Value &left, const Value &right)
{
    throw ValueError {"operands that \"" + std::string(op) + "\" takes",
                      std::string(left.typeName()) + " and " + std::string(right.typeName())};
}

[[noreturn]] void failOverflow()
{
    throw ValueError {"integers of 64 bits", "a larger result"};
}

double toDouble(const Value &value)
{
    const auto *integer = value.as<int64_t>();
    return integer != nullptr ? static_cast<double>(*integer) : *value.as<double>();
}

// Division rounds towards minus infinity, and the remainder has the divisor's sign, as in Python.
Value applyToIntegers(char op, int64_t a, int64_t b)
{
    int64_t result = 0;
    if (op == '+' && !__builtin_add_overflow(a, b, &result))
        return {result};
    if (op == '-' && !__builtin_sub_overflow(a, b, &result))
        return {result};
    if (op == '*' && !__builtin_mul_overflow(a, b, &result))
        return {result};
    if (op == '+' || op == '-' || op == '*'
        || (a == std::numeric_limits<int64_t>::min() && b == -1))
        failOverflow();
    const int64_t remainder = a % b;
    const bool roundsDown = remainder != 0 && (remainder < 0) != (b < 0);
    if (op == '%')
        return {remainder + (roundsDown ? b : 0)};
    return {a / b - (roundsDown ? 1 : 0)};
}

// op: + - * %, f for floor division, / for true division.
Value applyToNumbers(char op, const Value &left, const Value &right)
{
    const bool divides = op == '/' || op == 'f' || op == '%';
    if (divides && toDouble(right) == 0)
        throw ValueError {"a divisor other than zero", "zero"};
    const auto *a = left.as<int64_t>();
    const auto *b = right.as<int64_t>();
    if (a != nullptr && b != nullptr && op != '/')
        return applyToIntegers(op, *a, *b);
    const double x = toDouble(left);
    const double y = toDouble(right);
    switch (op) {
    case '+':
        return {x + y};
    case '-':
        return {x - y};
    case '*':
        return {x * y};
    case '/':
        return {x / y};
    case 'f':
        return {std::floor(x / y)};
    default:
        return {x - y * std::floor(x / y)};
    }
}

Value concatenated(const TracedText &left, const TracedText &right, Budget &budget)
{
    budget.take(left.size() + right.size());
    TracedText text = left;
    text.append(right);
    return Value::text(std::move(text));
}

Value repeated(const TracedText &text, int64_t times, Budget &budget)
{
    TracedText result;
    for (int64_t i = 0; i < times && text.size() > 0; ++i) {
        budget.step(i % 16 == 0 ? 1 : 0); // appending costs far less than a step
        budget.take(text.size());
        result.append(text);
    }
    return Value::text(std::move(result));
}

Value added(const Value &left, const Value &right, Budget &budget)
{
    if (left.asText() != nullptr && right.asText() != nullptr)
        return concatenated(*left.asText(), *right.asText(), budget);
    if (left.asList() != nullptr && right.asList() != nullptr) {
        std::vector<Value> items = left.asList()->items;
        const std::vector<Value> &more = right.asList()->items;
        budget.step(items.size() + more.size());
        items.insert(items.end(), more.begin(), more.end());
        return Value::list(std::move(items));
    }
    if (left.isNumber() && right.isNumber())
        return applyToNumbers('+', left, right);
    failOperands("+", left, right);
}

Value applyArithmetic(std::string_view op, const Value &left, const Value &right, Budget &budget)
{
    if (op == "+")
        return added(left, right, budget);
    if (op == "*" && left.asText() != nullptr && right.as<int64_t>() != nullptr)
        return repeated(*left.asText(), *right.as<int64_t>(), budget);
    if (!left.isNumber() || !right.isNumber())
        failOperands(op, left, right);
    return applyToNumbers(op == "//" ? 'f' : op.front(), left, right);
}

// Index of an item for Python's index `i`; nullopt when it is outside.
std::optional<size_t> itemIndex(int64_t i, size_t count)
{
    const int64_t index = i < 0 ? i + static_cast<int64_t>(count) : i;
    if (index < 0 || index >= static_cast<int64_t>(count))
        return std::nullopt;
    return static_cast<size_t>(index);
}

std::optional<int64_t> slicePart(const Value &part)
{
    if (part.isUndefined() || part.isNone())
        return std::nullopt;
    if (const auto *integer = part.as<int64_t>())
        return *integer;
    throw ValueError {"integers in a slice", std::string(part.typeName())};
}

// Indices of a slice of `count` items, as Python's slice.indices gives them.
std::vector<size_t> sliceIndices(size_t count, const Value &beginValue, const Value &endValue,
                                 const Value &stepValue, Budget &budget)
{
    const int64_t step = slicePart(stepValue).value_or(1);
    if (step == 0)
        throw ValueError {"a slice with a step other than zero", "zero"};
    const auto size = static_cast<int64_t>(count);
    const int64_t lowest = step < 0 ? -1 : 0;
    const int64_t highest = step < 0 ? size - 1 : size;
    const auto bound = [&](const Value &value, int64_t otherwise) {
        const std::optional<int64_t> part = slicePart(value);
        if (!part)
            return otherwise;
        // No smaller than the least that counts, so that adding the size cannot overflow.
        const int64_t index = std::max(*part, -size - 1);
        return std::clamp(index < 0 ? index + size : index, lowest, std::max(highest, lowest));
    };
    const int64_t begin = bound(beginValue, step < 0 ? highest : lowest);
    const int64_t end = bound(endValue, step < 0 ? lowest : highest);
    const int64_t stride = std::clamp(step, -size - 1, size + 1);
    std::vector<size_t> indices;
    for (int64_t i = begin; step > 0 ? i < end : i > end; i += stride)
        indices.push_back(static_cast<size_t>(i));
    budget.step(indices.size());
    return indices;
}

} // namespace

Value applyOperator(std::string_view op, const Value &left, const Value &right, Budget &budget)
{
    budget.take(std::min(left.extent().bytes, right.extent().bytes)); // what comparing may look at
    if (op == "==")
        return {isEqual(left, right)};
    if (op == "!=")
        return {!isEqual(left, right)};
    if (op == "~")
        return concatenated(printed(left), printed(right), budget);
    if (op == "in" || op == "not in") {
        budget.search(right.extent().bytes, left.asText() != nullptr ? left.asText()->size() : 0);
        return {isIn(left, right) == (op == "in")};
    }
    if (op == "<")
        return {compare(left, right) < 0};
    if (op == "<=")
        return {compare(left, right) <= 0};
    if (op == ">")
        return {compare(left, right) > 0};
    if (op == ">=")
        return {compare(left, right) >= 0};
    return applyArithmetic(op, left, right, budget);
}

Value subscript(const Value &object, const Value &key, Budget &budget)
{
    if (object.isUndefined())
        throw ValueError {"a defined value before []",
                          "\"" + object.as<Undefined>()->name + "\" is undefined"};
    const auto *index = key.as<int64_t>();
    if (const List *list = object.asList(); list != nullptr && index != nullptr) {
        if (const auto i = itemIndex(*index, list->items.size()))
            return list->items[*i];
    } else if (const TracedText *text = object.asText(); text != nullptr && index != nullptr) {
        budget.take(text->size());
        const std::vector<size_t> offsets = characterOffsets(text->text());
        if (const auto i = itemIndex(*index, offsets.size() - 1))
            return Value::text(text->slice(offsets[*i], offsets[*i + 1] - offsets[*i]));
    } else if (const TracedText *name = key.asText()) {
        const Value *found = nullptr;
        if (const Dict *dict = object.asDict()) {
            budget.lookUp(dict->items.size());
            found = dict->find(name->text());
        }
        return found != nullptr ? *found : Value(Undefined {name->text()});
    }
    return {Undefined {"an item"}};
}

Value slice(const Value &object, const Value &begin, const Value &end, const Value &step,
            Budget &budget)
{
    if (const List *list = object.asList()) {
        std::vector<Value> items;
        for (const size_t i : sliceIndices(list->items.size(), begin, end, step, budget))
            items.push_back(list->items[i]);
        return Value::list(std::move(items));
    }
    if (const TracedText *text = object.asText()) {
        budget.take(text->size());
        const std::vector<size_t> offsets = characterOffsets(text->text());
        const std::vector<size_t> indices =
            sliceIndices(offsets.size() - 1, begin, end, step, budget);
        TracedText result;
        for (const size_t i : indices)
            result.append(text->slice(offsets[i], offsets[i + 1] - offsets[i]));
        return Value::text(std::move(result));
    }
    throw ValueError {"a list or a string to slice", std::string(object.typeName())};
}

std::vector<Value> itemsOf(const Value &value, Budget &budget)
{
    std::vector<Value> items;
    if (const List *list = value.asList()) {
        budget.step(list->items.size());
        items = list->items;
    } else if (const Dict *dict = value.asDict()) {
        budget.step(dict->items.size());
        for (const auto &[key, item] : dict->items)
            items.push_back(Value::text(key, true));
    } else if (const TracedText *text = value.asText()) {
        budget.step(text->size());
        const std::vector<size_t> offsets = characterOffsets(text->text());
        for (size_t i = 0; i + 1 < offsets.size(); ++i)
            items.push_back(Value::text(text->slice(offsets[i], offsets[i + 1] - offsets[i])));
    } else if (!value.isUndefined()) {
        throw ValueError {"a list, a dictionary or a string to run through",
                          std::string(value.typeName())};
    }
    return items;
}

} // namespace inferlab::jinja
