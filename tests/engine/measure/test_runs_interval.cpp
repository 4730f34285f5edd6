// Intervals of percentiles over whole runs: the range by hand, against order statistics where both
// mean the same, and how often they hold the truth where requests of a run resemble each other.
#include "engine/measure/percentile.h"
#include "engine/measure/runs_interval.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace inferlab;
using doctest::Approx;

namespace {

using Runs = std::vector<std::vector<double>>;

std::vector<double> pooled(Runs &runs)
{
    std::vector<double> all;
    for (std::vector<double> &run : runs) {
        std::sort(run.begin(), run.end());
        all.insert(all.end(), run.begin(), run.end());
    }
    std::sort(all.begin(), all.end());
    return all;
}

std::optional<RunsInterval> intervalOf(Runs runs, double p)
{
    const std::vector<double> all = pooled(runs);
    return runsInterval(all, runs, p);
}

} // namespace

TEST_CASE("one run has no interval, fewer than six have their range")
{
    CHECK_FALSE(intervalOf({}, 50));
    CHECK_FALSE(intervalOf({{1, 2, 3}}, 50));
    CHECK_FALSE(intervalOf({{1, 2, 3}, {}}, 50)); // nothing came of the second
    const RunsInterval three = intervalOf({{1, 2, 3}, {4, 5, 9}, {2, 3, 4}}, 50).value();
    CHECK(three.method == IntervalMethod::RangeOfRuns);
    CHECK(three.runs == 3);
    CHECK(three.interval.low == 2); // medians 2, 5, 3
    CHECK(three.interval.high == 5);
}

TEST_CASE("runs of one value each give what order statistics give")
{
    Runs runs;
    for (int i = 1; i <= 10; ++i)
        runs.push_back({static_cast<double>(i)});
    const RunsInterval ten = intervalOf(runs, 50).value();
    CHECK(ten.method == IntervalMethod::WholeRuns);
    // By hand: 0.5 +- t(9) x sqrt(0.25 / 9), t(9) = 2.262: shares 0.123 and 0.877 of the ranks.
    CHECK(ten.interval.low == Approx(1 + 9 * 0.123).epsilon(0.005));
    CHECK(ten.interval.high == Approx(1 + 9 * 0.877).epsilon(0.005));
    const PercentileInterval ranks = percentileInterval(pooled(runs), 50).value(); // 2 and 9
    CHECK(std::abs(ten.interval.low - ranks.low) < 0.2);
    CHECK(std::abs(ten.interval.high - ranks.high) < 0.2);
}

TEST_CASE("copies within a run add no knowledge")
{
    Runs once;
    Runs often;
    for (int i = 1; i <= 8; ++i) {
        once.push_back({static_cast<double>(i * i)});
        often.push_back(std::vector<double>(32, i * i)); // 32 first tokens of one batch
    }
    const RunsInterval copied = intervalOf(often, 50).value();
    const RunsInterval single = intervalOf(once, 50).value();
    CHECK(copied.method == IntervalMethod::WholeRuns);
    // As wide but for the steps between copies; requests by themselves would look far surer.
    CHECK(copied.interval.low <= single.interval.low + 3);
    CHECK(copied.interval.high >= single.interval.high - 9);
    const PercentileInterval naive = percentileInterval(pooled(often), 50).value();
    CHECK(copied.interval.high - copied.interval.low > 2 * (naive.high - naive.low));
}

TEST_CASE("tails that the samples do not reach have a range, not a confidence")
{
    Runs few(6, {1, 2, 3, 4, 5});
    few[2] = {2, 3, 4, 5, 9};
    const RunsInterval tail = intervalOf(few, 99).value();
    CHECK(tail.method == IntervalMethod::RangeOfRuns);
    CHECK(tail.runs == 6);
    CHECK(tail.interval.high >= percentile(pooled(few), 99).value());
}

TEST_CASE("95 of 100 intervals hold the truth where requests of a run resemble each other")
{
    // Runs differ as much as the requests within them: each value has the variance 2.
    constexpr int kTrials = 1500;
    std::mt19937_64 random(5);
    std::normal_distribution<double> law(0.0, 1.0);
    const double truth = 0; // the median
    int held = 0;
    int heldByRequests = 0;
    for (int trial = 0; trial < kTrials; ++trial) {
        Runs runs(10);
        for (std::vector<double> &run : runs) {
            const double shift = law(random);
            for (int i = 0; i < 32; ++i)
                run.push_back(shift + law(random));
        }
        const std::vector<double> all = pooled(runs);
        const PercentileInterval known = runsInterval(all, runs, 50).value().interval;
        const PercentileInterval naive = percentileInterval(all, 50).value();
        CHECK(known.low <= percentileOfSorted(all, 50));
        CHECK(known.high >= percentileOfSorted(all, 50));
        held += known.low <= truth && truth <= known.high;
        heldByRequests += naive.low <= truth && truth <= naive.high;
    }
    CHECK(held >= kTrials * 0.93);
    CHECK(held <= kTrials * 0.985);
    CHECK(heldByRequests < kTrials * 0.6); // what intervals over requests would claim
}
