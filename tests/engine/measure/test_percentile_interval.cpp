// Intervals of percentiles: ranks worked out from the binomial distribution by hand, how often they
// hold the truth, and what too small a sample gives. Where curves cross.
#include "engine/measure/curve_crossing.h"
#include "engine/measure/percentile.h"
#include "engine/measure/percentile_interval.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

using namespace inferlab;
using doctest::Approx;

namespace {

std::vector<double> firstNumbers(int n)
{
    std::vector<double> values;
    for (int i = 1; i <= n; ++i)
        values.push_back(i);
    return values;
}

} // namespace

TEST_CASE("ranks of a median's interval follow the binomial distribution")
{
    // 1 - 2 (1 + 10) / 2^10 = 0.979 for ranks 2 and 9; ranks 3 and 8 cover 0.891 only.
    const auto ten = percentileInterval(firstNumbers(10), 50).value();
    CHECK(ten.low == 2);
    CHECK(ten.high == 9);
    // 1 - 2 / 2^6 = 0.969.
    const auto six = percentileInterval(firstNumbers(6), 50).value();
    CHECK(six.low == 1);
    CHECK(six.high == 6);
    CHECK_FALSE(percentileInterval(firstNumbers(5), 50)); // 1 - 2 / 2^5 = 0.938
}

TEST_CASE("small samples know nothing of the tails")
{
    CHECK_FALSE(percentileInterval(firstNumbers(20), 99));
    CHECK_FALSE(percentileInterval({}, 50));
    const std::array<double, 1> one {3};
    CHECK_FALSE(percentileInterval(one, 50));
    CHECK_FALSE(percentileInterval(firstNumbers(50), 0));
    CHECK_FALSE(percentileInterval(firstNumbers(50), 100));
}

TEST_CASE("intervals hold the percentile that they are drawn around, whatever the order")
{
    std::vector<double> values = firstNumbers(500);
    std::mt19937 random(3);
    std::shuffle(values.begin(), values.end(), random);
    for (const double p : {10.0, 50.0, 90.0, 95.0}) {
        const auto interval = percentileInterval(values, p).value();
        CHECK(interval.low <= percentile(values, p).value());
        CHECK(interval.high >= percentile(values, p).value());
    }
}

TEST_CASE("at least 95 of 100 intervals hold the true value")
{
    std::mt19937_64 random(7);
    std::exponential_distribution<double> law(1.0);
    for (const double p : {50.0, 90.0}) {
        const double truth = -std::log(1 - p / 100);
        int held = 0;
        constexpr int kTrials = 2000;
        for (int trial = 0; trial < kTrials; ++trial) {
            std::vector<double> sample(80);
            for (double &value : sample)
                value = law(random);
            const auto interval = percentileInterval(sample, p).value();
            held += interval.low <= truth && truth <= interval.high;
        }
        CHECK(held >= kTrials * 0.94); // 0.95 less four standard errors of the count
        CHECK(held <= kTrials * 0.995);
    }
}

TEST_CASE("curves cross between the points where their order changes")
{
    const std::vector<double> x {1, 2, 4, 8};
    const std::vector<double> a {2, 2, 2, 2};
    const std::vector<double> b {1, 1.5, 3, 9};
    const auto crossing = curveCrossing(x, a, b).value();
    CHECK(crossing.x == Approx(2 + 2.0 / 3.0)); // from -0.5 to 1 over [2, 4]
    CHECK(crossing.y == Approx(2));
    const std::vector<double> above {3, 4, 5, 6};
    CHECK_FALSE(curveCrossing(x, a, above));
    const std::vector<double> touching {1, 2, 3, 3};
    CHECK(curveCrossing(x, a, touching).value().x == Approx(2));
    CHECK_FALSE(curveCrossing({}, {}, {}));
}
