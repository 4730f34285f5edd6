#include "engine/measure/knee_words.h"

#include "engine/base/number_text.h"

#include <array>
#include <map>
#include <utility>
#include <vector>

namespace inferlab {

namespace {

constexpr int kDigits = 3; // of a load that a fit names; measured ones are short already

std::string listed(const std::vector<std::string> &parts)
{
    std::string text;
    for (size_t i = 0; i < parts.size(); ++i)
        text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
    return text;
}

} // namespace

std::string kneeMethodTitle(std::string_view method)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> titles {
        {{"kneedle_linear", "linear Kneedle"},
         {"kneedle_log2", "Kneedle"},
         {"max_power", "max power"},
         {"crossing", "crossing"},
         {"degradation", "+20% latency"},
         {"usl", "USL peak"},
         {"budget", "budget"}}};
    for (const auto &[name, title] : titles) {
        if (method == name)
            return std::string(title);
    }
    return std::string(method);
}

std::string kneeAnswerTitle(const KneeAnswer &answer)
{
    if (!answer.byP99)
        return kneeMethodTitle(answer.method);
    return std::string("+20% P99") + (answer.claimed ? "" : " (too few samples)");
}

std::string kneeDisagreement(const KneeReport &report)
{
    std::map<double, std::vector<std::string>> byLoad;
    for (const KneeAnswer &answer : report.answers) {
        if (answer.load && answer.method != "budget")
            byLoad[*answer.load].push_back(kneeAnswerTitle(answer));
    }
    if (byLoad.empty())
        return {};
    const auto text = [](double load) { return shortText(load, kDigits); };
    if (byLoad.size() == 1)
        return "All methods that answer name " + text(byLoad.begin()->first) + ".";
    std::string sentence = "The methods name loads from " + text(byLoad.begin()->first) + " to "
        + text(byLoad.rbegin()->first) + ": ";
    bool first = true;
    for (const auto &[load, methods] : byLoad) {
        sentence += (first ? "" : ", ") + text(load) + " by " + listed(methods);
        first = false;
    }
    return sentence + ".";
}

} // namespace inferlab
