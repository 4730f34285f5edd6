#include "help_text.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace inferlab::cli {

namespace {

constexpr size_t kColumns = 80;
constexpr size_t kTextColumn = 28;   // where descriptions begin
constexpr char kFixedSpace = '\x1f'; // a space at which no line is broken

// Words from column `left` on; the first line has its left part already.
void appendWrapped(std::string &out, std::string_view text, size_t left)
{
    size_t column = left;
    while (!text.empty()) {
        const size_t end = std::min(text.find(' '), text.size());
        if (column > left) {
            if (column + 1 + end > kColumns) {
                out += '\n' + std::string(left, ' ');
                column = left;
            } else {
                out += ' ';
                ++column;
            }
        }
        for (const char c : text.substr(0, end))
            out += c == kFixedSpace ? ' ' : c;
        column += end;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    out += '\n';
}

std::string unbroken(std::string text)
{
    std::replace(text.begin(), text.end(), ' ', kFixedSpace);
    return text;
}

void appendEntry(std::string &out, const std::string &left, const std::string &text)
{
    std::string line = "  " + left;
    if (line.size() + 2 > kTextColumn)
        line += '\n' + std::string(kTextColumn, ' ');
    else
        line.resize(kTextColumn, ' ');
    out += line;
    appendWrapped(out, text, kTextColumn);
}

// The kind of value and what it may be, which the parser keeps as "N:1 to 256".
std::string valueName(const CLI::Option &option)
{
    const std::string both = option.get_type_name();
    return both.substr(0, both.find(':'));
}

std::string valueRange(const CLI::Option &option)
{
    const std::string both = option.get_type_name();
    const size_t colon = both.find(':');
    return colon == std::string::npos ? "" : both.substr(colon + 1);
}

bool takesValue(const CLI::Option &option)
{
    return option.get_items_expected_max() > 0;
}

std::string signature(const CLI::Option &option)
{
    if (option.get_positional())
        return valueName(option);
    return option.get_name() + (takesValue(option) ? " " + valueName(option) : "");
}

// "Description (1 to 256; default: 1; only with --chat)"
std::string meaning(const CLI::Option &option)
{
    std::string facts;
    const auto add = [&facts](const std::string &fact) {
        facts += (facts.empty() ? "" : "; ") + fact;
    };
    if (takesValue(option) && !valueRange(option).empty())
        add(valueRange(option));
    if (option.get_required())
        add("required");
    else if (!option.get_default_str().empty())
        add("default: " + option.get_default_str());
    for (const CLI::Option *other : option.get_needs())
        add("only with " + other->get_name());
    for (const CLI::Option *other : option.get_excludes())
        add("not with " + other->get_name());
    constexpr size_t kShort = 28; // about half a line
    if (facts.size() <= kShort)
        facts = unbroken(facts);
    return option.get_description() + (facts.empty() ? "" : " (" + facts + ")");
}

std::vector<const CLI::Option *> optionsOf(const CLI::App &command)
{
    return command.get_options(
        [&command](const CLI::Option *option) { return option != command.get_help_ptr(); });
}

// Option groups are commands without a name: here always a choice of one.
std::vector<const CLI::App *> choicesOf(const CLI::App &command)
{
    return command.get_subcommands([](const CLI::App *sub) { return sub->get_name().empty(); });
}

std::string usage(const CLI::App &command)
{
    std::string words;
    for (const CLI::App *choice : choicesOf(command)) {
        std::string alternatives;
        for (const CLI::Option *option : optionsOf(*choice))
            alternatives += (alternatives.empty() ? "" : " | ") + unbroken(signature(*option));
        words += " (" + alternatives + ")";
    }
    std::string required;
    bool hasOthers = false;
    for (const CLI::Option *option : optionsOf(command)) {
        if (option->get_required())
            required += " " + unbroken(signature(*option));
        else
            hasOthers = true;
    }
    return required + words + (hasOthers ? " [options]" : "");
}

std::string commandHelp(const CLI::App &command, const std::string &name)
{
    const std::string call = "Usage: " + name;
    std::string out = command.get_description() + "\n\n" + call + " ";
    appendWrapped(out, usage(command).substr(1), call.size() + 1);
    for (const CLI::App *choice : choicesOf(command)) {
        out += "\nOne of:\n";
        for (const CLI::Option *option : optionsOf(*choice))
            appendEntry(out, signature(*option), meaning(*option));
    }
    out += "\nOptions:\n";
    for (const CLI::Option *option : optionsOf(command))
        appendEntry(out, signature(*option), meaning(*option));
    return out;
}

std::string programHelp(const CLI::App &app, const std::string &name)
{
    std::string out = app.get_description() + "\n\nUsage: " + name + " COMMAND [options]\n\n";
    for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
        appendEntry(out, command->get_name(), command->get_description());
    out += "\n" + name + " COMMAND --help tells the options of a command.\n" + name
        + " --version tells the program's version.\n\n"
          "Results go to stdout, messages to stderr. Exit codes: 0 done, 1 failed at run\n"
          "time, 2 bad arguments or bad input, 130 interrupted.\n";
    return out;
}

} // namespace

std::string helpText(const CLI::App &command, const std::string &name)
{
    return command.get_parent() == nullptr ? programHelp(command, name)
                                           : commandHelp(command, name);
}

} // namespace inferlab::cli
