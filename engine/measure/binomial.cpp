// In logarithms, so that neither powers nor coefficients leave what a double holds.
#include "engine/measure/binomial.h"

#include <cmath>

namespace inferlab {

namespace {

// P(B <= k).
double atMost(size_t k, size_t n, double q)
{
    double sum = 0.0;
    for (size_t i = 0; i <= k; ++i)
        sum += binomialProbability(n, i, q);
    return sum;
}

// P(B >= k).
double atLeast(size_t k, size_t n, double q)
{
    double sum = 0.0;
    for (size_t i = k; i <= n; ++i)
        sum += binomialProbability(n, i, q);
    return sum;
}

// Where a function that rises over (0, 1) takes a value.
template <typename Rising>
double placeOf(double value, Rising rising)
{
    constexpr int kHalvings = 60; // beyond the precision of a double
    double low = 0.0;
    double high = 1.0;
    for (int i = 0; i < kHalvings; ++i) {
        const double middle = 0.5 * (low + high);
        (rising(middle) < value ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

} // namespace

double binomialProbability(size_t n, size_t k, double q)
{
    const auto dn = static_cast<double>(n);
    const auto dk = static_cast<double>(k);
    return std::exp(std::lgamma(dn + 1) - std::lgamma(dk + 1) - std::lgamma(dn - dk + 1)
                    + dk * std::log(q) + (dn - dk) * std::log1p(-q));
}

PercentileInterval shareInterval(size_t k, size_t n, double confidence)
{
    const double tail = 0.5 * (1.0 - confidence);
    PercentileInterval interval {0.0, 1.0};
    if (k > 0)
        interval.low = placeOf(tail, [=](double q) { return atLeast(k, n, q); });
    if (k < n)
        interval.high = placeOf(1.0 - tail, [=](double q) { return 1.0 - atMost(k, n, q); });
    return interval;
}

} // namespace inferlab
