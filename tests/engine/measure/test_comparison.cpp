// Two samples compared: figures of numpy and scipy, how often the intervals hold the truth, what
// does not depend on order and scale, and every verdict's words.
#include "engine/measure/comparison.h"
#include "engine/measure/rank_interval.h"
#include "measure_figures.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

std::vector<double> drawn(std::mt19937_64 &random, size_t n, double median, double spread)
{
    std::lognormal_distribution<double> law(std::log(median), spread);
    std::vector<double> sample(n);
    for (double &value : sample)
        value = law(random);
    return sample;
}

Comparison compared(const std::vector<double> &a, const std::vector<double> &b)
{
    return compareSamples(a, b).value();
}

// A comparison with this interval of the ratio.
Comparison withRatio(double low, double high)
{
    Comparison c;
    c.nA = c.nB = 10;
    c.a = 100;
    c.b = 100 * std::sqrt(low * high);
    c.difference = c.b - c.a;
    c.ratio = c.b / c.a;
    c.by = ComparedBy::OrderStatistics;
    c.ratioInterval = PercentileInterval {low, high};
    c.differenceInterval = PercentileInterval {100 * low - 100, 100 * high - 100};
    return c;
}

// How many of 1,000 intervals of the ratio hold `truth`.
int held(size_t n, size_t m, double p, double truth)
{
    std::mt19937_64 random(17);
    int count = 0;
    for (int trial = 0; trial < 1000; ++trial) {
        const auto c =
            compareSamples(drawn(random, n, 100, 0.3), drawn(random, m, 100 * truth, 0.3), p);
        const PercentileInterval interval = c.value().ratioInterval.value();
        count += interval.low <= truth && truth <= interval.high;
    }
    return count;
}

} // namespace

TEST_CASE("intervals of difference and ratio are those that numpy and scipy give")
{
    const Json rows = measureFigures("comparisons");
    REQUIRE(rows.size() >= 3);
    for (const Json &row : rows) {
        const auto c =
            compareSamples(numbers(row["a"]), numbers(row["b"]), row["p"].get<double>()).value();
        CHECK(c.by == ComparedBy::OrderStatistics);
        CHECK(c.differenceInterval.value().low == Approx(row["difference"][0].get<double>()));
        CHECK(c.differenceInterval.value().high == Approx(row["difference"][1].get<double>()));
        CHECK(c.ratioInterval.value().low == Approx(row["ratio"][0].get<double>()));
        CHECK(c.ratioInterval.value().high == Approx(row["ratio"][1].get<double>()));
    }
}

TEST_CASE("how many distances lie outside is what counting all arrangements gives")
{
    for (const Json &row : measureFigures("rank_distances")) {
        const auto found = distancesOutside(row["n"].get<size_t>(), row["m"].get<size_t>());
        INFO("n ", row["n"].get<int>(), ", m ", row["m"].get<int>());
        REQUIRE(found.has_value() == !row["outside"].is_null());
        if (found)
            CHECK(*found == row["outside"].get<size_t>());
        CHECK(distancesOutside(row["m"].get<size_t>(), row["n"].get<size_t>()) == found);
    }
    CHECK_FALSE(distancesOutside(0, 5).has_value());
    CHECK_FALSE(distancesOutside(5, 2000).has_value());
}

TEST_CASE("about 95 of 100 intervals hold the true ratio, of medians and of P90, few runs or many")
{
    // Order statistics come in steps, so that intervals are a little wide rather than too narrow.
    CHECK(held(12, 12, 50, 1.2) >= 945);
    CHECK(held(60, 40, 50, 0.8) >= 945);
    CHECK(held(100, 100, 90, 1.5) >= 945);
    CHECK(held(5, 5, 50, 1.2) >= 940); // by ranks
    CHECK(held(60, 60, 50, 1.0) <= 990);
}

TEST_CASE("a real difference is shown, and the more samples the narrower its interval")
{
    std::mt19937_64 random(5);
    const Comparison few = compared(drawn(random, 10, 100, 0.1), drawn(random, 10, 150, 0.1));
    const Comparison many = compared(drawn(random, 1000, 100, 0.1), drawn(random, 1000, 150, 0.1));
    CHECK(few.differs());
    CHECK(many.differs());
    CHECK(many.ratioInterval->low > few.ratioInterval->low);
    CHECK(many.ratioInterval->high < few.ratioInterval->high);
    CHECK(many.ratio.value() == Approx(1.5).epsilon(0.02));
}

TEST_CASE("order does not matter, B against A is the inverse, units cancel")
{
    std::mt19937_64 random(6);
    for (const auto &[n, m] : {std::pair<size_t, size_t> {5, 4}, {8, 13}, {100, 90}}) {
        std::vector<double> a = drawn(random, n, 100, 0.2);
        std::vector<double> b = drawn(random, m, 110, 0.2);
        const Comparison before = compared(a, b);
        std::shuffle(a.begin(), a.end(), random);
        std::shuffle(b.begin(), b.end(), random);
        const Comparison shuffled = compared(a, b);
        CHECK(shuffled.ratioInterval->low == before.ratioInterval->low);
        CHECK(shuffled.ratioInterval->high == before.ratioInterval->high);

        const Comparison back = compared(b, a);
        CHECK(back.ratio.value() == Approx(1 / *before.ratio));
        CHECK(back.ratioInterval->low == Approx(1 / before.ratioInterval->high));
        CHECK(back.ratioInterval->high == Approx(1 / before.ratioInterval->low));
        CHECK(back.differenceInterval->low == Approx(-before.differenceInterval->high));
        CHECK(back.differs() == before.differs());

        for (std::vector<double> *sample : {&a, &b}) {
            for (double &value : *sample)
                value *= 1000;
        }
        const Comparison scaled = compared(a, b);
        CHECK(scaled.ratioInterval->low == Approx(before.ratioInterval->low));
        CHECK(scaled.differenceInterval->high == Approx(1000 * before.differenceInterval->high));
        CHECK(before.ratioInterval->low <= *before.ratio);
        CHECK(before.ratioInterval->high >= *before.ratio);
    }
}

TEST_CASE("five runs against five are compared by ranks, three against three not at all")
{
    const Comparison five = compared({100, 101, 102, 103, 104}, {120, 121, 122, 123, 124});
    CHECK(five.by == ComparedBy::Ranks);
    CHECK(five.differs());
    // Of the 25 differences 16 .. 24 the two smallest and the two largest lie outside.
    CHECK(five.differenceInterval->low == 17);
    CHECK(five.differenceInterval->high == 23);

    const Comparison three = compared({100, 101, 102}, {200, 201, 202});
    CHECK(three.by == ComparedBy::Nothing);
    CHECK_FALSE(three.differs());
    CHECK(three.ratio.value() == Approx(201.0 / 101.0));
    CHECK(comparisonWords(three, FigureKind::Rate, "tok/s")
          == "no difference shown (n = 3 and 3: too few for an interval)");
    CHECK_FALSE(compareSamples(std::vector<double> {}, std::vector<double> {1, 2}).has_value());
    // Ranks know the middle only.
    CHECK(
        compareSamples(std::vector<double> {1, 2, 3, 4, 5}, std::vector<double> {1, 2, 3, 4, 5}, 90)
            ->by
        == ComparedBy::Nothing);
}

TEST_CASE("a sample with zeros has a difference and no ratio")
{
    std::vector<double> a(20, 0.0);
    std::vector<double> b(20, 3.0);
    const Comparison c = compared(a, b);
    CHECK_FALSE(c.ratio.has_value());
    CHECK_FALSE(c.ratioInterval.has_value());
    CHECK(c.differs());
    CHECK(comparisonWords(c, FigureKind::Time, "ms") == "slower by 3 ms");
    CHECK(comparisonWords(compared(b, a), FigureKind::Time, "ms") == "faster by 3 ms");
    CHECK(comparisonWords(c, FigureKind::Rate, "tok/s") == "faster by 3 tok/s");
    CHECK(comparisonWords(compared(a, a), FigureKind::Time, "ms")
          == "no difference shown (n = 20 and 20)");
}

TEST_CASE("verdicts in words")
{
    const auto rate = [](double low, double high) {
        return comparisonWords(withRatio(low, high), FigureKind::Rate, "tok/s");
    };
    const auto time = [](double low, double high) {
        return comparisonWords(withRatio(low, high), FigureKind::Time, "ms");
    };
    CHECK(rate(1.12, 1.15) == "faster by 12 to 15%");
    CHECK(rate(0.85, 0.88) == "slower by 12 to 15%");
    CHECK(rate(1.1201, 1.1199) == "faster by 12%");
    CHECK(rate(1.004, 1.0061) == "faster by 0.4 to 0.61%");
    CHECK(rate(1.5, 2.5) == "faster by 50 to 150%");
    CHECK(rate(2.1, 2.34) == "2.1 to 2.3 times as fast");
    CHECK(rate(0.98, 1.03) == "no difference shown (n = 10 and 10; from 2% slower to 3% faster)");
    CHECK(rate(1.0, 1.0) == "no difference shown (n = 10 and 10: the same)");
    CHECK(time(0.85, 0.88) == "faster: 12 to 15% less time");
    CHECK(time(1.12, 1.15) == "slower: 12 to 15% more time");
    CHECK(time(3.0, 3.2) == "slower: 3 to 3.2 times as long");
    CHECK(time(0.98, 1.03) == "no difference shown (n = 10 and 10; from 3% slower to 2% faster)");
}
