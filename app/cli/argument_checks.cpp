#include "argument_checks.h"

#include "engine/base/error.h"
#include "engine/base/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace inferlab::cli {

namespace {

// The whole text, or nothing.
template <typename Number>
std::optional<Number> parsed(std::string_view text)
{
    Number number {};
    const char *end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    if (result.ec != std::errc() || result.ptr != end)
        return std::nullopt;
    return number;
}

// What is wrong with a value, without the option's name: the parser puts that before it.
std::string unlike(const std::string &expected, const std::string &found)
{
    return InputError("", "", expected, found.empty() ? "nothing" : found).what();
}

std::string wholeText(int64_t number)
{
    return number < 0 ? "-" + groupedText(0 - static_cast<uint64_t>(number))
                      : groupedText(static_cast<uint64_t>(number));
}

std::string boundText(double bound)
{
    const bool isWhole = bound == std::floor(bound) && std::abs(bound) < 1e15;
    return isWhole ? wholeText(static_cast<int64_t>(bound)) : shortText(bound);
}

} // namespace

CLI::Validator wholeNumber(int64_t least, uint64_t most)
{
    const std::string range = wholeText(least) + " to " + groupedText(most);
    return {[least, most, range](const std::string &text) {
                const auto below = parsed<int64_t>(text);
                const auto above = parsed<uint64_t>(text);
                const bool inside = (below && *below >= least && *below < 0)
                    || (above && *above <= most
                        && (least <= 0 || *above >= static_cast<uint64_t>(least)));
                return inside ? std::string() : unlike("a whole number from " + range, text);
            },
            range};
}

CLI::Validator realNumber(double least, double most)
{
    const std::string range = boundText(least) + " to " + boundText(most);
    return {[least, most, range](const std::string &text) {
                const auto number = parsed<double>(text);
                const bool inside = number && *number >= least && *number <= most;
                return inside ? std::string() : unlike("a number from " + range, text);
            },
            range};
}

CLI::Validator positiveNumber(double most)
{
    const std::string range = "above 0, up to " + boundText(most);
    return {[most, range](const std::string &text) {
                const auto number = parsed<double>(text);
                const bool inside = number && *number > 0.0 && *number <= most;
                return inside ? std::string() : unlike("a number " + range, text);
            },
            range};
}

CLI::Validator oneOf(const std::vector<std::string> &words)
{
    std::string list;
    for (const std::string &word : words)
        list += (list.empty() ? "" : " or ") + word;
    return {[words, list](const std::string &text) {
                const bool known = std::find(words.begin(), words.end(), text) != words.end();
                return known ? std::string() : unlike(list, text);
            },
            list};
}

CLI::Validator notEmpty()
{
    return {[](const std::string &text) {
                return text.empty() ? unlike("a name", "an empty one") : std::string();
            },
            ""};
}

std::vector<int32_t> parseNumbers(std::string_view text, const std::string &option, int32_t least,
                                  int32_t most, const std::string &expected)
{
    std::vector<int32_t> numbers;
    while (true) {
        const size_t comma = text.find(',');
        std::string_view part = text.substr(0, comma);
        while (part.starts_with(' '))
            part.remove_prefix(1);
        const auto number = parsed<int32_t>(part);
        if (!number || *number < least || *number > most)
            throw InputError(option, "", expected, "\"" + std::string(part) + "\"");
        numbers.push_back(*number);
        if (comma == std::string_view::npos)
            return numbers;
        text.remove_prefix(comma + 1);
    }
}

void requireOtherThan(const std::vector<InputFile> &inputs, const std::string &output,
                      const std::string &option)
{
    for (const InputFile &input : inputs) {
        std::error_code ignored; // a file that is not there is not replaced
        if (!input.path.empty() && std::filesystem::equivalent(output, input.path, ignored))
            throw InputError(option, "", "a file other than " + input.name, output);
    }
}

} // namespace inferlab::cli
