// Kneedle on curves whose knee is known, on curves that have none, and turned round.
#include "engine/measure/knee.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace inferlab;

namespace {

std::vector<double> places(size_t n)
{
    std::vector<double> x(n);
    std::iota(x.begin(), x.end(), 0.0);
    return x;
}

std::optional<size_t> knee(const std::vector<double> &y, CurveShape shape, CurveDirection direction)
{
    return kneedle(places(y.size()), y, shape, direction);
}

const std::vector<double> kConcave {0, 60, 80, 85, 90, 95, 96, 97, 98, 99};
const std::vector<double> kConvex {1, 2, 3, 4, 5, 10, 15, 20, 40, 100};

std::vector<double> reversed(std::vector<double> values)
{
    std::reverse(values.begin(), values.end());
    return values;
}

} // namespace

TEST_CASE("Kneedle finds the knee of a concave and of a convex curve")
{
    CHECK(knee(kConcave, CurveShape::Concave, CurveDirection::Increasing) == 2);
    CHECK(knee(kConvex, CurveShape::Convex, CurveDirection::Increasing) == 7);
}

TEST_CASE("a curve seen in a mirror has its knee at the mirrored place")
{
    CHECK(knee(reversed(kConcave), CurveShape::Concave, CurveDirection::Decreasing) == 7);
    CHECK(knee(reversed(kConvex), CurveShape::Convex, CurveDirection::Decreasing) == 2);
}

TEST_CASE("the mirrored place is right for uneven loads too")
{
    const std::vector<double> x {1, 2, 4, 8, 16, 32, 64, 128};
    const std::vector<double> y {50, 98, 190, 350, 600, 800, 880, 900};
    CHECK(kneedle(x, y, CurveShape::Concave, CurveDirection::Increasing) == 5);
    std::vector<double> mirroredX;
    for (const double value : x)
        mirroredX.insert(mirroredX.begin(), 129 - value);
    CHECK(kneedle(mirroredX, reversed(y), CurveShape::Concave, CurveDirection::Decreasing) == 2);
}

TEST_CASE("scale and offset do not move the knee")
{
    std::vector<double> x = places(kConcave.size());
    std::vector<double> y = kConcave;
    for (double &value : x)
        value = value * 1e-3 + 7;
    for (double &value : y)
        value = value * 1e6 - 3;
    CHECK(kneedle(x, y, CurveShape::Concave, CurveDirection::Increasing) == 2);
}

TEST_CASE("a line, a flat curve and too few points have no knee")
{
    for (const double slope : {1.0, 0.1, 1e9}) {
        std::vector<double> line = places(20);
        for (double &value : line)
            value = value * slope + 0.3;
        CHECK_FALSE(knee(line, CurveShape::Concave, CurveDirection::Increasing).has_value());
        CHECK_FALSE(knee(line, CurveShape::Convex, CurveDirection::Increasing).has_value());
    }
    CHECK_FALSE(knee({5, 5, 5, 5}, CurveShape::Concave, CurveDirection::Increasing).has_value());
    CHECK_FALSE(knee({}, CurveShape::Concave, CurveDirection::Increasing).has_value());
    CHECK_FALSE(knee({1, 2}, CurveShape::Concave, CurveDirection::Increasing).has_value());
}

namespace {

// A curve over 0 .. 10 with these heights above the straight line from its first to its last point.
std::vector<double> aboveTheLine(const std::vector<double> &heights)
{
    std::vector<double> y;
    for (size_t i = 0; i < heights.size(); ++i)
        y.push_back(static_cast<double>(i) / static_cast<double>(heights.size() - 1) + heights[i]);
    return y;
}

} // namespace

TEST_CASE("a maximum counts once the curve falls by a mean step below it")
{
    // The mean step is 0.1. Behind the first maximum, at 2, the curve falls by 0.08 and rises
    // again; behind the second, at 4, it falls on.
    CHECK(knee(aboveTheLine({0, 0.1, 0.2, 0.12, 0.3, 0.25, 0.15, 0.1, 0.06, 0.03, 0}),
               CurveShape::Concave, CurveDirection::Increasing)
          == 4);
    CHECK(knee(aboveTheLine({0, 0.1, 0.2, 0.09, 0.3, 0.25, 0.15, 0.1, 0.06, 0.03, 0}),
               CurveShape::Concave, CurveDirection::Increasing)
          == 2);
}

TEST_CASE("a wiggle below a mean step is noise on a line")
{
    CHECK_FALSE(knee(aboveTheLine({0, 0.05, 0.01, 0.06, 0.02, 0.09, 0.03, 0.05, 0.0, 0.04, 0}),
                     CurveShape::Concave, CurveDirection::Increasing)
                    .has_value());
}

TEST_CASE("the ends of the curve are no knees")
{
    // The difference falls from the first point on: a maximum only if an end could be one.
    CHECK_FALSE(
        knee({0, 1, 2, 4, 8, 16}, CurveShape::Concave, CurveDirection::Increasing).has_value());
}

TEST_CASE("a higher sensitivity asks for a deeper fall")
{
    const std::vector<double> x = places(kConcave.size());
    CHECK(kneedle(x, kConcave, CurveShape::Concave, CurveDirection::Increasing, 1.0) == 2);
    CHECK_FALSE(
        kneedle(x, kConcave, CurveShape::Concave, CurveDirection::Increasing, 20.0).has_value());
}
