// How far two small samples lie apart, by ranks: for comparing a handful of runs, where order
// statistics of either sample alone say nothing yet.
#pragma once

#include "engine/measure/percentile_interval.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

namespace inferlab {

// How many of the smallest (and of the largest) of the n * m pairwise distances between two samples
// lie outside their interval: by the exact distribution of the Mann-Whitney statistic. Nullopt
// where no such interval has the confidence (at 95%: 3 against 3 values), or where both samples are
// so large that order statistics serve better (above 1,000 values).
std::optional<size_t> distancesOutside(size_t n, size_t m, double confidence = 0.95);

// The interval of the shift between the samples' distributions (Moses; Hollander & Wolfe,
// Nonparametric Statistical Methods, 4.3): it holds the true shift with at least `confidence` where
// they differ by a shift alone. distance(a, b) is what lies between two values: b - a, or b / a.
std::optional<PercentileInterval>
rankInterval(std::span<const double> a, std::span<const double> b,
             const std::function<double(double, double)> &distance, double confidence = 0.95);

} // namespace inferlab
