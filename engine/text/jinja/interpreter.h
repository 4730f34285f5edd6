// Runs a parsed template.
#pragma once

#include "budget.h"
#include "builtins.h"
#include "syntax_tree.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace inferlab::jinja {

using Variables = std::unordered_map<std::string, Value>;

class Interpreter
{
public:
    // `variables`: what the template is given, beside range, namespace and raise_exception.
    Interpreter(const std::string &sourceName, Variables variables);

    // Throws InputError: the template refuses, does what the interpreter does not have, or exceeds
    // its budget.
    TracedText render(const Block &block);

private:
    enum class Flow { Normal, Break, Continue };

    Flow run(const Block &block);
    Flow runStatement(const Statement &statement);
    Flow runFor(const For &loop);
    Flow runIf(const If &choice);
    void runSet(const Set &set);
    void print(const TracedText &text);
    void assign(const std::vector<std::string> &targets, const Value &value);

    Value evaluate(const Expression &expression);
    Value evaluateNode(const Expression &expression);
    Value evaluateOptional(const ExpressionPtr &expression);
    Value evaluateBinary(const Binary &binary);
    Value evaluateCall(const Call &call);
    Value evaluateAttribute(const Attribute &attribute);
    Value evaluateDict(const DictLiteral &literal);
    Value lookUp(const std::string &name) const;
    CallArguments evaluateArguments(const Arguments &arguments);
    Value callFunction(std::string_view name, const CallArguments &arguments);

    const std::string &m_sourceName;
    Budget m_budget;
    std::vector<Variables> m_scopes; // inner ones last
    TracedText m_output;
};

} // namespace inferlab::jinja
