// What the KV cache saved by length, in sentences: from where on it pays, and how much at the end.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace inferlab {

// The axes of such an experiment: the length that is told apart, and the cache.
struct CacheRoles
{
    size_t length = 0, cache = 0; // indices into Experiment::axes
};
// None where one of the two does not vary. The length is the first of prompt length and new tokens,
// else the first axis of numbers.
std::optional<CacheRoles> cacheRoles(const Experiment &experiment);

// Points that differ in length and cache alone, by index into ExperimentResult::points.
struct CacheComparison
{
    struct AtLength
    {
        double length = 0;
        std::optional<size_t> on, off; // none: the experiment has no such point
    };
    std::vector<AtLength> lengths; // rising, at least one
    size_t anyPoint() const;       // for what they have in common
};
// One for each combination of what else varies, in the order of the points. roles: of that
// experiment.
std::vector<CacheComparison> cacheComparisons(const ExperimentResult &result,
                                              const CacheRoles &roles);

// "the cache pays from 87", "... pays up to 64", "... pays at every measured length", "... at no
// measured length"; empty where nothing was measured. Total latency with the cache and without it
// at the same rising lengths.
std::string cachePaysWords(std::span<const double> lengths, std::span<const double> on,
                           std::span<const double> off);

// A sentence for each combination of what else varies: where the cache pays, how many times as long
// answers take without it at the greatest length, and what was predicted. By medians. outlook: null
// where nobody asked the cost model.
std::vector<std::string> cacheVerdicts(const ExperimentResult &result,
                                       const ExperimentOutlook *outlook);

} // namespace inferlab
