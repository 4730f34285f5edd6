#include "argument_error.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab::cli {

namespace {

// Option groups are commands without a name.
std::vector<const CLI::App *> groupsOf(const CLI::App &command)
{
    return command.get_subcommands([](const CLI::App *sub) { return sub->get_name().empty(); });
}

std::vector<const CLI::Option *> optionsOf(const CLI::App &command)
{
    std::vector<const CLI::Option *> options = command.get_options();
    for (const CLI::App *group : groupsOf(command)) {
        for (const CLI::Option *option : group->get_options()) {
            if (std::find(options.begin(), options.end(), option) == options.end())
                options.push_back(option);
        }
    }
    return options;
}

std::string joined(const std::vector<std::string> &words, const char *separator)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : separator) + word;
    return text;
}

std::string quoted(const std::string &word)
{
    return "\"" + word + "\"";
}

InputError commandMissing(const CLI::App &app, const std::string &found)
{
    std::vector<std::string> names;
    for (const CLI::App *sub : app.get_subcommands([](const CLI::App *) { return true; }))
        names.push_back(sub->get_name());
    return InputError("", "", "a command (" + joined(names, ", ") + ")", found);
}

// A word that nothing takes, if there is one.
std::optional<InputError> unknownWord(const CLI::App &app, const CLI::App &command)
{
    const std::vector<std::string> words = app.remaining(true);
    if (words.empty())
        return std::nullopt;
    const std::string &word = words.front();
    const bool isOption = word.starts_with('-');
    if (&command == &app)
        return isOption ? InputError("", "", "a command before its options (see --help)", word)
                        : commandMissing(app, quoted(word));
    return InputError(command.get_name(), "",
                      isOption ? "an option of this command (see --help)"
                               : "options with one value each (see --help)",
                      isOption ? word : quoted(word));
}

// Of "one of these" groups, the first with none or too many.
std::optional<InputError> wrongChoice(const CLI::App &command)
{
    for (const CLI::App *group : groupsOf(command)) {
        std::vector<std::string> names;
        std::vector<std::string> used;
        for (const CLI::Option *option : group->get_options()) {
            if (option == group->get_help_ptr())
                continue;
            names.push_back(option->get_name());
            if (option->count() > 0)
                used.push_back(option->get_name());
        }
        const size_t most = group->get_require_option_max();
        if (used.size() < group->get_require_option_min() || (most > 0 && used.size() > most))
            return InputError(command.get_name(), "", "one of " + joined(names, ", "),
                              used.empty() ? "none" : joined(used, " and "));
    }
    return std::nullopt;
}

std::optional<InputError> missingOption(const CLI::App &command)
{
    for (const CLI::Option *option : optionsOf(command)) {
        if (option->get_required() && option->count() == 0)
            return InputError(command.get_name(), "",
                              option->get_name() + " (" + option->get_description() + ")", "none");
    }
    return std::nullopt;
}

std::optional<InputError> wrongTogether(const CLI::App &command)
{
    for (const CLI::Option *option : optionsOf(command)) {
        if (option->count() == 0)
            continue;
        for (const CLI::Option *other : option->get_excludes()) {
            if (other->count() > 0)
                return InputError(command.get_name(), "",
                                  "either " + option->get_name() + " or " + other->get_name(),
                                  "both");
        }
        for (const CLI::Option *other : option->get_needs()) {
            if (other->count() == 0)
                return InputError(command.get_name(), "",
                                  option->get_name() + " only with " + other->get_name(),
                                  option->get_name() + " alone");
        }
    }
    return std::nullopt;
}

// An option without its value, or with several. The parser tells which one in its text alone.
std::optional<InputError> wrongCount(const CLI::App &command, std::string_view text)
{
    const std::string name(text.substr(0, text.find(':')));
    const CLI::Option *option = command.get_option_no_throw(name);
    if (option == nullptr)
        return std::nullopt;
    std::vector<std::string> values;
    for (const std::string &value : option->results())
        values.push_back(quoted(value));
    if (!values.empty())
        return InputError(name, "", "one value", joined(values, " and "));
    return InputError(name, "",
                      "a value (" + option->get_description() + "; one that begins with - as "
                          + name + "=-..)",
                      "none");
}

template <typename T>
bool is(const CLI::ParseError &error)
{
    return dynamic_cast<const T *>(&error) != nullptr;
}

} // namespace

InputError argumentError(const CLI::App &app, const CLI::ParseError &error)
{
    const std::vector<CLI::App *> named = app.get_subcommands();
    const CLI::App &command = named.empty() ? app : *named.back();
    std::optional<InputError> found;
    if (is<CLI::RequiredError>(error) || is<CLI::ExtrasError>(error)) {
        // A mistyped option is why another seems to be missing: it is named first.
        found = unknownWord(app, command);
        if (!found && &command == &app)
            found = commandMissing(app, "none");
        if (!found)
            found = missingOption(command);
        if (!found)
            found = wrongChoice(command);
    } else if (is<CLI::ArgumentMismatch>(error)) {
        found = wrongCount(command, error.what());
    } else if (is<CLI::RequiresError>(error) || is<CLI::ExcludesError>(error)) {
        found = wrongTogether(command);
    }
    return found ? *found : InputError(error.what());
}

} // namespace inferlab::cli
