// Throughput over time: every token is counted once, and users see the speed that they saw.
#include "engine/measure/metrics.h"

#include "records.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

constexpr int64_t kSecond = 1'000'000'000;

// Windows touch, so their lengths follow from their middles.
double tokensIn(const std::vector<ThroughputPoint> &points)
{
    double begin = 0;
    double tokens = 0;
    for (const ThroughputPoint &point : points) {
        const double length = 2 * (point.seconds - begin);
        tokens += point.totalTokPerSecond * length;
        begin += length;
    }
    return tokens;
}

} // namespace

TEST_CASE("throughput of two steady requests, by second")
{
    const auto points = throughputOverTime(fastAndSlow(), kSecond);
    REQUIRE(points.size() == 5); // the last 0.3 s belong to the fifth second
    CHECK(points[0].seconds == Approx(0.5));
    // Up to 1 s: 11 tokens of the fast one, 14 of the slow one (300, 350 .. 950 ms).
    CHECK(points[0].totalTokPerSecond == Approx(25));
    CHECK(*points[0].userTokPerSecond == Approx((100 + 20) / 2.0));
    CHECK(points[2].totalTokPerSecond == Approx(20));
    CHECK(*points[2].userTokPerSecond == Approx(20));
    CHECK(points[4].seconds == Approx(4.65));
    CHECK(points[4].totalTokPerSecond == Approx(27 / 1.3));
    CHECK(tokensIn(points) == Approx(112));
}

TEST_CASE("a last window of half a width or more stands alone")
{
    RunRecord run;
    run.requests = {steadyRequest(0, 100, 24, 100)}; // 2.5 s
    const auto points = throughputOverTime(run, kSecond);
    REQUIRE(points.size() == 3);
    CHECK(points[2].seconds == Approx(2.25));
    CHECK(points[2].totalTokPerSecond == Approx(6 / 0.5));
    CHECK(*points[2].userTokPerSecond == Approx(10));
}

TEST_CASE("a pause is a window without tokens but with a slow user")
{
    RunRecord run;
    run.requests = {requestWith({100, 3100})};
    const auto points = throughputOverTime(run, kSecond);
    REQUIRE(points.size() == 3);
    CHECK(points[1].totalTokPerSecond == 0);
    CHECK(*points[1].userTokPerSecond == Approx(1 / 3.0));
}

TEST_CASE("before the first token nobody decodes")
{
    RunRecord run;
    run.requests = {steadyRequest(0, 2000, 20, 100)};
    const auto points = throughputOverTime(run, kSecond);
    CHECK_FALSE(points[0].userTokPerSecond.has_value());
    CHECK(points[0].totalTokPerSecond == 0);
}

TEST_CASE("no tokens, no points")
{
    CHECK(throughputOverTime({}, kSecond).empty());
    RunRecord run;
    run.requests = {requestWith({})};
    CHECK(throughputOverTime(run, kSecond).empty());
    run.requests = {requestWith({0})}; // an instant has no length
    CHECK(throughputOverTime(run, kSecond).empty());
}

TEST_CASE("every token is counted once, whatever the window")
{
    std::mt19937_64 random(5);
    std::exponential_distribution<double> gap(1 / 30.0);
    RunRecord run;
    int64_t tokens = 0;
    for (int32_t i = 0; i < 20; ++i) {
        RequestRecord request = requestWith({});
        request.id = i;
        request.submittedNs = msToNs(gap(random) * 10);
        double now = static_cast<double>(request.submittedNs) / 1e6 + gap(random);
        for (int t = 0; t < 50 + 10 * i; ++t, now += gap(random))
            request.tokens.push_back(tokenAt(now, 1 + t % 3));
        request.endNs = request.tokens.back().ns;
        tokens += outputTokens(request);
        run.requests.push_back(std::move(request));
    }
    for (const int64_t window :
         {int64_t {1'000'000}, kSecond / 10, kSecond / 3, kSecond, 100 * kSecond}) {
        const auto points = throughputOverTime(run, window);
        CHECK(tokensIn(points) == Approx(static_cast<double>(tokens)));
        for (const ThroughputPoint &point : points)
            REQUIRE(std::isfinite(point.totalTokPerSecond));
    }
}

TEST_CASE("a wild time widens the windows instead of filling memory")
{
    RunRecord run;
    run.requests = {requestWith({100, 200})};
    run.requests.front().tokens.push_back(tokenAt(200));
    run.requests.front().tokens.back().ns = INT64_MAX - 1;
    run.requests.front().endNs = INT64_MAX - 1;
    const auto points = throughputOverTime(run, 1000);
    CHECK(points.size() <= 16385);
    CHECK(points.size() > 8000);
}

TEST_CASE("a window for people is round, holds several tokens, and there are at most 60 of them")
{
    constexpr int64_t kMs = 1'000'000;
    const auto runOf = [](int64_t gapMs, int tokens, int requests) {
        RunRecord run;
        for (int r = 0; r < requests; ++r) {
            RequestRecord request;
            for (int i = 0; i < tokens; ++i)
                request.tokens.push_back({});
            for (int i = 0; i < tokens; ++i)
                request.tokens[static_cast<size_t>(i)].ns = (1 + i) * gapMs * kMs;
            run.requests.push_back(request);
        }
        return run;
    };
    CHECK(throughputWindowNs({}) == 50 * kMs);
    CHECK(throughputWindowNs(runOf(5, 1, 1)) == 50 * kMs); // a first token tells no gap
    CHECK(throughputWindowNs(runOf(5, 100, 8)) == 50 * kMs);
    // Slow and short: 12 tokens, one each 200 ms. A window of 50 ms would hold one or none.
    CHECK(throughputWindowNs(runOf(200, 12, 1)) == 1000 * kMs);
    // Fast and long: 40 s.
    CHECK(throughputWindowNs(runOf(10, 4000, 2)) == 1000 * kMs);
    CHECK(throughputWindowNs(runOf(10'000'000, 9, 1)) == 600'000 * kMs);
    // So the line of a steady run is level.
    const RunRecord steady = runOf(200, 50, 1);
    const auto points = throughputOverTime(steady, throughputWindowNs(steady));
    REQUIRE(points.size() >= 5);
    for (size_t i = 1; i + 1 < points.size(); ++i)
        CHECK(points[i].totalTokPerSecond == doctest::Approx(5.0).epsilon(0.01));
}
