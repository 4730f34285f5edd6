// Runs with nothing, little, failed or cancelled requests, and service-level targets.
#include "engine/measure/metrics.h"

#include "records.h"

#include <doctest/doctest.h>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

RequestRecord failedRequest(bool withTokens)
{
    RequestRecord request = withTokens ? requestWith({10, 20, 30}) : requestWith({});
    request.endNs = msToNs(40);
    request.endReason = EndReason::Error;
    request.message = "out of blocks";
    return request;
}

void checkNoFigures(const RunMetrics &m)
{
    CHECK_FALSE(m.ttft.has_value());
    CHECK_FALSE(m.itl.has_value());
    CHECK_FALSE(m.tpot.has_value());
    CHECK_FALSE(m.endToEnd.has_value());
    CHECK_FALSE(m.endToEndFromScheduled.has_value());
    CHECK_FALSE(m.userTokPerSecond.has_value());
    CHECK_FALSE(m.outputTokPerSecond.has_value());
    CHECK_FALSE(m.requestPerSecond.has_value());
    CHECK_FALSE(m.prefillTokPerSecond.has_value());
    CHECK_FALSE(m.decodeTokPerSecond.has_value());
}

} // namespace

TEST_CASE("an empty run has no figures")
{
    const SloTargets targets {.ttftMs = 100};
    const RunMetrics m = computeMetrics({}, &targets);
    checkNoFigures(m);
    CHECK(m.requests == 0);
    CHECK_FALSE(m.queue.has_value());
    CHECK_FALSE(m.sloAttainment.has_value());
    CHECK_FALSE(m.goodputRequestPerSecond.has_value());
}

TEST_CASE("a run of failures has no latency and no throughput, and misses every target")
{
    RunRecord run;
    run.requests = {failedRequest(true), failedRequest(false)};
    const SloTargets targets {.ttftMs = 1000};
    const RunMetrics m = computeMetrics(run, &targets);
    checkNoFigures(m);
    CHECK(m.failed == 2);
    CHECK(m.completed == 0);
    CHECK(ttftsMs(run).empty());
    CHECK(pooledItlMs(run).empty());
    CHECK(endToEndsMs(run).empty());
    CHECK(*m.sloAttainment == 0);
}

TEST_CASE("a request without tokens has no figures; one token gives no gap")
{
    const RequestRecord none = requestWith({});
    CHECK_FALSE(ttftMs(none).has_value());
    CHECK_FALSE(endToEndMs(none).has_value());
    CHECK_FALSE(normalisedLatencyMs(none).has_value());
    CHECK_FALSE(queueMs(none).has_value());

    const RequestRecord one = requestWith({25});
    CHECK(ttftMs(one).value() == Approx(25));
    CHECK(endToEndMs(one).value() == Approx(25));
    CHECK_FALSE(tpotMs(one).has_value());
    CHECK_FALSE(userTokPerSecond(one).has_value());
    CHECK(itlMs(one).empty());

    RunRecord run;
    run.requests = {one};
    const RunMetrics m = computeMetrics(run);
    CHECK(m.ttft->n == 1);
    CHECK_FALSE(m.itl.has_value());
    CHECK_FALSE(m.decodeTokPerSecond.has_value());
    CHECK(*m.outputTokPerSecond == Approx(40));
}

TEST_CASE("tokens at one instant have no speed rather than an infinite one")
{
    const RequestRecord request = requestWith({25, 25, 25});
    CHECK(tpotMs(request).value() == 0);
    CHECK_FALSE(userTokPerSecond(request).has_value());
}

TEST_CASE("a cancelled request counts in TTFT and gaps, but its last token is no end of an answer")
{
    RunRecord run = fastAndSlow();
    run.requests[1].endReason = EndReason::Cancelled;
    const RunMetrics m = computeMetrics(run);
    CHECK(m.cancelled == 1);
    CHECK(m.completed == 1);
    CHECK(m.ttft->n == 2);
    CHECK(m.itl->n == 110);
    CHECK(m.endToEnd->n == 1);
    CHECK(m.outputTokens == 112);
}

TEST_CASE("failed requests stay out of the figures of the others")
{
    RunRecord run = fastAndSlow();
    run.requests.push_back(failedRequest(true));
    const RunMetrics m = computeMetrics(run);
    CHECK(m.requests == 3);
    CHECK(m.failed == 1);
    CHECK(m.ttft->n == 2);
    CHECK(m.itl->n == 110);
    CHECK(m.outputTokens == 112);
}

TEST_CASE("a run in progress lasts as long as its record knows")
{
    RunRecord run = fastAndSlow();
    run.requests[1].endNs = 0;
    run.requests[1].endReason = EndReason::Running;
    const RunMetrics m = computeMetrics(run);
    CHECK(m.durationS == Approx(5.3));
    CHECK(m.completed == 1);
    CHECK(m.ttft->n == 2);
}

TEST_CASE("targets: met by requests that are at or under all of them; failures are misses")
{
    RunRecord run = fastAndSlow();             // TTFT 100 and 300, TPOT 10 and 50
    run.requests.push_back(requestWith({90})); // no TPOT to break a target with
    run.requests.push_back(failedRequest(false));

    const auto attained = [&run](const SloTargets &targets) {
        const RunMetrics m = computeMetrics(run, &targets);
        CHECK(*m.goodputRequestPerSecond == Approx(*m.sloAttainment * 4 / 5.3));
        return *m.sloAttainment;
    };
    CHECK(attained({.ttftMs = 300}) == Approx(0.75));
    CHECK(attained({.ttftMs = 299.999}) == Approx(0.5));
    CHECK(attained({.ttftMs = 300, .tpotMs = 10}) == Approx(0.5));
    CHECK(attained({.itlMs = 50}) == Approx(0.75));
    CHECK(attained({.itlMs = 49}) == Approx(0.5));
    CHECK(attained({.endToEndMs = 200}) == Approx(0.5));
    CHECK(attained({}) == Approx(0.75));
    CHECK_FALSE(computeMetrics(run).sloAttainment.has_value());
}
