// How far a percentile of a sample is known: a confidence interval from order statistics, which
// assumes nothing about the distribution (David & Nagaraja, Order Statistics, 7.1).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace inferlab {

struct PercentileInterval
{
    double low = 0, high = 0;
};

// The narrowest pair of order statistics around the p-th percentile that covers it with at least
// `confidence`, by the binomial distribution; p in (0, 100). Nullopt where the sample is too small
// for any pair to do so (for a median at 95%: fewer than 6). The sample need not be sorted.
std::optional<PercentileInterval> percentileInterval(std::span<const double> sample, double p,
                                                     double confidence = 0.95);

} // namespace inferlab
