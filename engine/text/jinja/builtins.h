// The filters, tests, methods and operators that templates are given, as Jinja and Python define
// them. All throw ValueError; names that are not here are refused by name.
#pragma once

#include "budget.h"
#include "value.h"

#include <string_view>
#include <utility>
#include <vector>

namespace inferlab::jinja {

// Evaluated arguments of a call.
class CallArguments
{
public:
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> named;

    // The argument at `position` or with that name; null when it was not given.
    const Value *find(size_t position, std::string_view name) const;
    // Throws when more are given than `most`, or named ones other than `names`.
    void allow(size_t most, std::initializer_list<std::string_view> names) const;
};

Value applyFilter(std::string_view name, const Value &input, const CallArguments &arguments,
                  Budget &budget);
bool applyTest(std::string_view name, const Value &input, const CallArguments &arguments,
               Budget &budget);
Value callMethod(std::string_view name, const Value &object, const CallArguments &arguments,
                 Budget &budget);
// Every operator of two values but "and" and "or".
Value applyOperator(std::string_view op, const Value &left, const Value &right, Budget &budget);
Value subscript(const Value &object, const Value &key, Budget &budget);
// Python's object[begin:end:step]; Undefined stands for a part that is left out.
Value slice(const Value &object, const Value &begin, const Value &end, const Value &step,
            Budget &budget);
// What a loop or the list filter runs through: a list's items, a dictionary's keys, a string's
// characters.
std::vector<Value> itemsOf(const Value &value, Budget &budget);

} // namespace inferlab::jinja
