// Values of a template. They never change once they are made (but for a namespace's members), so
// lists and dictionaries cannot hold themselves; how deep they nest is bounded where they are made.
#pragma once

#include "traced_text.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inferlab::jinja {

class Value;
using Text = std::shared_ptr<const TracedText>;

struct Undefined
{
    std::string name; // what was looked for
};
struct None
{ };
struct Function // one of the functions that templates are given: range, namespace, raise_exception
{
    std::string_view name;
};
// How much there is to walk through: a value may appear in a list many times, so that a few steps
// of a template could make one of astronomical size.
struct Extent
{
    int depth = 0;      // of nested lists and dictionaries
    uint64_t bytes = 1; // of all texts below, and 1 for each value
};
struct List
{
    std::vector<Value> items;
    Extent extent;
};
struct Dict
{
    std::vector<std::pair<std::string, Value>> items; // in order of insertion; keys differ
    Extent extent;

    const Value *find(std::string_view key) const;
};
struct Namespace
{
    std::vector<std::pair<std::string, Value>> members;

    const Value *find(std::string_view name) const;
    void set(std::string_view name, Value value);
};

class Value
{
public:
    using Data =
        std::variant<Undefined, None, bool, int64_t, double, Text, std::shared_ptr<const List>,
                     std::shared_ptr<const Dict>, std::shared_ptr<Namespace>, Function>;

    Value() = default;
    Value(Data data)
        : m_data(std::move(data))
    { }
    static Value text(TracedText text);
    static Value text(std::string text, bool fromTemplate);
    // Throw ValueError when values nest deeper than 64 or hold more than 64 MiB, or when one of
    // them is a namespace: those live in variables alone.
    static Value list(std::vector<Value> items);
    static Value dict(std::vector<std::pair<std::string, Value>> items);

    template <typename T>
    const T *as() const noexcept
    {
        return std::get_if<T>(&m_data);
    }
    const TracedText *asText() const noexcept;
    const List *asList() const noexcept;
    const Dict *asDict() const noexcept;
    Namespace *asNamespace() const noexcept;

    bool isUndefined() const noexcept { return as<Undefined>() != nullptr; }
    bool isNone() const noexcept { return as<None>() != nullptr; }
    bool isNumber() const noexcept; // integer or float; a bool is not one here

    bool isTrue() const noexcept; // Python's idea of truth
    Extent extent() const noexcept;
    std::string_view typeName() const noexcept; // "a string", for messages

private:
    Data m_data;
};

// Thrown by operations on values; the evaluator adds the template's name and line.
struct ValueError
{
    std::string expected;
    std::string found;
};

// a == b as Python has it: numbers by value (True is 1), other types never equal.
bool isEqual(const Value &a, const Value &b);
// Less than zero, zero or more as a is before, equal to or after b; numbers and strings only.
// Throws ValueError.
int compare(const Value &a, const Value &b);
// `item in container`. Throws ValueError.
bool isIn(const Value &item, const Value &container);
// What {{ value }} prints. Throws ValueError for lists and dictionaries.
TracedText printed(const Value &value);
// JSON as Python's json.dumps(value, ensure_ascii=False) writes it. Throws ValueError.
std::string toJson(const Value &value);

} // namespace inferlab::jinja
