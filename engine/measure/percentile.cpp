// Percentiles of a sample, and how large a sample has to be for one.
#include "engine/measure/percentile.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace inferlab {

namespace {

// Between which two order statistics of n samples a percentile lies, and where between them.
struct Place
{
    Place(size_t n, double p)
    {
        assert(n > 0 && p >= 0.0 && p <= 100.0);
        const double exact = static_cast<double>(n - 1) * (p / 100.0);
        below = std::min(static_cast<size_t>(exact), n - 1);
        above = std::min(below + 1, n - 1);
        share = exact - static_cast<double>(below);
    }
    // `values` has the order statistics at these two places.
    double in(std::span<const double> values) const
    {
        return std::lerp(values[below], values[above], share);
    }

    size_t below = 0;
    size_t above = 0;
    double share = 0.0;
};

// Puts the order statistics of these percentiles at their places. A run may have a million gaps and
// the charts ask once a frame, so the rest is not sorted.
void arrange(std::vector<double> &values, std::span<const double> ps)
{
    std::vector<size_t> places;
    for (const double p : ps) {
        const Place place(values.size(), p);
        places.push_back(place.below);
        places.push_back(place.above);
    }
    std::sort(places.begin(), places.end());
    auto begin = values.begin();
    for (const size_t place : places) {
        const auto at = values.begin() + static_cast<std::ptrdiff_t>(place);
        if (at < begin)
            continue; // arranged already
        std::nth_element(begin, at, values.end());
        begin = at + 1;
    }
}

constexpr double kSummaryPercentiles[] = {0, 50, 90, 95, 99, 100};

// `values` has the order statistics of these percentiles at their places.
SampleSummary summaryOf(std::span<const double> values)
{
    SampleSummary s;
    s.n = values.size();
    const auto n = static_cast<double>(s.n);
    s.min = values.front();
    s.max = values.back();
    // Rounding must not push the mean of equal samples out of their range.
    s.mean = std::clamp(std::accumulate(values.begin(), values.end(), 0.0) / n, s.min, s.max);
    if (s.n >= 2) {
        double squares = 0.0;
        for (const double value : values)
            squares += (value - s.mean) * (value - s.mean);
        s.standardDeviation = std::sqrt(squares / (n - 1.0));
    }
    s.p50 = percentileOfSorted(values, 50);
    s.p90 = percentileOfSorted(values, 90);
    s.p95 = percentileOfSorted(values, 95);
    s.p99 = percentileOfSorted(values, 99);
    return s;
}

// Smallest n for which n samples would hold at most one above the percentile with a probability of
// at most 1%: (1 - t)^n + n t (1 - t)^(n-1) <= 0.01, t = 1 - p / 100. p above 50.
size_t searchSamplesNeeded(double p) noexcept
{
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

} // namespace

double percentileOfSorted(std::span<const double> sorted, double p) noexcept
{
    return Place(sorted.size(), p).in(sorted);
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
    std::vector<double> arranged(sample.begin(), sample.end());
    arrange(arranged, ps);
    std::vector<double> values;
    values.reserve(ps.size());
    for (const double p : ps)
        values.push_back(percentileOfSorted(arranged, p));
    return values;
}

size_t samplesNeeded(double p) noexcept
{
    assert(p >= 0.0 && p <= 100.0);
    // The median is shown from the first sample on.
    if (p <= 50.0)
        return 1;
    // Charts ask for the same few at every point that they draw.
    static const std::array<std::pair<double, size_t>, 3> usual {
        {{90.0, searchSamplesNeeded(90.0)},
         {95.0, searchSamplesNeeded(95.0)},
         {99.0, searchSamplesNeeded(99.0)}}};
    for (const auto &[percent, needed] : usual) {
        if (percent == p)
            return needed;
    }
    return searchSamplesNeeded(p);
}

SampleSummary summariseSorted(std::span<const double> sorted) noexcept
{
    assert(!sorted.empty());
    return summaryOf(sorted);
}

std::optional<SampleSummary> summarise(std::span<const double> sample)
{
    if (sample.empty())
        return std::nullopt;
    std::vector<double> arranged(sample.begin(), sample.end());
    arrange(arranged, kSummaryPercentiles);
    return summaryOf(arranged);
}

} // namespace inferlab
