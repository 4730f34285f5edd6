// Every method on one sweep with known answers, and on sweeps that have none.
#include "engine/measure/knee.h"
#include "engine/measure/knee_words.h"

#include "engine/base/error.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>

using namespace inferlab;
using doctest::Approx;

namespace {

const std::vector<LoadPoint> kSweep {{1, 50, 22},   {2, 98, 23},   {4, 190, 25},   {8, 350, 28},
                                     {16, 600, 36}, {32, 800, 60}, {64, 880, 120}, {128, 900, 260}};

const KneeAnswer &answer(const KneeReport &report, const std::string &method)
{
    const auto it = std::find_if(report.answers.begin(), report.answers.end(),
                                 [&method](const KneeAnswer &a) { return a.method == method; });
    REQUIRE(it != report.answers.end());
    return *it;
}

double loadBy(const KneeReport &report, const std::string &method)
{
    const KneeAnswer &found = answer(report, method);
    INFO(method, ": ", found.note);
    REQUIRE(found.load.has_value());
    return *found.load;
}

} // namespace

TEST_CASE("a sweep over batch sizes, by every method")
{
    const KneeReport report = findKnees(kSweep, 100);
    CHECK(loadBy(report, "kneedle_linear") == 32);
    CHECK(loadBy(report, "kneedle_log2") == 32);
    CHECK(loadBy(report, "max_power") == 16);
    CHECK(loadBy(report, "degradation") == 8);
    CHECK(loadBy(report, "budget") == 32);
    CHECK(answer(report, "budget").note == "budget 100 ms: 32 passes, 64 fails");
    // By hand, latency from 22 to 260 and throughput from 50 to 900: 0.159 against 0.118 at 32 (gap
    // 0.042), 0.412 against 0.024 at 64 and 0.059 against 0.353 at 16.
    CHECK(loadBy(report, "crossing") == 32);
    CHECK_FALSE(report.methodsDisagree);
    CHECK(report.recommended == 32);
    CHECK(report.recommendedBy == "kneedle_log2");
    REQUIRE(report.usl.has_value());
    CHECK(loadBy(report, "usl") == *report.usl->peakLoad);
}

TEST_CASE("degradation is judged by P99 where every point has it")
{
    // The median rises by a fifth at 8; P99 does at 4 already.
    std::vector<LoadPoint> points {{1, 50, 20}, {2, 95, 21}, {4, 180, 22}, {8, 300, 25}};
    const std::vector<double> p99 {30, 33, 40, 60};
    CHECK(loadBy(findKnees(points), "degradation") == 8);
    CHECK(answer(findKnees(points), "degradation").note
          == "first latency above 1.2 x 20 ms, that of load 1");
    for (size_t i = 0; i < points.size(); ++i) {
        points[i].p99Ms = p99[i];
        points[i].n = 700;
    }
    const KneeReport report = findKnees(points);
    CHECK(loadBy(report, "degradation") == 4);
    CHECK(answer(report, "degradation").note == "first P99 above 1.2 x 30 ms, that of load 1");
    CHECK(answer(report, "degradation").claimed);
    CHECK(kneeDisagreement(report).find("+20% P99") != std::string::npos);

    points[2].n = 40;
    const KneeReport few = findKnees(points);
    CHECK_FALSE(answer(few, "degradation").claimed);
    CHECK(
        answer(few, "degradation").note.ends_with("too few samples: 40 at load 4, P99 needs 662"));
    CHECK(kneeDisagreement(few).find("+20% P99 (too few samples)") != std::string::npos);

    points[1].p99Ms.reset(); // one that does not have it: the latency that all have
    CHECK(loadBy(findKnees(points), "degradation") == 8);
}

TEST_CASE("what was measured at a load, as a point of the curve")
{
    const std::vector<double> latencies {10, 30, 20};
    const LoadPoint point = loadPoint(8, 400.0, latencies, 50).value();
    CHECK(point.load == 8);
    CHECK(point.throughput == 400);
    CHECK(point.latencyMs == 20);
    CHECK(point.p99Ms.value() == Approx(29.8)); // 20 + 0.98 x 10
    CHECK(point.n == 3);
    CHECK_FALSE(loadPoint(0, 400.0, latencies, 50)); // temperature 0 is no load
    CHECK_FALSE(loadPoint(8, std::nullopt, latencies, 50));
    CHECK_FALSE(loadPoint(8, 400.0, {}, 50));
}

TEST_CASE("the order of the points does not matter")
{
    std::vector<LoadPoint> shuffled = kSweep;
    std::mt19937_64 random(2);
    for (int i = 0; i < 10; ++i) {
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        const KneeReport a = findKnees(kSweep, 50);
        const KneeReport b = findKnees(shuffled, 50);
        REQUIRE(a.answers.size() == b.answers.size());
        for (size_t k = 0; k < a.answers.size(); ++k) {
            CHECK(a.answers[k].load == b.answers[k].load);
            CHECK(a.answers[k].note == b.answers[k].note);
        }
    }
}

TEST_CASE("a budget that none, all or some loads pass")
{
    CHECK_FALSE(answer(findKnees(kSweep, 10), "budget").load.has_value());
    CHECK(answer(findKnees(kSweep, 10), "budget").note == "budget 10 ms: none passes, 1 fails");
    CHECK(loadBy(findKnees(kSweep, 1000), "budget") == 128);
    CHECK(answer(findKnees(kSweep, 1000), "budget").note
          == "budget 1000 ms: 128 passes, none fails");
    CHECK(loadBy(findKnees(kSweep, 60), "budget") == 32); // at the budget is within it
    CHECK_FALSE(answer(findKnees(kSweep), "budget").load.has_value());

    // More load, less throughput: the best of those that pass, not the last.
    const std::vector<LoadPoint> thrashing {{1, 50, 20}, {2, 90, 30}, {4, 60, 40}, {8, 55, 90}};
    CHECK(loadBy(findKnees(thrashing, 50), "budget") == 2);
    CHECK(answer(findKnees(thrashing, 50), "budget").note == "budget 50 ms: 4 passes, 8 fails");
}

TEST_CASE("linear and log2 Kneedle may disagree, and the report says so")
{
    // Throughput grows by the same amount with every doubling: a bend over the load, a line over
    // its log2.
    const std::vector<LoadPoint> doubling {{1, 100, 10},  {2, 200, 11},  {4, 300, 12}, {8, 400, 13},
                                           {16, 500, 14}, {32, 600, 15}, {64, 700, 16}};
    const KneeReport report = findKnees(doubling);
    CHECK(report.methodsDisagree);
    CHECK_FALSE(answer(report, "kneedle_log2").load.has_value());
    CHECK(report.recommendedBy == "kneedle_linear");
    CHECK(report.recommended == loadBy(report, "kneedle_linear"));
}

TEST_CASE("perfect scaling has no knee by bend; max power answers")
{
    std::vector<LoadPoint> perfect;
    for (double load = 1; load <= 64; ++load)
        perfect.push_back({load, 50 * load, 20});
    const KneeReport report = findKnees(perfect);
    CHECK_FALSE(answer(report, "kneedle_linear").load.has_value());
    CHECK_FALSE(answer(report, "crossing").load.has_value());
    CHECK_FALSE(answer(report, "degradation").load.has_value());
    CHECK_FALSE(answer(report, "usl").load.has_value());
    CHECK(report.recommendedBy == "max_power");
    CHECK(report.recommended == 64);
}

TEST_CASE("few or no points give absent answers")
{
    const KneeReport none = findKnees({}, 100);
    CHECK(none.answers.size() == 7);
    for (const KneeAnswer &a : none.answers)
        CHECK_FALSE(a.load.has_value());
    CHECK_FALSE(none.recommended.has_value());

    const KneeReport one = findKnees({{4, 100, 20}});
    CHECK(one.recommended == 4);
    CHECK(one.recommendedBy == "max_power");
    CHECK_FALSE(one.usl.has_value());
}

TEST_CASE("points that cannot be are refused")
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double bad : {0.0, -1.0, nan, infinity}) {
        CHECK_THROWS_AS(findKnees({{1, 10, 10}, {2, bad, 10}}), InputError);
        CHECK_THROWS_AS(findKnees({{1, 10, 10}, {2, 20, bad}}), InputError);
        CHECK_THROWS_AS(findKnees({{1, 10, 10}, {bad, 20, 10}}), InputError);
        CHECK_THROWS_AS(findKnees(kSweep, bad), InputError);
    }
    CHECK_THROWS_WITH(findKnees({{2, 10, 10}, {1, 5, 5}, {2, 20, 10}}),
                      "knee: load 2: expected one point, found two");
}
