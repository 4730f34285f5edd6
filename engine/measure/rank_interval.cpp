// Counts of arrangements by generating function: the coefficients of the Gaussian binomial.
#include "engine/measure/rank_interval.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace inferlab {

namespace {

constexpr size_t kMostValues = 1000;   // of the larger sample
constexpr size_t kMostOfSmaller = 50;  // more have order statistics of their own
constexpr size_t kMostPairs = 1 << 14; // work grows with pairs times the smaller sample

// Of all arrangements of n and m values in a row, the share in which the statistic is u, for every
// u: the product over i = 1 .. n of (1 - x^(m + i)) / (1 - x^i), over its sum.
std::vector<double> mannWhitney(size_t n, size_t m)
{
    std::vector<double> counts(n * m + 1, 0.0);
    counts[0] = 1.0;
    for (size_t i = 1; i <= n; ++i) {
        for (size_t u = counts.size(); u-- > m + i;)
            counts[u] -= counts[u - m - i];
        for (size_t u = i; u < counts.size(); ++u)
            counts[u] += counts[u - i];
        // Each factor is a share of its own: so no count leaves what a double holds.
        const double share = static_cast<double>(i) / static_cast<double>(m + i);
        for (double &count : counts)
            count *= share;
    }
    return counts;
}

} // namespace

std::optional<size_t> distancesOutside(size_t n, size_t m, double confidence)
{
    const auto [smaller, larger] = std::minmax(n, m);
    if (smaller == 0 || larger > kMostValues || smaller > kMostOfSmaller
        || smaller * larger > kMostPairs)
        return std::nullopt;
    const std::vector<double> shares = mannWhitney(smaller, larger);
    double tail = 0.0;
    size_t outside = 0;
    while (outside < shares.size() && tail + shares[outside] <= 0.5 * (1.0 - confidence))
        tail += shares[outside++];
    return outside > 0 ? std::optional(outside - 1) : std::nullopt;
}

std::optional<PercentileInterval>
rankInterval(std::span<const double> a, std::span<const double> b,
             const std::function<double(double, double)> &distance, double confidence)
{
    const std::optional<size_t> outside = distancesOutside(a.size(), b.size(), confidence);
    if (!outside)
        return std::nullopt;
    std::vector<double> distances;
    distances.reserve(a.size() * b.size());
    for (const double from : a) {
        for (const double to : b)
            distances.push_back(distance(from, to));
    }
    std::sort(distances.begin(), distances.end());
    return PercentileInterval {distances[*outside], distances[distances.size() - 1 - *outside]};
}

} // namespace inferlab
