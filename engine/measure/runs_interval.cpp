#include "engine/measure/runs_interval.h"

#include "engine/measure/percentile.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kOutside = 0.05;       // of the time the interval may miss
constexpr double kNormal975 = 1.959964; // of the normal distribution

// Student's t at 97.5%: Cornish and Fisher's series, within 0.003 from 5 degrees on (Abramowitz &
// Stegun 26.7.5).
double student975(double degrees)
{
    const double z = kNormal975;
    const double z3 = z * z * z;
    const double z5 = z3 * z * z;
    const double z7 = z5 * z * z;
    return z + (z3 + z) / (4 * degrees) + (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees * degrees)
        + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees * degrees * degrees);
}

// Of the share of samples up to the percentile, with runs as what was drawn (Cochran, Sampling
// Techniques, 3.12: a ratio of totals).
double varianceOfShare(std::span<const std::vector<double>> runs, double value, double share,
                       double samples, double count)
{
    double squares = 0;
    for (const std::vector<double> &run : runs) {
        const auto below = std::upper_bound(run.begin(), run.end(), value) - run.begin();
        const double off = static_cast<double>(below) - share * static_cast<double>(run.size());
        squares += off * off;
    }
    return squares * count / (count - 1) / (samples * samples);
}

std::optional<PercentileInterval> woodruff(std::span<const double> sorted,
                                           std::span<const std::vector<double>> runs, double p,
                                           double count)
{
    const double q = p / 100;
    const auto samples = static_cast<double>(sorted.size());
    const double value = percentileOfSorted(sorted, p);
    // Where the value lies among samples, which equal ones move: the share is that of the
    // percentile.
    const double below =
        static_cast<double>(std::upper_bound(sorted.begin(), sorted.end(), value) - sorted.begin());
    const double independent = q * (1 - q) / samples;
    const double variance =
        std::max(varianceOfShare(runs, value, below / samples, samples, count), independent);
    // So many independent samples would know the share as well.
    const double worth = q * (1 - q) * count / (count - 1) / variance;
    if (std::pow(q, worth) + std::pow(1 - q, worth) > kOutside)
        return std::nullopt;
    const double reach = student975(count - 1) * std::sqrt(variance);
    const auto at = [sorted](double share) {
        return percentileOfSorted(sorted, 100 * std::clamp(share, 0.0, 1.0));
    };
    return PercentileInterval {at(q - reach), at(q + reach)};
}

} // namespace

std::optional<RunsInterval> runsInterval(std::span<const double> sorted,
                                         std::span<const std::vector<double>> runs, double p)
{
    RunsInterval out;
    const double value = sorted.empty() ? 0 : percentileOfSorted(sorted, p);
    out.interval = {value, value};
    for (const std::vector<double> &run : runs) {
        if (run.empty())
            continue;
        const double own = percentileOfSorted(run, p);
        out.interval.low = std::min(out.interval.low, own);
        out.interval.high = std::max(out.interval.high, own);
        ++out.runs;
    }
    if (out.runs < 2)
        return std::nullopt;
    if (out.runs < kFewestRunsForInterval)
        return out;
    if (const auto known = woodruff(sorted, runs, p, static_cast<double>(out.runs))) {
        out.interval = *known;
        out.method = IntervalMethod::WholeRuns;
    }
    return out;
}

} // namespace inferlab
