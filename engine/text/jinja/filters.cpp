// Filters and tests, after Jinja's documentation.
#include "builtins.h"
#include "text_operations.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace inferlab::jinja {

namespace {

[[noreturn]] void failInput(std::string_view name, const Value &input)
{
    throw ValueError {"a value that \"" + std::string(name) + "\" takes",
                      std::string(input.typeName())};
}

Value lengthOf(const Value &input, Budget &budget)
{
    if (const TracedText *text = input.asText()) {
        budget.take(text->size());
        return {static_cast<int64_t>(characterCount(text->text()))};
    }
    if (const List *list = input.asList())
        return {static_cast<int64_t>(list->items.size())};
    if (const Dict *dict = input.asDict())
        return {static_cast<int64_t>(dict->items.size())};
    if (input.isUndefined())
        return {int64_t {0}};
    failInput("length", input);
}

Value memberOf(const Value &item, const Value &name, Budget &budget)
{
    if (name.asText() == nullptr)
        throw ValueError {"an attribute's name", std::string(name.typeName())};
    const Dict *dict = item.asDict();
    budget.lookUp(dict == nullptr ? 0 : dict->items.size());
    const Value *found = dict == nullptr ? nullptr : dict->find(name.asText()->text());
    return found != nullptr ? *found : Value(Undefined {name.asText()->text()});
}

Value joined(const Value &input, const CallArguments &arguments, Budget &budget)
{
    arguments.allow(2, {"d", "attribute"});
    const Value *separator = arguments.find(0, "d");
    const Value *attribute = arguments.find(1, "attribute");
    TracedText text;
    bool isFirst = true;
    for (const Value &item : itemsOf(input, budget)) {
        if (!isFirst && separator != nullptr)
            text.append(printed(*separator));
        isFirst = false;
        const TracedText part =
            printed(attribute == nullptr ? item : memberOf(item, *attribute, budget));
        budget.take(part.size() + (separator == nullptr ? 0 : separator->extent().bytes));
        text.append(part);
    }
    return Value::text(std::move(text));
}

// default(value, boolean=false): with true, whatever is false in Python's sense is replaced too.
Value defaulted(const Value &input, const CallArguments &arguments)
{
    arguments.allow(2, {"default_value", "boolean"});
    const Value *alsoFalse = arguments.find(1, "boolean");
    const bool isMissing =
        input.isUndefined() || (alsoFalse != nullptr && alsoFalse->isTrue() && !input.isTrue());
    if (!isMissing)
        return input;
    const Value *otherwise = arguments.find(0, "default_value");
    return otherwise != nullptr ? *otherwise : Value::text(std::string(), true);
}

// Text that was walked through loses its runs: as a whole it counts as a message's if any of it is.
bool holdsOnlyTemplateText(const Value &value)
{
    if (const TracedText *text = value.asText())
        return text->isAllFromTemplate();
    if (const List *list = value.asList())
        return std::all_of(list->items.begin(), list->items.end(), holdsOnlyTemplateText);
    if (const Dict *dict = value.asDict())
        return std::all_of(dict->items.begin(), dict->items.end(),
                           [](const auto &item) { return holdsOnlyTemplateText(item.second); });
    return true;
}

Value asJson(const Value &input, const CallArguments &arguments, Budget &budget)
{
    arguments.allow(0, {"ensure_ascii"}); // indentation is not offered: it is refused by name
    budget.take(8 * input.extent().bytes);
    return Value::text(toJson(input), holdsOnlyTemplateText(input));
}

Value asInteger(const Value &input)
{
    if (const auto *real = input.as<double>())
        return {std::abs(*real) < 9e18 ? static_cast<int64_t>(*real) : int64_t {0}};
    if (const auto *truth = input.as<bool>())
        return {int64_t {*truth ? 1 : 0}};
    if (const TracedText *text = input.asText()) {
        const std::string trimmed = stripped(*text, Sides::Both, std::nullopt).text();
        int64_t number = 0;
        const auto result =
            std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
        const bool isWhole =
            result.ec == std::errc() && result.ptr == trimmed.data() + trimmed.size();
        return {isWhole ? number : int64_t {0}}; // Jinja's default for what is not a number
    }
    return input.isNumber() ? input : Value(int64_t {0});
}

// select, reject: by the item; selectattr, rejectattr: by one of its members.
Value selected(std::string_view name, const Value &input, const CallArguments &arguments,
               Budget &budget)
{
    const bool byAttribute = name.ends_with("attr");
    const bool keeps = name.starts_with("select");
    const size_t testAt = byAttribute ? 1 : 0;
    if (byAttribute && arguments.positional.empty())
        throw ValueError {"an attribute's name", "none"};
    std::string test = "true";
    CallArguments testArguments;
    for (size_t i = testAt; i < arguments.positional.size(); ++i) {
        if (i > testAt)
            testArguments.positional.push_back(arguments.positional[i]);
        else if (arguments.positional[i].asText() != nullptr)
            test = arguments.positional[i].asText()->text();
        else
            throw ValueError {"a test's name", std::string(arguments.positional[i].typeName())};
    }
    std::vector<Value> kept;
    for (const Value &item : itemsOf(input, budget)) {
        const Value value = byAttribute ? memberOf(item, arguments.positional[0], budget) : item;
        const bool holds = arguments.positional.size() > testAt
            ? applyTest(test, value, testArguments, budget)
            : value.isTrue();
        if (holds == keeps)
            kept.push_back(item);
    }
    return Value::list(std::move(kept));
}

Value mapped(const Value &input, const CallArguments &arguments, Budget &budget)
{
    arguments.allow(1, {"attribute"});
    const Value *attribute = arguments.find(1, "attribute");
    std::vector<Value> results;
    for (const Value &item : itemsOf(input, budget)) {
        if (attribute != nullptr)
            results.push_back(memberOf(item, *attribute, budget));
        else if (!arguments.positional.empty() && arguments.positional[0].asText() != nullptr)
            results.push_back(
                applyFilter(arguments.positional[0].asText()->text(), item, {}, budget));
        else
            throw ValueError {"map(attribute=...) or map(a filter's name)", "neither"};
    }
    return Value::list(std::move(results));
}

Value firstOrLast(bool isFirst, const Value &input, Budget &budget)
{
    const std::vector<Value> items = itemsOf(input, budget);
    if (items.empty())
        return {Undefined {isFirst ? "the first item" : "the last item"}};
    return isFirst ? items.front() : items.back();
}

Value reversed(const Value &input, Budget &budget)
{
    std::vector<Value> items = itemsOf(input, budget);
    std::reverse(items.begin(), items.end());
    if (input.asText() == nullptr)
        return Value::list(std::move(items));
    return joined(Value::list(std::move(items)), {}, budget);
}

// Filters that are Python's string methods; they print other values first.
bool isTextFilter(std::string_view name)
{
    return name == "upper" || name == "lower" || name == "capitalize" || name == "title"
        || name == "replace";
}

} // namespace

Value applyFilter(std::string_view name, const Value &input, const CallArguments &arguments,
                  Budget &budget)
{
    budget.step();
    budget.take(input.extent().bytes);
    if (name == "trim")
        return callMethod("strip", Value::text(printed(input)), arguments, budget);
    if (isTextFilter(name))
        return callMethod(name, Value::text(printed(input)), arguments, budget);
    if (name == "default" || name == "d")
        return defaulted(input, arguments);
    if (name == "join")
        return joined(input, arguments, budget);
    if (name == "tojson")
        return asJson(input, arguments, budget);
    if (name == "select" || name == "reject" || name == "selectattr" || name == "rejectattr")
        return selected(name, input, arguments, budget);
    if (name == "map")
        return mapped(input, arguments, budget);
    arguments.allow(0, {});
    if (name == "length" || name == "count")
        return lengthOf(input, budget);
    if (name == "first" || name == "last")
        return firstOrLast(name == "first", input, budget);
    if (name == "list")
        return Value::list(itemsOf(input, budget));
    if (name == "reverse")
        return reversed(input, budget);
    if (name == "items")
        return callMethod("items", input, arguments, budget);
    if (name == "string" || name == "safe")
        return Value::text(printed(input));
    if (name == "int")
        return asInteger(input);
    throw ValueError {
        "one of the filters trim, upper, lower, capitalize, title, replace, default, join, "
        "tojson, select, reject, selectattr, rejectattr, map, length, first, last, list, "
        "reverse, items, string, safe, int",
        "\"" + std::string(name) + "\""};
}

namespace {

const Value &testArgument(const CallArguments &arguments)
{
    if (arguments.positional.size() != 1)
        throw ValueError {"one argument of a test", std::to_string(arguments.positional.size())};
    return arguments.positional.front();
}

int64_t integerOf(const Value &value)
{
    if (const auto *integer = value.as<int64_t>())
        return *integer;
    throw ValueError {"an integer", std::string(value.typeName())};
}

} // namespace

bool applyTest(std::string_view name, const Value &input, const CallArguments &arguments,
               Budget &budget)
{
    budget.step();
    if (name == "equalto" || name == "eq" || name == "==" || name == "sameas")
        return *applyOperator("==", input, testArgument(arguments), budget).as<bool>();
    if (name == "ne" || name == "!=")
        return *applyOperator("!=", input, testArgument(arguments), budget).as<bool>();
    if (name == "in")
        return *applyOperator("in", input, testArgument(arguments), budget).as<bool>();
    if (name == "divisibleby") {
        const int64_t divisor = integerOf(testArgument(arguments));
        return *applyOperator("%", {integerOf(input)}, {divisor}, budget).as<int64_t>() == 0;
    }
    arguments.allow(0, {});
    if (name == "defined")
        return !input.isUndefined();
    if (name == "undefined")
        return input.isUndefined();
    if (name == "none")
        return input.isNone();
    if (name == "string")
        return input.asText() != nullptr;
    if (name == "number")
        return input.isNumber() || input.as<bool>() != nullptr;
    if (name == "integer")
        return input.as<int64_t>() != nullptr;
    if (name == "float")
        return input.as<double>() != nullptr;
    if (name == "boolean")
        return input.as<bool>() != nullptr;
    if (name == "true" || name == "false")
        return input.as<bool>() != nullptr && *input.as<bool>() == (name == "true");
    if (name == "mapping")
        return input.asDict() != nullptr;
    if (name == "iterable" || name == "sequence")
        return input.asList() != nullptr || input.asDict() != nullptr || input.asText() != nullptr
            || (name == "iterable" && input.isUndefined());
    if (name == "odd" || name == "even")
        return (integerOf(input) % 2 != 0) == (name == "odd");
    throw ValueError {
        "one of the tests defined, undefined, none, string, number, integer, float, boolean, "
        "true, false, mapping, iterable, sequence, odd, even, divisibleby, equalto, ne, in",
        "\"" + std::string(name) + "\""};
}

} // namespace inferlab::jinja
