// Methods of strings and dictionaries, which templates call as in Python.
#include "builtins.h"
#include "text_operations.h"

#include <algorithm>

namespace inferlab::jinja {

namespace {

const TracedText &textArgument(const CallArguments &arguments, size_t position)
{
    const Value *value = arguments.find(position, {});
    if (value == nullptr || value->asText() == nullptr)
        throw ValueError {"a string as argument " + std::to_string(position + 1),
                          value == nullptr ? "none" : std::string(value->typeName())};
    return *value->asText();
}

int64_t countArgument(const CallArguments &arguments, size_t position, std::string_view name)
{
    const Value *value = arguments.find(position, name);
    if (value == nullptr)
        return -1;
    if (const auto *integer = value->as<int64_t>())
        return *integer;
    throw ValueError {"a count", std::string(value->typeName())};
}

Value textList(std::vector<TracedText> parts)
{
    std::vector<Value> items;
    items.reserve(parts.size());
    for (TracedText &part : parts)
        items.push_back(Value::text(std::move(part)));
    return Value::list(std::move(items));
}

Value callStrip(const TracedText &text, Sides sides, const CallArguments &arguments)
{
    arguments.allow(1, {});
    std::optional<std::string> characters;
    if (!arguments.positional.empty())
        characters = textArgument(arguments, 0).text();
    return Value::text(stripped(text, sides, characters));
}

// How often `part` occurs, which must not be empty: known before memory is taken for what comes of
// it.
uint64_t occurrences(const TracedText &text, std::string_view part)
{
    uint64_t found = 0;
    size_t at = text.text().find(part);
    for (; at != std::string::npos; at = text.text().find(part, at + part.size()))
        ++found;
    return found;
}

Value callSplit(const TracedText &text, const CallArguments &arguments, Budget &budget)
{
    arguments.allow(2, {"sep", "maxsplit"});
    const Value *separator = arguments.find(0, "sep");
    if (separator == nullptr || separator->isNone()) {
        // At most one part begins after each byte that may be part of a space.
        const auto mayBeSpace = [](char c) {
            return static_cast<unsigned char>(c) - 0x21U >= 0x5fU;
        };
        budget.step(static_cast<uint64_t>(
            std::count_if(text.text().begin(), text.text().end(), mayBeSpace)));
        return textList(splitAtSpaces(text));
    }
    if (separator->asText() == nullptr || separator->asText()->size() == 0)
        throw ValueError {"a separator that is not empty", std::string(separator->typeName())};
    const std::string &wanted = separator->asText()->text();
    budget.step(occurrences(text, wanted));
    return textList(split(text, wanted, countArgument(arguments, 1, "maxsplit")));
}

// startswith and endswith take a string or a list of them.
bool beginsOrEnds(const TracedText &text, bool begins, const CallArguments &arguments,
                  Budget &budget)
{
    arguments.allow(1, {});
    const Value *wanted = arguments.find(0, {});
    const std::vector<Value> all = wanted != nullptr && wanted->asList() != nullptr
        ? itemsOf(*wanted, budget)
        : arguments.positional;
    return std::any_of(all.begin(), all.end(), [&](const Value &value) {
        if (value.asText() == nullptr)
            throw ValueError {"a string to look for", std::string(value.typeName())};
        const std::string &part = value.asText()->text();
        return begins ? text.text().starts_with(part) : text.text().ends_with(part);
    });
}

Value callReplace(const TracedText &text, const CallArguments &arguments, Budget &budget)
{
    arguments.allow(3, {});
    const std::string &old = textArgument(arguments, 0).text();
    const TracedText &by = textArgument(arguments, 1);
    if (old.empty())
        throw ValueError {"a string to replace that is not empty", "an empty one"};
    const uint64_t found = occurrences(text, old);
    budget.take(found * by.size());
    budget.step(found);
    return Value::text(replaced(text, old, by, countArgument(arguments, 2, "count")));
}

Value callOnText(std::string_view name, const TracedText &text, const CallArguments &arguments,
                 Budget &budget)
{
    budget.search(2 * text.size(),
                  arguments.positional.empty() ? 0 : arguments.positional[0].extent().bytes);
    for (const auto &[key, value] : arguments.named)
        budget.search(text.size(), value.extent().bytes);
    if (name == "strip")
        return callStrip(text, Sides::Both, arguments);
    if (name == "lstrip")
        return callStrip(text, Sides::Left, arguments);
    if (name == "rstrip")
        return callStrip(text, Sides::Right, arguments);
    if (name == "split")
        return callSplit(text, arguments, budget);
    if (name == "startswith" || name == "endswith")
        return {beginsOrEnds(text, name == "startswith", arguments, budget)};
    if (name == "replace")
        return callReplace(text, arguments, budget);
    arguments.allow(name == "find" ? 1 : 0, {});
    if (name == "upper")
        return Value::text(withCase(text, Case::Upper));
    if (name == "lower")
        return Value::text(withCase(text, Case::Lower));
    if (name == "title")
        return Value::text(withCase(text, Case::Title));
    if (name == "capitalize")
        return Value::text(withCase(text, Case::Capitalized));
    if (name == "find") {
        const size_t at = text.text().find(textArgument(arguments, 0).text());
        if (at == std::string::npos)
            return {int64_t {-1}};
        return {static_cast<int64_t>(characterCount(std::string_view(text.text()).substr(0, at)))};
    }
    throw ValueError {
        "strip, lstrip, rstrip, split, startswith, endswith, replace, upper, lower, title, "
        "capitalize or find of a string",
        "\"" + std::string(name) + "\""};
}

Value callOnDict(std::string_view name, const Dict &dict, const CallArguments &arguments,
                 Budget &budget)
{
    budget.step(dict.items.size());
    if (name == "get") {
        arguments.allow(2, {});
        if (const Value *value = dict.find(textArgument(arguments, 0).text()))
            return *value;
        const Value *otherwise = arguments.find(1, {});
        return otherwise != nullptr ? *otherwise : Value(None {});
    }
    arguments.allow(0, {});
    if (name != "items" && name != "keys" && name != "values")
        throw ValueError {"get, items, keys or values of a dictionary",
                          "\"" + std::string(name) + "\""};
    std::vector<Value> all;
    for (const auto &[key, value] : dict.items) {
        if (name == "keys")
            all.push_back(Value::text(key, true));
        else if (name == "values")
            all.push_back(value);
        else
            all.push_back(Value::list({Value::text(key, true), value}));
    }
    return Value::list(std::move(all));
}

} // namespace

const Value *CallArguments::find(size_t position, std::string_view name) const
{
    if (position < positional.size())
        return &positional[position];
    const auto found = std::find_if(named.begin(), named.end(), [name](const auto &argument) {
        return !name.empty() && argument.first == name;
    });
    return found == named.end() ? nullptr : &found->second;
}

void CallArguments::allow(size_t most, std::initializer_list<std::string_view> names) const
{
    if (positional.size() > most)
        throw ValueError {"at most " + std::to_string(most) + " arguments",
                          std::to_string(positional.size())};
    for (const auto &[name, value] : named) {
        if (std::find(names.begin(), names.end(), name) == names.end())
            throw ValueError {"an argument that is known here", "\"" + name + "\""};
    }
}

Value callMethod(std::string_view name, const Value &object, const CallArguments &arguments,
                 Budget &budget)
{
    if (const TracedText *text = object.asText())
        return callOnText(name, *text, arguments, budget);
    if (const Dict *dict = object.asDict())
        return callOnDict(name, *dict, arguments, budget);
    throw ValueError {"a string or a dictionary before ." + std::string(name) + "()",
                      std::string(object.typeName())};
}

} // namespace inferlab::jinja
