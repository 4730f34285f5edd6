// Percentiles: known values, bounds, order, pooling, and how many samples each of them needs.
#include "engine/measure/percentile.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace inferlab;
using doctest::Approx;

namespace {

std::vector<double> steps(double first, double last, double step)
{
    std::vector<double> values;
    for (double v = first; v <= last; v += step)
        values.push_back(v);
    return values;
}

double at(const std::vector<double> &sample, double p)
{
    return percentile(sample, p).value();
}

} // namespace

TEST_CASE("percentiles lie between order statistics, as numpy's type 7")
{
    const std::vector<double> tens = steps(10, 100, 10);
    CHECK(at(tens, 0) == 10);
    CHECK(at(tens, 50) == Approx(55));
    CHECK(at(tens, 90) == Approx(91));
    CHECK(at(tens, 95) == Approx(95.5));
    CHECK(at(tens, 99) == Approx(99.1));
    CHECK(at(tens, 100) == 100);
}

TEST_CASE("runs are pooled; the mean of their percentiles is another number")
{
    const std::vector<double> hundred = steps(1, 100, 1);
    const std::vector<double> thousand = steps(10, 1000, 10);
    std::vector<double> pooled = hundred;
    pooled.insert(pooled.end(), hundred.begin(), hundred.end());
    pooled.insert(pooled.end(), thousand.begin(), thousand.end());
    CHECK(at(pooled, 99) == Approx(970.1));
    CHECK((2 * at(hundred, 99) + at(thousand, 99)) / 3 == Approx(396.04));
}

TEST_CASE("no sample has no percentile, one sample is every percentile")
{
    CHECK_FALSE(percentile({}, 50).has_value());
    const double ps[] = {50, 99};
    CHECK(percentiles({}, ps).empty());
    CHECK_FALSE(summarise({}).has_value());

    const std::vector<double> one {7.25};
    for (const double p : {0.0, 50.0, 99.0, 100.0})
        CHECK(at(one, p) == 7.25);
    const SampleSummary s = summarise(one).value();
    CHECK(s.n == 1);
    CHECK(s.mean == 7.25);
    CHECK(s.standardDeviation == 0);
    CHECK(s.p99 == 7.25);
}

TEST_CASE("percentiles stay in the sample's range, rise with p, and do not know its order")
{
    std::mt19937_64 random(11);
    std::lognormal_distribution<double> draw(2.0, 1.5);
    for (size_t n = 1; n <= 200; n += 7) {
        std::vector<double> sample(n);
        for (double &value : sample)
            value = draw(random);
        const auto [low, high] = std::minmax_element(sample.begin(), sample.end());
        std::vector<double> shuffled = sample;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        double before = *low;
        for (double p = 0; p <= 100; p += 0.5) {
            const double value = at(sample, p);
            REQUIRE(value >= before);
            REQUIRE(value <= *high);
            REQUIRE(value == at(shuffled, p));
            before = value;
        }
        CHECK(before == *high);
    }
}

TEST_CASE("a summary's percentiles are those of the sorted sample")
{
    std::mt19937_64 random(12);
    for (size_t n = 1; n <= 300; ++n) {
        std::vector<double> sample(n);
        for (double &value : sample)
            value = static_cast<double>(random() % 50); // with ties
        const SampleSummary found = summarise(sample).value();
        std::sort(sample.begin(), sample.end());
        REQUIRE(found.min == sample.front());
        REQUIRE(found.max == sample.back());
        REQUIRE(found.p50 == percentileOfSorted(sample, 50));
        REQUIRE(found.p90 == percentileOfSorted(sample, 90));
        REQUIRE(found.p95 == percentileOfSorted(sample, 95));
        REQUIRE(found.p99 == percentileOfSorted(sample, 99));
    }
}

TEST_CASE("several at once are the same as one at a time")
{
    const std::vector<double> sample {5, 3, 9, 1, 1, 8};
    const double ps[] = {99, 0, 50, 12.5};
    const std::vector<double> values = percentiles(sample, ps);
    REQUIRE(values.size() == 4);
    for (size_t i = 0; i < 4; ++i)
        CHECK(values[i] == at(sample, ps[i]));
}

TEST_CASE("a summary's deviation is that of a sample")
{
    const std::vector<double> sample {2, 4, 4, 4, 5, 5, 7, 9};
    const SampleSummary s = summarise(sample).value();
    CHECK(s.n == 8);
    CHECK(s.mean == Approx(5));
    CHECK(s.standardDeviation == Approx(std::sqrt(32.0 / 7.0)));
    CHECK(s.min == 2);
    CHECK(s.max == 9);
    CHECK(s.p50 == Approx(4.5));
}

TEST_CASE("equal samples have that mean and no deviation, whatever the rounding")
{
    const std::vector<double> sample(3, 0.1);
    const SampleSummary s = summarise(sample).value();
    CHECK(s.mean == 0.1);
    CHECK(s.standardDeviation == 0);
    CHECK(s.p90 == 0.1);
}

TEST_CASE("a percentile is claimed from LoadGen's number of samples on")
{
    CHECK(samplesNeeded(50) == 1);
    CHECK(samplesNeeded(90) == 64);
    CHECK(samplesNeeded(95) == 130);
    CHECK(samplesNeeded(99) == 662);
    CHECK(samplesNeeded(99.9) > 6600);
    CHECK(samplesNeeded(99.9) < 6700);
    CHECK(samplesNeeded(100) == std::numeric_limits<size_t>::max());

    SampleSummary s;
    s.n = 661;
    CHECK(s.claims(95));
    CHECK_FALSE(s.claims(99));
    s.n = 662;
    CHECK(s.claims(99));
}
