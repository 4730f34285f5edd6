#include "engine/measure/slo_words.h"

#include "engine/base/number_text.h"

#include <algorithm>

namespace inferlab {

namespace {

// Never 100 where it is less.
std::string percentText(double share)
{
    if (share >= 1)
        return "100";
    for (const int digits : {2, 3}) {
        if (std::string text = shortText(100 * share, digits); text != "100")
            return text;
    }
    return ">99.9";
}

} // namespace

std::string attainmentText(const SloOutcome &outcome)
{
    const auto interval = outcome.attainmentInterval();
    if (!outcome.attainment || !interval)
        return "-";
    return percentText(*outcome.attainment) + " (" + percentText(interval->low) + " to "
        + percentText(interval->high) + ")";
}

std::string goodputText(const SloOutcome &outcome)
{
    return outcome.goodputRequestPerSecond ? shortText(*outcome.goodputRequestPerSecond, 3) : "-";
}

std::string missedText(const SloOutcome &outcome)
{
    const size_t missed = std::max(
        {outcome.missedTtft, outcome.missedTpot, outcome.missedItl, outcome.missedEndToEnd});
    const std::string of = " of " + std::to_string(outcome.requests);
    if (outcome.notCompleted > missed)
        return "not completed, " + std::to_string(outcome.notCompleted) + of;
    return missed == 0 ? "none" : outcome.mostMissed() + ", " + std::to_string(missed) + of;
}

} // namespace inferlab
