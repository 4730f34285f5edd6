// The figures of records whose answers are known from the definitions.
#include "engine/measure/metrics.h"

#include "records.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

TEST_CASE("chunks of a remote server: an empty chunk is no token, a chunk of two is one gap")
{
    const RequestRecord request = chunkedRequest();
    CHECK(outputTokens(request) == 6);
    CHECK(ttftMs(request).value() == Approx(200));
    CHECK(endToEndMs(request).value() == Approx(360));
    CHECK(tpotMs(request).value() == Approx(32));
    CHECK(userTokPerSecond(request).value() == Approx(31.25));
    CHECK(normalisedLatencyMs(request).value() == Approx(60));

    const std::vector<double> gaps = itlMs(request);
    CHECK(gaps == std::vector<double> {30, 30, 80, 20});
    const SampleSummary s = summarise(gaps).value();
    CHECK(s.mean == Approx(40));
    CHECK(s.p50 == Approx(30));
    CHECK(s.p90 == Approx(65));
    CHECK(s.p99 == Approx(78.5));
}

TEST_CASE("a fast and a slow request: gaps are pooled, TPOT is one value for each")
{
    const RunMetrics m = computeMetrics(fastAndSlow());
    CHECK(m.requests == 2);
    CHECK(m.completed == 2);
    CHECK(m.outputTokens == 112);
    CHECK(m.durationS == Approx(5.3));
    CHECK(m.tpot->n == 2);
    CHECK(m.tpot->mean == Approx(30));
    CHECK(m.itl->n == 110);
    CHECK(m.itl->mean == Approx(46.364).epsilon(1e-5));
    CHECK(m.itl->p50 == Approx(50));
    CHECK(*m.outputTokPerSecond == Approx(21.132).epsilon(1e-5));
    CHECK(m.userTokPerSecond->mean == Approx(60));
    CHECK(m.ttft->p50 == Approx(200));
    CHECK(m.ttft->p90 == Approx(280));
    CHECK(m.ttft->p99 == Approx(298));
    CHECK(*m.requestPerSecond == Approx(2 / 5.3));
    // 110 tokens after the first ones, from 100 ms to 5,300 ms.
    CHECK(*m.decodeTokPerSecond == Approx(110 / 5.2));
    CHECK(m.peakConcurrency == 2);
    CHECK(m.meanConcurrency == Approx((0.2 + 5.3) / 5.3));
}

TEST_CASE("figures do not depend on where the clock began")
{
    RunRecord run = fastAndSlow();
    const RunMetrics here = computeMetrics(run);
    shift(run, 1'700'000'000'123'456'789);
    const RunMetrics there = computeMetrics(run);
    CHECK(there.itl->mean == here.itl->mean);
    CHECK(there.ttft->p99 == here.ttft->p99);
    CHECK(there.durationS == here.durationS);
    CHECK(*there.decodeTokPerSecond == *here.decodeTokPerSecond);
    CHECK(there.meanConcurrency == here.meanConcurrency);
}

namespace {

// One server, one request at a time, each an answer of one token when it is done. The clock begins
// at 1 s, since 0 means never.
RunRecord oneServer(const std::vector<double> &arrivalsMs, const std::vector<double> &servicesMs)
{
    RunRecord run;
    double freeMs = 0;
    for (size_t i = 0; i < arrivalsMs.size(); ++i) {
        const double startMs = std::max(freeMs, arrivalsMs[i]);
        freeMs = startMs + servicesMs[i];
        RequestRecord request;
        request.id = static_cast<int32_t>(i);
        request.scheduledNs = msToNs(1000 + arrivalsMs[i]);
        request.submittedNs = msToNs(1000 + startMs);
        request.startedNs = request.submittedNs;
        request.tokens = {tokenAt(1000 + freeMs)};
        request.endNs = request.tokens.back().ns;
        request.endReason = EndReason::Stop;
        run.requests.push_back(std::move(request));
    }
    return run;
}

struct Queue
{
    RunRecord run;
    double lambda = 0, mu = 0; // per second
};

Queue poissonArrivals(size_t n, bool exponentialService)
{
    Queue queue {{}, 8.0, 10.0};
    std::mt19937_64 random(20261123);
    std::exponential_distribution<double> gap(queue.lambda / 1000), service(queue.mu / 1000);
    std::vector<double> arrivals, services;
    double now = 0;
    for (size_t i = 0; i < n; ++i) {
        now += gap(random);
        arrivals.push_back(now);
        services.push_back(exponentialService ? service(random) : 1000 / queue.mu);
    }
    queue.run = oneServer(arrivals, services);
    return queue;
}

} // namespace

TEST_CASE("a queue: latency from the start hides what latency from the schedule shows")
{
    const RunRecord run =
        oneServer({0, 100, 200, 300, 400, 500, 600, 700}, std::vector<double>(8, 500.0));
    const RunMetrics m = computeMetrics(run);
    CHECK(m.endToEnd->mean == Approx(500));
    CHECK(m.endToEnd->max == Approx(500));
    CHECK(m.queue->n == 8);
    CHECK(m.queue->mean == Approx(1400));
    CHECK(m.endToEndFromScheduled->mean == Approx(1900));
    CHECK(m.endToEndFromScheduled->p90 == Approx(3020));
    CHECK(m.endToEndFromScheduled->p99 == Approx(3272));
    // Half-open intervals: one request ends at the instant at which the next begins.
    CHECK(m.peakConcurrency == 1);
    CHECK(m.meanConcurrency == Approx(1));
}

TEST_CASE("M/M/1 and M/D/1: waiting times from records agree with theory")
{
    // 400,000 arrivals at 80% load: the standard error of the mean wait is about 1%.
    SUBCASE("exponential service")
    {
        const RunMetrics m = computeMetrics(poissonArrivals(400'000, true).run);
        CHECK(m.endToEndFromScheduled->mean == Approx(500).epsilon(0.05));
        CHECK(m.queue->mean == Approx(400).epsilon(0.06));
        CHECK(m.endToEndFromScheduled->p99 == Approx(2303).epsilon(0.08));
    }
    SUBCASE("constant service")
    {
        const RunMetrics m = computeMetrics(poissonArrivals(400'000, false).run);
        CHECK(m.endToEndFromScheduled->mean == Approx(300).epsilon(0.05));
        CHECK(m.queue->mean == Approx(200).epsilon(0.06));
    }
}

TEST_CASE("requests in another order give the same figures")
{
    Queue queue = poissonArrivals(500, true);
    const RunMetrics before = computeMetrics(queue.run);
    std::mt19937_64 random(3);
    std::shuffle(queue.run.requests.begin(), queue.run.requests.end(), random);
    const RunMetrics after = computeMetrics(queue.run);
    CHECK(after.queue->mean == Approx(before.queue->mean).epsilon(1e-12));
    CHECK(after.endToEndFromScheduled->p99 == before.endToEndFromScheduled->p99);
    CHECK(after.peakConcurrency == before.peakConcurrency);
    CHECK(*after.outputTokPerSecond == *before.outputTokPerSecond);
}

TEST_CASE("pooled gaps are the gaps of every request, and no gap spans two requests")
{
    const RunRecord run = fastAndSlow();
    std::vector<double> expected = itlMs(run.requests[0]);
    const std::vector<double> second = itlMs(run.requests[1]);
    expected.insert(expected.end(), second.begin(), second.end());
    CHECK(pooledItlMs(run) == expected);
    const double sum = std::accumulate(expected.begin(), expected.end(), 0.0);
    CHECK(sum == Approx(10 * 10 + 100 * 50));
}

TEST_CASE("prefill speed is that of the steps that held prompt positions")
{
    RunRecord run = fastAndSlow();
    CHECK_FALSE(computeMetrics(run).prefillTokPerSecond.has_value());
    run.steps = {{msToNs(0), msToNs(50), 400, 0, 2},
                 {msToNs(60), msToNs(110), 100, 1, 2},
                 {msToNs(110), msToNs(120), 0, 2, 2}};
    CHECK(*computeMetrics(run).prefillTokPerSecond == Approx(5000));
}
