#include "cache_verdicts.h"

#include "app/experiment/point_summary.h"
#include "engine/base/number_text.h"
#include "engine/measure/curve_crossing.h"

#include <algorithm>
#include <map>

namespace inferlab {

namespace {

// Medians at one length; absent where not known.
struct AtLength
{
    std::optional<double> onMs, offMs;
    std::optional<double> predictedOnMs, predictedOffMs;
};

// What a comparison has in common, "batch 8", and its lengths, rising.
using ByLength = std::map<double, AtLength>;

std::string othersOf(const Experiment &experiment, const ExperimentPoint &point,
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

std::optional<double> medianOf(const std::optional<SampleSummary> &sample)
{
    return sample ? std::optional(sample->p50) : std::nullopt;
}

std::map<std::string, ByLength> gathered(const ExperimentResult &result, const CacheRoles &roles,
                                         const ExperimentOutlook *outlook)
{
    std::map<std::string, ByLength> out;
    for (size_t i = 0; i < result.points.size(); ++i) {
        const ExperimentPoint &point = result.points[i].point;
        AtLength &at = out[othersOf(result.experiment, point, roles)]
                          [std::get<double>(point.values[roles.length])];
        const bool on = std::get<std::string>(point.values[roles.cache]) == "on";
        (on ? at.onMs : at.offMs) = medianOf(summarisePoint(result.points[i]).endToEndMs);
        if (outlook != nullptr && i < outlook->points.size() && outlook->points[i].metrics)
            (on ? at.predictedOnMs : at.predictedOffMs) =
                medianOf(outlook->points[i].metrics->endToEnd);
    }
    return out;
}

std::string timesText(double off, double on)
{
    return shortText(off / on, 3);
}

std::string verdictOf(const std::string &lengthName, const std::string &others,
                      const ByLength &byLength)
{
    std::vector<double> lengths;
    std::vector<double> on;
    std::vector<double> off;
    const AtLength *last = nullptr;
    for (const auto &[length, at] : byLength) {
        if (!at.onMs || !at.offMs || *at.onMs <= 0)
            continue;
        lengths.push_back(length);
        on.push_back(*at.onMs);
        off.push_back(*at.offMs);
        last = &at;
    }
    if (last == nullptr)
        return {};
    std::string text = "KV cache by " + lengthName + (others.empty() ? "" : " at " + others) + ": "
        + cachePaysWords(lengths, on, off) + "; at " + shortText(lengths.back(), 7)
        + ", answers take " + timesText(off.back(), on.back()) + " times as long without it";
    if (last->predictedOnMs && last->predictedOffMs && *last->predictedOnMs > 0)
        text += " (predicted: " + timesText(*last->predictedOffMs, *last->predictedOnMs) + ")";
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
    const std::string name(axisInfo(result.experiment.axes[roles->length].kind).title);
    for (const auto &[others, byLength] : gathered(result, *roles, outlook)) {
        if (std::string words = verdictOf(name, others, byLength); !words.empty())
            out.push_back(std::move(words));
    }
    return out;
}

} // namespace inferlab
