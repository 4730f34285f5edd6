// Percentiles by linear interpolation between order statistics (numpy's type 7), and when a sample
// is large enough for one (MLPerf LoadGen's binomial rule, 99% confidence).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace inferlab {

// p in 0 .. 100. Nullopt for an empty sample. The sample need not be sorted.
std::optional<double> percentile(std::span<const double> sample, double p);
// Several at once, in time linear in the sample.
std::vector<double> percentiles(std::span<const double> sample, std::span<const double> ps);

// The same for a sample that is sorted already and not empty.
double percentileOfSorted(std::span<const double> sorted, double p) noexcept;

// Samples needed before P50/P90/P95/P99 may be claimed: 1, 64, 130, 662.
size_t samplesNeeded(double p) noexcept;

struct SampleSummary
{
    size_t n = 0;
    double mean = 0, standardDeviation = 0; // of the sample (ddof 1); 0 for n < 2
    double min = 0, max = 0;
    double p50 = 0, p90 = 0, p95 = 0, p99 = 0;
    bool claims(double p) const noexcept { return n >= samplesNeeded(p); }
};
// Nullopt for an empty sample.
std::optional<SampleSummary> summarise(std::span<const double> sample);
// The same for a sample that is sorted already and not empty.
SampleSummary summariseSorted(std::span<const double> sorted) noexcept;

// P50, of nothing nothing.
inline std::optional<double> medianOf(const std::optional<SampleSummary> &summary) noexcept
{
    return summary ? std::optional(summary->p50) : std::nullopt;
}

} // namespace inferlab
