// Percentiles, intervals, knees and fits against numpy, scipy and kneed; and what the knees'
// methods say to each other.
#include "engine/measure/knee.h"
#include "engine/measure/knee_words.h"
#include "engine/measure/percentile.h"
#include "engine/measure/percentile_interval.h"
#include "engine/measure/usl_fit.h"
#include "measure_figures.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

TEST_CASE("percentiles, mean and deviation are numpy's")
{
    for (const Json &row : measureFigures("percentiles")) {
        const std::vector<double> sample = numbers(row["sample"]);
        const std::vector<double> found = percentiles(sample, numbers(row["p"]));
        const std::vector<double> expected = numbers(row["values"]);
        REQUIRE(found.size() == expected.size());
        for (size_t i = 0; i < found.size(); ++i)
            CHECK(found[i] == Approx(expected[i]).epsilon(1e-12));
        const SampleSummary summary = summarise(sample).value();
        CHECK(summary.mean == Approx(row["mean"].get<double>()).epsilon(1e-12));
        CHECK(summary.standardDeviation == Approx(row["std"].get<double>()).epsilon(1e-12));
    }
}

TEST_CASE("ranks of an interval are the narrowest that scipy's binomial distribution allows")
{
    for (const Json &row : measureFigures("rank_intervals")) {
        std::vector<double> ranks(row["n"].get<size_t>());
        std::iota(ranks.begin(), ranks.end(), 1.0);
        const double p = row["p"].get<double>();
        const auto interval = percentileInterval(ranks, p);
        INFO("n ", ranks.size(), ", p ", p);
        REQUIRE(interval.has_value() == !row["ranks"].empty());
        if (!interval)
            continue;
        const Json found = {interval->low, interval->high};
        const bool isBest = std::any_of(row["ranks"].begin(), row["ranks"].end(),
                                        [&found](const Json &best) { return best == found; });
        CHECK(isBest);
    }
}

TEST_CASE("pooled samples have the ends of their parts, and the shares below that p says")
{
    std::mt19937_64 random(21);
    std::lognormal_distribution<double> law(1.0, 1.0);
    for (int trial = 0; trial < 50; ++trial) {
        std::vector<double> pooled;
        std::vector<std::vector<double>> parts(1 + random() % 6);
        for (std::vector<double> &part : parts) {
            part.resize(1 + random() % 80);
            const double scale = law(random);
            for (double &value : part)
                value = scale * law(random);
            pooled.insert(pooled.end(), part.begin(), part.end());
        }
        for (const double p : {0.0, 100.0}) {
            std::vector<double> each;
            for (const std::vector<double> &part : parts)
                each.push_back(*percentile(part, p));
            CHECK(*percentile(pooled, p)
                  == (p == 0.0 ? *std::min_element(each.begin(), each.end())
                               : *std::max_element(each.begin(), each.end())));
        }
        // Of n values, (n - 1) p / 100 or the next whole number above lie below the percentile.
        for (const double p : {10.0, 50.0, 90.0, 99.0}) {
            const double at = *percentile(pooled, p);
            const auto below = static_cast<double>(
                std::count_if(pooled.begin(), pooled.end(), [at](double v) { return v < at; }));
            const double exact = static_cast<double>(pooled.size() - 1) * p / 100;
            CHECK(std::abs(below - exact) <= 1.0);
        }
    }
}

TEST_CASE("knees are kneed's, concave and convex, rising and falling, with and without noise")
{
    const Json rows = measureFigures("knees");
    REQUIRE(rows.size() > 100);
    for (const Json &row : rows) {
        const std::vector<double> x = numbers(row["x"]);
        const std::vector<double> y = numbers(row["y"]);
        const auto shape = row["curve"] == "concave" ? CurveShape::Concave : CurveShape::Convex;
        const auto direction = row["direction"] == "increasing" ? CurveDirection::Increasing
                                                                : CurveDirection::Decreasing;
        const auto found = kneedle(x, y, shape, direction);
        INFO(row.dump());
        REQUIRE(found.has_value() == !row["knee"].is_null());
        if (found)
            CHECK(*found == row["knee"].get<size_t>());
    }
}

TEST_CASE("the scalability law is fitted as well as scipy fits it")
{
    for (const Json &row : measureFigures("usl_fits")) {
        std::vector<LoadPoint> points;
        for (size_t i = 0; i < row["load"].size(); ++i)
            points.push_back({row["load"][i].get<double>(), row["throughput"][i].get<double>(), 1});
        const UslFit fit = fitUsl(points).value();
        double squares = 0;
        for (const LoadPoint &p : points) {
            const double n = p.load;
            const double law = fit.lambda * n / (1 + fit.sigma * (n - 1) + fit.kappa * n * (n - 1));
            squares += (p.throughput - law) * (p.throughput - law);
        }
        CHECK(squares <= row["squares"].get<double>() * (1 + 1e-9));
        CHECK(fit.lambda == Approx(row["fit"][0].get<double>()).epsilon(1e-3));
        CHECK(fit.sigma == Approx(row["fit"][1].get<double>()).epsilon(1e-3));
        CHECK(fit.kappa == Approx(row["fit"][2].get<double>()).epsilon(1e-3));
    }
}

TEST_CASE("what the methods name, in one sentence")
{
    const std::vector<LoadPoint> sweep {{1, 50, 22},    {2, 98, 23},    {4, 190, 25},
                                        {8, 350, 28},   {16, 600, 36},  {32, 800, 60},
                                        {64, 880, 120}, {128, 900, 260}};
    const KneeReport report = findKnees(sweep, 50);
    REQUIRE(report.answers[5].load.has_value());
    const std::string words = kneeDisagreement(report);
    INFO(words);
    CHECK(words.starts_with("The methods name loads from 8 to "));
    CHECK(words.find("8 by +20% latency, 16 by max power, 32 by linear Kneedle, Kneedle and "
                     "crossing, ")
          != std::string::npos);
    CHECK(words.ends_with(" by USL peak."));
    CHECK(words.find("budget") == std::string::npos);

    CHECK(kneeDisagreement(findKnees({{4, 100, 20}}, 100)) == "All methods that answer name 4.");
    CHECK(kneeDisagreement(findKnees({})).empty());
    CHECK(kneeMethodTitle("another") == "another");
}
