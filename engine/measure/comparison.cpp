// Intervals of a difference and of a ratio, and their words.
#include "engine/measure/comparison.h"

#include "engine/base/number_text.h"
#include "engine/measure/percentile.h"
#include "engine/measure/rank_interval.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

// A percentile and how far it is known.
struct Known
{
    double value = 0;
    PercentileInterval interval;
};

PercentileInterval differenceOf(const Known &a, const Known &b)
{
    const double difference = b.value - a.value;
    const double down = std::hypot(b.value - b.interval.low, a.interval.high - a.value);
    const double up = std::hypot(b.interval.high - b.value, a.value - a.interval.low);
    return {difference - down, difference + up};
}

Known logarithmOf(const Known &known)
{
    return {std::log(known.value), {std::log(known.interval.low), std::log(known.interval.high)}};
}

bool leavesOut(const PercentileInterval &interval, double same)
{
    return interval.low > same || interval.high < same;
}

// Ranks look for a shift of everything, whose estimate need not be the difference of the medians.
PercentileInterval holding(PercentileInterval interval, double value)
{
    return {std::min(interval.low, value), std::max(interval.high, value)};
}

void compareByRanks(std::span<const double> a, std::span<const double> b, double confidence,
                    Comparison &out)
{
    const auto difference = rankInterval(
        a, b, [](double from, double to) { return to - from; }, confidence);
    if (!difference)
        return;
    out.by = ComparedBy::Ranks;
    out.differenceInterval = holding(*difference, out.difference);
    const auto isPositive = [](double value) { return value > 0.0; };
    if (!std::all_of(a.begin(), a.end(), isPositive)
        || !std::all_of(b.begin(), b.end(), isPositive))
        return;
    const auto ratio = rankInterval(
        a, b, [](double from, double to) { return to / from; }, confidence);
    out.ratioInterval = holding(*ratio, *out.ratio);
}

// --- words

// Whole percents from 10 on, fewer digits than a measurement repeats below.
std::string percentText(double share)
{
    return shortText(100.0 * share, 100.0 * share < 100.0 ? 2 : 3);
}

std::string fromTo(const std::string &low, const std::string &high)
{
    return low == high ? low : low + " to " + high;
}

std::string countsText(const Comparison &c)
{
    return "n = " + std::to_string(c.nA) + " and " + std::to_string(c.nB);
}

// ratio: of speeds, above 1 throughout.
std::string fasterWords(const PercentileInterval &ratio)
{
    if (ratio.low >= 2.0)
        return fromTo(shortText(ratio.low, 2), shortText(ratio.high, 2)) + " times as fast";
    return "faster by " + fromTo(percentText(ratio.low - 1.0), percentText(ratio.high - 1.0)) + "%";
}

std::string timeWords(const PercentileInterval &ratio)
{
    if (ratio.high < 1.0)
        return "faster: " + fromTo(percentText(1.0 - ratio.high), percentText(1.0 - ratio.low))
            + "% less time";
    if (ratio.low >= 2.0)
        return "slower: " + fromTo(shortText(ratio.low, 2), shortText(ratio.high, 2))
            + " times as long";
    return "slower: " + fromTo(percentText(ratio.low - 1.0), percentText(ratio.high - 1.0))
        + "% more time";
}

std::string rateWords(const PercentileInterval &ratio)
{
    if (ratio.low > 1.0)
        return fasterWords(ratio);
    return "slower by " + fromTo(percentText(1.0 - ratio.high), percentText(1.0 - ratio.low)) + "%";
}

// One end of an interval that holds 1, as a change of the figure.
std::string endWords(double ratio, FigureKind kind)
{
    const bool faster = kind == FigureKind::Rate ? ratio > 1.0 : ratio < 1.0;
    return percentText(std::abs(ratio - 1.0)) + (faster ? "% faster" : "% slower");
}

std::string differenceWords(const PercentileInterval &difference, FigureKind kind,
                            std::string_view unit)
{
    const bool more = difference.low > 0.0;
    const double least = more ? difference.low : -difference.high;
    const double most = more ? difference.high : -difference.low;
    const bool faster = more == (kind == FigureKind::Rate);
    return std::string(faster ? "faster by " : "slower by ")
        + fromTo(shortText(least, 3), shortText(most, 3)) + " " + std::string(unit);
}

} // namespace

bool Comparison::differs() const noexcept
{
    if (ratioInterval)
        return leavesOut(*ratioInterval, 1.0);
    return differenceInterval && leavesOut(*differenceInterval, 0.0);
}

std::optional<Comparison> compareSamples(std::span<const double> a, std::span<const double> b,
                                         double p, double confidence)
{
    if (a.empty() || b.empty())
        return std::nullopt;
    Comparison out;
    out.nA = a.size();
    out.nB = b.size();
    out.a = *percentile(a, p);
    out.b = *percentile(b, p);
    out.difference = out.b - out.a;
    if (out.a > 0.0 && out.b > 0.0)
        out.ratio = out.b / out.a;
    const auto intervalA = percentileInterval(a, p, confidence);
    const auto intervalB = percentileInterval(b, p, confidence);
    if (!intervalA || !intervalB) {
        if (p == 50.0)
            compareByRanks(a, b, confidence, out);
        return out;
    }
    const Known knownA {out.a, *intervalA};
    const Known knownB {out.b, *intervalB};
    out.by = ComparedBy::OrderStatistics;
    out.differenceInterval = differenceOf(knownA, knownB);
    if (intervalA->low > 0.0 && intervalB->low > 0.0) {
        const PercentileInterval logs = differenceOf(logarithmOf(knownA), logarithmOf(knownB));
        out.ratioInterval = PercentileInterval {std::exp(logs.low), std::exp(logs.high)};
    }
    return out;
}

std::string comparisonWords(const Comparison &c, FigureKind kind, std::string_view unit)
{
    const std::string none = "no difference shown (" + countsText(c);
    if (!c.differenceInterval)
        return none + ": too few for an interval)";
    if (!c.differs()) {
        if (!c.ratioInterval)
            return none + ")";
        const bool rate = kind == FigureKind::Rate;
        const double slow = rate ? c.ratioInterval->low : c.ratioInterval->high;
        const double fast = rate ? c.ratioInterval->high : c.ratioInterval->low;
        if (slow == fast)
            return none + ": the same)";
        return none + "; from " + endWords(slow, kind) + " to " + endWords(fast, kind) + ")";
    }
    if (!c.ratioInterval)
        return differenceWords(*c.differenceInterval, kind, unit);
    return kind == FigureKind::Rate ? rateWords(*c.ratioInterval) : timeWords(*c.ratioInterval);
}

} // namespace inferlab
