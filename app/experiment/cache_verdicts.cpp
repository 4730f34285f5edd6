#include "cache_verdicts.h"

#include "app/experiment/point_samples.h"
#include "engine/base/number_text.h"
#include "engine/measure/curve_crossing.h"

#include <algorithm>

namespace inferlab {

namespace {

// Of total latency, ms; absent where not known.
struct Medians
{
    std::optional<double> measured, predicted;
};

Medians mediansAt(const ExperimentResult &result, const ExperimentOutlook *outlook,
                  const std::optional<size_t> &point)
{
    if (!point)
        return {};
    Medians out;
    out.measured = pointSamples(result.points[*point]).endToEndMs.median();
    if (outlook != nullptr && *point < outlook->points.size() && outlook->points[*point].metrics)
        out.predicted = medianOf(outlook->points[*point].metrics->endToEnd);
    return out;
}

// Values along the axes that are neither length nor cache: equal within a comparison.
std::vector<AxisValue> otherValues(const ExperimentPoint &point, const CacheRoles &roles)
{
    std::vector<AxisValue> out;
    for (size_t i = 0; i < point.values.size(); ++i) {
        if (i != roles.length && i != roles.cache)
            out.push_back(point.values[i]);
    }
    return out;
}

// "batch 8"
std::string othersText(const Experiment &experiment, const ExperimentPoint &point,
                       const CacheRoles &roles)
{
    std::string text;
    for (size_t i = 0; i < point.values.size(); ++i) {
        if (i != roles.length && i != roles.cache)
            text +=
                (text.empty() ? "" : ", ") + axisValueLabel(experiment.axes[i], point.values[i]);
    }
    return text;
}

std::string timesText(double off, double on)
{
    return shortText(off / on, 3);
}

std::string verdictOf(const ExperimentResult &result, const CacheRoles &roles,
                      const CacheComparison &comparison, const ExperimentOutlook *outlook)
{
    std::vector<double> lengths;
    std::vector<double> on;
    std::vector<double> off;
    Medians lastOn;
    Medians lastOff;
    for (const CacheComparison::AtLength &at : comparison.lengths) {
        const Medians with = mediansAt(result, outlook, at.on);
        const Medians without = mediansAt(result, outlook, at.off);
        if (!with.measured || !without.measured || *with.measured <= 0)
            continue;
        lengths.push_back(at.length);
        on.push_back(*with.measured);
        off.push_back(*without.measured);
        lastOn = with;
        lastOff = without;
    }
    if (lengths.empty())
        return {};
    const Experiment &experiment = result.experiment;
    const std::string others =
        othersText(experiment, result.points[comparison.anyPoint()].point, roles);
    std::string text = "KV cache by "
        + std::string(axisInfo(experiment.axes[roles.length].kind).title)
        + (others.empty() ? "" : " at " + others) + ": " + cachePaysWords(lengths, on, off)
        + "; at " + shortText(lengths.back(), 7) + ", answers take "
        + timesText(off.back(), on.back()) + " times as long without it";
    if (lastOn.predicted && lastOff.predicted && *lastOn.predicted > 0)
        text += " (predicted: " + timesText(*lastOff.predicted, *lastOn.predicted) + ")";
    return text + ".";
}

} // namespace

std::optional<CacheRoles> cacheRoles(const Experiment &experiment)
{
    std::optional<size_t> length;
    std::optional<size_t> number;
    std::optional<size_t> cache;
    for (size_t i = 0; i < experiment.axes.size(); ++i) {
        const AxisKind kind = experiment.axes[i].kind;
        if (kind == AxisKind::KvCache)
            cache = i;
        else if ((kind == AxisKind::PromptTokens || kind == AxisKind::NewTokens) && !length)
            length = i;
        else if (axisInfo(kind).isNumber && !number)
            number = i;
    }
    if (!length)
        length = number;
    if (!length || !cache)
        return std::nullopt;
    return CacheRoles {*length, *cache};
}

size_t CacheComparison::anyPoint() const
{
    const AtLength &first = lengths.front();
    return first.on ? *first.on : *first.off;
}

std::vector<CacheComparison> cacheComparisons(const ExperimentResult &result,
                                              const CacheRoles &roles)
{
    std::vector<std::vector<AxisValue>> others; // of each comparison
    std::vector<CacheComparison> out;
    for (size_t i = 0; i < result.points.size(); ++i) {
        const ExperimentPoint &point = result.points[i].point;
        const std::vector<AxisValue> own = otherValues(point, roles);
        const auto known = std::find(others.begin(), others.end(), own);
        const auto place = static_cast<size_t>(known - others.begin());
        if (known == others.end()) {
            others.push_back(own);
            out.emplace_back();
        }
        auto &lengths = out[place].lengths;
        const double length = std::get<double>(point.values[roles.length]);
        auto at = std::lower_bound(
            lengths.begin(), lengths.end(), length,
            [](const CacheComparison::AtLength &a, double value) { return a.length < value; });
        if (at == lengths.end() || at->length != length)
            at = lengths.insert(at, {length, {}, {}});
        (std::get<std::string>(point.values[roles.cache]) == "on" ? at->on : at->off) = i;
    }
    return out;
}

std::string cachePaysWords(std::span<const double> lengths, std::span<const double> on,
                           std::span<const double> off)
{
    if (lengths.empty())
        return {};
    if (const auto crossing = curveCrossing(lengths, on, off)) {
        // By the end at which the two differ.
        const bool later =
            off.front() < on.front() || (off.front() == on.front() && off.back() > on.back());
        return std::string("the cache pays ") + (later ? "from " : "up to ")
            + shortText(crossing->x, 3);
    }
    return off.front() > on.front() ? "the cache pays at every measured length"
                                    : "the cache pays at no measured length";
}

std::vector<std::string> cacheVerdicts(const ExperimentResult &result,
                                       const ExperimentOutlook *outlook)
{
    std::vector<std::string> out;
    const std::optional<CacheRoles> roles = cacheRoles(result.experiment);
    if (!roles)
        return out;
    for (const CacheComparison &comparison : cacheComparisons(result, *roles)) {
        if (std::string words = verdictOf(result, *roles, comparison, outlook); !words.empty())
            out.push_back(std::move(words));
    }
    return out;
}

} // namespace inferlab
