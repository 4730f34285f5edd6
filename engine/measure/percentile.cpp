// Percentiles of a sample, and how large a sample has to be for one.
#include "engine/measure/percentile.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace inferlab {

double percentileOfSorted(std::span<const double> sorted, double p) noexcept
{
    assert(!sorted.empty() && p >= 0.0 && p <= 100.0);
    const double place = static_cast<double>(sorted.size() - 1) * (p / 100.0);
    const auto below = static_cast<size_t>(place);
    if (below + 1 >= sorted.size())
        return sorted.back();
    return std::lerp(sorted[below], sorted[below + 1], place - static_cast<double>(below));
}

std::optional<double> percentile(std::span<const double> sample, double p)
{
    const double ps[] = {p};
    const std::vector<double> one = percentiles(sample, ps);
    return one.empty() ? std::nullopt : std::optional(one.front());
}

std::vector<double> percentiles(std::span<const double> sample, std::span<const double> ps)
{
    if (sample.empty())
        return {};
    std::vector<double> sorted(sample.begin(), sample.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> values;
    values.reserve(ps.size());
    for (const double p : ps)
        values.push_back(percentileOfSorted(sorted, p));
    return values;
}

size_t samplesNeeded(double p) noexcept
{
    assert(p >= 0.0 && p <= 100.0);
    // The median is shown from the first sample on.
    if (p <= 50.0)
        return 1;
    // Smallest n for which n samples would hold at most one above the percentile with a probability
    // of at most 1%: (1 - t)^n + n t (1 - t)^(n-1) <= 0.01, t = 1 - p / 100.
    const double tail = 1.0 - p / 100.0;
    const auto tooFew = [tail](double n) {
        const double body = 1.0 - tail;
        return std::pow(body, n) + n * tail * std::pow(body, n - 1) > 0.01;
    };
    // Where the tail is that thin, no run has enough samples (P100 never has).
    constexpr size_t kMost = size_t {1} << 40;
    if (tooFew(static_cast<double>(kMost)))
        return std::numeric_limits<size_t>::max();
    size_t low = 1;      // too few
    size_t high = kMost; // enough
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        (tooFew(static_cast<double>(middle)) ? low : high) = middle;
    }
    return high;
}

SampleSummary summariseSorted(std::span<const double> sorted) noexcept
{
    assert(!sorted.empty());
    SampleSummary s;
    s.n = sorted.size();
    const auto n = static_cast<double>(s.n);
    s.min = sorted.front();
    s.max = sorted.back();
    // Rounding must not push the mean of equal samples out of their range.
    s.mean = std::clamp(std::accumulate(sorted.begin(), sorted.end(), 0.0) / n, s.min, s.max);
    if (s.n >= 2) {
        double squares = 0.0;
        for (const double value : sorted)
            squares += (value - s.mean) * (value - s.mean);
        s.standardDeviation = std::sqrt(squares / (n - 1.0));
    }
    s.p50 = percentileOfSorted(sorted, 50);
    s.p90 = percentileOfSorted(sorted, 90);
    s.p95 = percentileOfSorted(sorted, 95);
    s.p99 = percentileOfSorted(sorted, 99);
    return s;
}

std::optional<SampleSummary> summarise(std::span<const double> sample)
{
    if (sample.empty())
        return std::nullopt;
    std::vector<double> sorted(sample.begin(), sample.end());
    std::sort(sorted.begin(), sorted.end());
    return summariseSorted(sorted);
}

} // namespace inferlab
