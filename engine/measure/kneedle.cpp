// Kneedle (Satopaa, Albrecht, Irwin, Raghavan 2011, "Finding a 'Kneedle' in a Haystack"), offline,
// without smoothing; ties and thresholds as in kneed 0.8.6.
#include "engine/measure/knee.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace inferlab {

namespace {

// To 0 .. 1; empty when all values are the same.
std::vector<double> normalised(std::span<const double> values)
{
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double range = *high - *low;
    if (!(range > 0.0) || !std::isfinite(range))
        return {};
    std::vector<double> result;
    result.reserve(values.size());
    for (const double value : values)
        result.push_back((value - *low) / range);
    return result;
}

void turnOver(std::vector<double> &values)
{
    for (double &value : values)
        value = 1.0 - value;
}

// Left becomes right: the last point is the first.
void mirror(std::vector<double> &x, std::vector<double> &y)
{
    std::reverse(x.begin(), x.end());
    turnOver(x);
    std::reverse(y.begin(), y.end());
}

// Walks the difference curve from its first maximum. A maximum sets the threshold, a minimum takes
// it away, and the maximum behind the first value under its threshold is the knee. The two ends of
// the curve are no maxima.
std::optional<size_t> walk(const std::vector<double> &difference, double drop)
{
    const size_t n = difference.size();
    std::optional<size_t> armed;
    for (size_t i = 1; i + 1 < n; ++i) {
        const double here = difference[i];
        if (here >= difference[i - 1] && here >= difference[i + 1])
            armed = i;
        if (here <= difference[i - 1] && here <= difference[i + 1])
            armed.reset();
        if (armed && difference[i + 1] < difference[*armed] - drop)
            return armed;
    }
    return std::nullopt;
}

} // namespace

std::optional<size_t> kneedle(std::span<const double> x, std::span<const double> y,
                              CurveShape shape, CurveDirection direction, double sensitivity)
{
    assert(x.size() == y.size());
    if (x.size() < 3)
        return std::nullopt;
    std::vector<double> xs = normalised(x);
    std::vector<double> ys = normalised(y);
    if (xs.empty() || ys.empty())
        return std::nullopt;

    // Every curve becomes concave and increasing.
    const bool convex = shape == CurveShape::Convex;
    const bool mirrored = convex == (direction == CurveDirection::Increasing);
    if (convex)
        turnOver(ys);
    if (mirrored)
        mirror(xs, ys);

    std::vector<double> difference;
    difference.reserve(xs.size());
    for (size_t i = 0; i < xs.size(); ++i)
        difference.push_back(ys[i] - xs[i]);
    // x runs from 0 to 1, so this is the mean step.
    const double meanStep = 1.0 / static_cast<double>(xs.size() - 1);
    const std::optional<size_t> found = walk(difference, sensitivity * meanStep);
    if (!found)
        return std::nullopt;
    return mirrored ? x.size() - 1 - *found : *found;
}

} // namespace inferlab
