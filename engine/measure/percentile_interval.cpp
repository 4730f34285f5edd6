// Binomial probabilities, added up from both sides.
#include "engine/measure/percentile_interval.h"

#include "engine/measure/binomial.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace inferlab {

std::optional<PercentileInterval> percentileInterval(std::span<const double> sample, double p,
                                                     double confidence)
{
    const size_t n = sample.size();
    const double q = p / 100.0;
    if (n < 2 || !(q > 0) || !(q < 1))
        return std::nullopt;
    // [x(low), x(high)], 1-based, holds the percentile when low <= B < high values lie below it.
    const auto middle = static_cast<size_t>(
        std::clamp(std::floor(q * static_cast<double>(n)), 1.0, static_cast<double>(n - 1)));
    size_t low = middle;
    size_t high = middle + 1;
    double covered = binomialProbability(n, middle, q);
    while (covered < confidence) {
        const double below = low > 1 ? binomialProbability(n, low - 1, q) : -1.0;
        const double above = high < n ? binomialProbability(n, high, q) : -1.0;
        if (below < 0 && above < 0)
            return std::nullopt;
        if (below >= above) {
            --low;
            covered += below;
        } else {
            ++high;
            covered += above;
        }
    }
    std::vector<double> sorted(sample.begin(), sample.end());
    const auto at = [&sorted](size_t rank) {
        const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(rank - 1);
        std::nth_element(sorted.begin(), place, sorted.end());
        return *place;
    };
    return PercentileInterval {at(low), at(high)};
}

} // namespace inferlab
