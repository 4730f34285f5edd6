// Two samples of one figure compared: by how much they differ, how surely, and a verdict in words.
//
// The interval of a difference comes from those of the two percentiles (order statistics, exact by
// the binomial distribution) by the method of variance estimates recovery (Zou & Donner 2008):
// no distribution is assumed and nothing is drawn at random. For a ratio the same is done with
// logarithms. Medians of samples too small for that (fewer than 6) are compared by ranks.
#pragma once

#include "engine/measure/percentile_interval.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace inferlab {

enum class ComparedBy {
    OrderStatistics,
    Ranks,  // rank_interval.h
    Nothing // too few values: there is no interval
};

struct Comparison
{
    size_t nA = 0, nB = 0;
    double a = 0, b = 0;         // the percentile of each sample
    double difference = 0;       // b - a
    std::optional<double> ratio; // b / a; absent unless both are positive
    ComparedBy by = ComparedBy::Nothing;
    // 95% intervals; absent where there are too few values, and of the ratio where one reaches 0.
    std::optional<PercentileInterval> differenceInterval, ratioInterval;

    // Whether the interval leaves out "the same".
    bool differs() const noexcept;
};

// Of B against A. p in (0, 100). Nullopt where a sample is empty. Nothing here knows that
// neighbouring samples resemble each other: ITLs of one run make an interval that is too narrow;
// figures of whole runs do not.
std::optional<Comparison> compareSamples(std::span<const double> a, std::span<const double> b,
                                         double p = 50.0, double confidence = 0.95);

enum class FigureKind {
    Rate, // tok/s: more is faster
    Time  // ms: less is faster
};

// "faster by 12 to 15%", "slower: 3 to 5% more time", "no difference shown (n = 5 and 5; from 2%
// slower to 3% faster)". unit: of the figure, where no ratio exists.
std::string comparisonWords(const Comparison &comparison, FigureKind kind, std::string_view unit);

} // namespace inferlab
