// Making, comparing and printing values.
#include "value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace inferlab::jinja {

namespace {

// Deep enough for any tool schema; shallow enough that walking and destroying a value cannot
// exhaust the stack.
constexpr int kMaxDepth = 64;
// Ten times the longest prompt that is taken.
constexpr uint64_t kMaxBytes = uint64_t {64} << 20U;

void refuseNamespace(const Value &value)
{
    if (value.asNamespace() != nullptr)
        throw ValueError {"a value that a list or dictionary can hold", "a namespace"};
}

// Adds one member to what a list or dictionary holds.
void include(Extent &whole, const Value &member)
{
    refuseNamespace(member);
    const Extent part = member.extent();
    whole.depth = std::max(whole.depth, part.depth + 1);
    whole.bytes += part.bytes;
    if (whole.depth > kMaxDepth)
        throw ValueError {"values nested at most " + std::to_string(kMaxDepth) + " deep",
                          "deeper ones"};
    if (whole.bytes > kMaxBytes)
        throw ValueError {"a list or dictionary of at most 64 MiB", "a larger one"};
}

const Value *findIn(const std::vector<std::pair<std::string, Value>> &items, std::string_view key)
{
    const auto found = std::find_if(items.begin(), items.end(),
                                    [key](const auto &item) { return item.first == key; });
    return found == items.end() ? nullptr : &found->second;
}

// A number as a double, bool included; nullopt-like by `ok`.
bool asDouble(const Value &value, double &number)
{
    if (const auto *integer = value.as<int64_t>())
        number = static_cast<double>(*integer);
    else if (const auto *real = value.as<double>())
        number = *real;
    else if (const auto *truth = value.as<bool>())
        number = *truth ? 1 : 0;
    else
        return false;
    return true;
}

std::string floatText(double number)
{
    if (std::isnan(number))
        return "nan";
    if (std::isinf(number))
        return number > 0 ? "inf" : "-inf";
    std::array<char, 32> buffer {};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    std::string text(buffer.data(), result.ptr);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

} // namespace

const Value *Dict::find(std::string_view key) const
{
    return findIn(items, key);
}

const Value *Namespace::find(std::string_view name) const
{
    return findIn(members, name);
}

void Namespace::set(std::string_view name, Value value)
{
    refuseNamespace(value);
    for (auto &[known, old] : members) {
        if (known == name) {
            old = std::move(value);
            return;
        }
    }
    members.emplace_back(name, std::move(value));
}

Value Value::text(TracedText text)
{
    return {std::make_shared<const TracedText>(std::move(text))};
}

Value Value::text(std::string text, bool fromTemplate)
{
    return Value::text(TracedText(std::move(text), fromTemplate));
}

Value Value::list(std::vector<Value> items)
{
    Extent extent {1, 1};
    for (const Value &item : items)
        include(extent, item);
    return {std::make_shared<const List>(List {std::move(items), extent})};
}

Value Value::dict(std::vector<std::pair<std::string, Value>> items)
{
    Extent extent {1, 1};
    for (const auto &[key, item] : items) {
        include(extent, item);
        extent.bytes += key.size();
    }
    return {std::make_shared<const Dict>(Dict {std::move(items), extent})};
}

const TracedText *Value::asText() const noexcept
{
    const auto *text = as<Text>();
    return text == nullptr ? nullptr : text->get();
}

const List *Value::asList() const noexcept
{
    const auto *list = as<std::shared_ptr<const List>>();
    return list == nullptr ? nullptr : list->get();
}

const Dict *Value::asDict() const noexcept
{
    const auto *dict = as<std::shared_ptr<const Dict>>();
    return dict == nullptr ? nullptr : dict->get();
}

Namespace *Value::asNamespace() const noexcept
{
    const auto *ns = as<std::shared_ptr<Namespace>>();
    return ns == nullptr ? nullptr : ns->get();
}

bool Value::isNumber() const noexcept
{
    return as<int64_t>() != nullptr || as<double>() != nullptr;
}

bool Value::isTrue() const noexcept
{
    if (isUndefined() || isNone())
        return false;
    if (double number = 0; asDouble(*this, number))
        return number != 0;
    if (const TracedText *text = asText())
        return text->size() > 0;
    if (const List *list = asList())
        return !list->items.empty();
    if (const Dict *dict = asDict())
        return !dict->items.empty();
    return true;
}

Extent Value::extent() const noexcept
{
    if (const List *list = asList())
        return list->extent;
    if (const Dict *dict = asDict())
        return dict->extent;
    if (const TracedText *text = asText())
        return {0, 1 + text->size()};
    return {};
}

std::string_view Value::typeName() const noexcept
{
    constexpr std::array<std::string_view, std::variant_size_v<Data>> kNames = {
        "an undefined value", "none",   "a boolean",    "an integer",  "a float",
        "a string",           "a list", "a dictionary", "a namespace", "a function"};
    return kNames[m_data.index()];
}

bool isEqual(const Value &a, const Value &b)
{
    if (const auto *left = a.as<int64_t>(), *right = b.as<int64_t>();
        left != nullptr && right != nullptr)
        return *left == *right;
    double x = 0;
    double y = 0;
    if (asDouble(a, x) && asDouble(b, y))
        return x == y;
    if (a.asText() != nullptr && b.asText() != nullptr)
        return a.asText()->text() == b.asText()->text();
    if (a.asList() != nullptr && b.asList() != nullptr) {
        const auto &left = a.asList()->items;
        const auto &right = b.asList()->items;
        return std::equal(left.begin(), left.end(), right.begin(), right.end(), isEqual);
    }
    if (a.asDict() != nullptr && b.asDict() != nullptr) {
        const Dict &left = *a.asDict();
        const Dict &right = *b.asDict();
        return left.items.size() == right.items.size()
            && std::all_of(left.items.begin(), left.items.end(), [&right](const auto &item) {
                   const Value *other = right.find(item.first);
                   return other != nullptr && isEqual(item.second, *other);
               });
    }
    return (a.isNone() && b.isNone()) || (a.isUndefined() && b.isUndefined());
}

int compare(const Value &a, const Value &b)
{
    double x = 0;
    double y = 0;
    if (asDouble(a, x) && asDouble(b, y))
        return x < y ? -1 : (x > y ? 1 : 0);
    if (a.asText() != nullptr && b.asText() != nullptr)
        return a.asText()->text().compare(b.asText()->text());
    throw ValueError {"two numbers or two strings to compare",
                      std::string(a.typeName()) + " and " + std::string(b.typeName())};
}

bool isIn(const Value &item, const Value &container)
{
    if (const List *list = container.asList())
        return std::any_of(list->items.begin(), list->items.end(),
                           [&item](const Value &other) { return isEqual(item, other); });
    if (const Dict *dict = container.asDict())
        return item.asText() != nullptr && dict->find(item.asText()->text()) != nullptr;
    if (container.asText() != nullptr && item.asText() != nullptr)
        return container.asText()->text().find(item.asText()->text()) != std::string::npos;
    if (container.isUndefined())
        return false;
    throw ValueError {"a list, a dictionary, or strings on both sides of \"in\"",
                      std::string(item.typeName()) + " in " + std::string(container.typeName())};
}

TracedText printed(const Value &value)
{
    if (const TracedText *text = value.asText())
        return *text;
    if (value.isUndefined())
        return {};
    if (value.isNone())
        return {"None", true};
    if (const auto *truth = value.as<bool>())
        return {*truth ? "True" : "False", true};
    if (const auto *integer = value.as<int64_t>())
        return {std::to_string(*integer), true};
    if (const auto *real = value.as<double>())
        return {floatText(*real), true};
    throw ValueError {"a value to print (use tojson for lists)", std::string(value.typeName())};
}

} // namespace inferlab::jinja
