// Limits on requests: by hand, pooled over runs, and what holds for any limits. Concurrency over
// time. The notebook's own ITL.
#include "engine/measure/concurrency.h"
#include "engine/measure/course_notebook.h"
#include "engine/measure/metrics.h"
#include "engine/measure/slo.h"
#include "engine/measure/slo_words.h"
#include "measure_figures.h"
#include "records.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

SloTargets limits(std::optional<double> ttft, std::optional<double> tpot = {},
                  std::optional<double> itl = {}, std::optional<double> endToEnd = {})
{
    return {ttft, tpot, itl, endToEnd};
}

SloSample sampleOf(const RunRecord &run)
{
    SloSample sample;
    sample.add(run);
    return sample;
}

RunRecord randomRun(std::mt19937_64 &random, int requests)
{
    std::exponential_distribution<double> time(1.0);
    RunRecord run;
    for (int i = 0; i < requests; ++i) {
        const double ttft = 100 * time(random);
        run.requests.push_back(
            steadyRequest(i, ttft, static_cast<int>(random() % 9), 50 * time(random)));
        if (random() % 7 == 0)
            run.requests.back().endReason = EndReason::Error;
    }
    return run;
}

} // namespace

TEST_CASE("a fast and a slow request under several limits")
{
    // TTFT 100, TPOT 10, E2E 200; TTFT 300, TPOT 50, E2E 5,300.
    const SloSample sample = sampleOf(fastAndSlow());
    CHECK(sample.durationS == Approx(5.3));
    const auto met = [&sample](const SloTargets &targets) {
        return sloOutcome(sample, targets).met;
    };
    CHECK(met({}) == 2);
    CHECK(met(limits(300)) == 2); // at the limit is within it
    CHECK(met(limits(299.9)) == 1);
    CHECK(met(limits(1000, 49.9)) == 1);
    CHECK(met(limits(1000, 60, 10)) == 1);
    CHECK(met(limits(1000, 60, 60, 199)) == 0);
    const SloOutcome outcome = sloOutcome(sample, limits(200, 20, {}, 5000));
    CHECK(outcome.met == 1);
    CHECK(outcome.missedTtft == 1);
    CHECK(outcome.missedTpot == 1);
    CHECK(outcome.missedItl == 0);
    CHECK(outcome.missedEndToEnd == 1);
    CHECK(outcome.attainment.value() == Approx(0.5));
    CHECK(outcome.goodputRequestPerSecond.value() == Approx(1 / 5.3));
}

TEST_CASE("what was kept and what was missed most, in words")
{
    const SloOutcome outcome = sloOutcome(sampleOf(fastAndSlow()), limits(200, 20, {}, 5000));
    CHECK(outcome.mostMissed() == "TTFT");
    // One of two: Clopper and Pearson's interval is 1.26% to 98.74%.
    CHECK(attainmentText(outcome) == "50 (1.3 to 99)");
    CHECK(goodputText(outcome) == "0.189");
    CHECK(missedText(outcome) == "TTFT, 1 of 2");
    const SloOutcome kept = sloOutcome(sampleOf(fastAndSlow()), {});
    CHECK(kept.mostMissed().empty());
    CHECK(missedText(kept) == "none");
    RunRecord run = fastAndSlow();
    run.requests[0].endReason = EndReason::Cancelled;
    CHECK(missedText(sloOutcome(sampleOf(run), {})) == "not completed, 1 of 2");
    CHECK(attainmentText(sloOutcome({}, {})) == "-");
    CHECK(goodputText(sloOutcome({}, {})) == "-");
}

TEST_CASE("a share below all is never 100%")
{
    const auto shareOf = [](size_t met, size_t of) {
        SloOutcome outcome;
        outcome.requests = of;
        outcome.met = met;
        outcome.attainment = static_cast<double>(met) / static_cast<double>(of);
        const std::string text = attainmentText(outcome);
        return text.substr(0, text.find(' '));
    };
    CHECK(shareOf(249, 250) == "99.6");
    CHECK(shareOf(9999, 10000) == ">99.9");
    CHECK(shareOf(98, 100) == "98");
    CHECK(shareOf(250, 250) == "100");
}

TEST_CASE("failed and cancelled requests are misses, and no requests have no attainment")
{
    RunRecord run = fastAndSlow();
    run.requests[0].endReason = EndReason::Error;
    run.requests[1].endReason = EndReason::Cancelled;
    const SloOutcome outcome = sloOutcome(sampleOf(run), {});
    CHECK(outcome.met == 0);
    CHECK(outcome.notCompleted == 2);
    CHECK(outcome.attainment == 0.0);
    const SloOutcome none = sloOutcome({}, {});
    CHECK_FALSE(none.attainment.has_value());
    CHECK_FALSE(none.goodputRequestPerSecond.has_value());
    CHECK_FALSE(none.attainmentInterval().has_value());
}

TEST_CASE("runs are pooled, and looser limits are never met less often")
{
    std::mt19937_64 random(8);
    const RunRecord a = randomRun(random, 40);
    const RunRecord b = randomRun(random, 25);
    SloSample both = sampleOf(a);
    both.add(b);
    CHECK(both.durationS == Approx(computeMetrics(a).durationS + computeMetrics(b).durationS));
    size_t before = 0;
    for (double scale = 0; scale < 8; scale += 0.25) {
        const SloTargets targets = limits(50 * scale, 25 * scale, 30 * scale, 200 * scale);
        const SloOutcome outcome = sloOutcome(both, targets);
        CHECK(outcome.met
              == sloOutcome(sampleOf(a), targets).met + sloOutcome(sampleOf(b), targets).met);
        CHECK(outcome.met >= before);
        CHECK(outcome.met + outcome.notCompleted <= outcome.requests);
        before = outcome.met;
    }
    CHECK(before > 0);
    RunRecord shuffled = a;
    std::shuffle(shuffled.requests.begin(), shuffled.requests.end(), random);
    CHECK(sloOutcome(sampleOf(shuffled), limits(80, 40)).met
          == sloOutcome(sampleOf(a), limits(80, 40)).met);
}

TEST_CASE("the interval of an attainment is scipy's exact one")
{
    for (const Json &row : measureFigures("shares")) {
        SloOutcome outcome;
        outcome.met = row["k"].get<size_t>();
        outcome.requests = row["n"].get<size_t>();
        const PercentileInterval interval = outcome.attainmentInterval().value();
        CHECK(interval.low == Approx(row["low"].get<double>()).epsilon(1e-6));
        CHECK(interval.high == Approx(row["high"].get<double>()).epsilon(1e-6));
    }
}

TEST_CASE("who is in flight, over time")
{
    RunRecord run;
    run.requests = {steadyRequest(0, 100, 0, 0), steadyRequest(1, 300, 0, 0),
                    steadyRequest(2, 200, 0, 0)};
    run.requests[2].submittedNs = msToNs(100); // begins as the first one ends
    const std::vector<ConcurrencyStep> steps = concurrencyOverTime(run);
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].seconds == 0);
    CHECK(steps[0].inFlight == 2);
    CHECK(steps[1].seconds == Approx(0.2));
    CHECK(steps[1].inFlight == 1);
    CHECK(steps[2].seconds == Approx(0.3));
    CHECK(steps[2].inFlight == 0);
    CHECK(concurrencyOverTime({}).empty());
}

TEST_CASE("concurrency over time has the run's mean and peak")
{
    std::mt19937_64 random(9);
    RunRecord run = randomRun(random, 60);
    for (size_t i = 0; i < run.requests.size(); ++i) {
        const int64_t late = msToNs(static_cast<double>(random() % 300));
        run.requests[i].submittedNs += late;
        run.requests[i].endNs += late;
        for (TokenRecord &token : run.requests[i].tokens)
            token.ns += late;
    }
    const Concurrency concurrency = concurrencyOf(run);
    const std::vector<ConcurrencyStep> steps = concurrencyOverTime(run);
    double area = 0;
    int peak = 0;
    for (size_t i = 0; i + 1 < steps.size(); ++i) {
        area += steps[i].inFlight * (steps[i + 1].seconds - steps[i].seconds);
        peak = std::max(peak, steps[i].inFlight);
        CHECK(steps[i].inFlight != steps[i + 1].inFlight);
    }
    CHECK(area / concurrency.durationS == Approx(concurrency.mean));
    CHECK(peak == concurrency.peak);
    CHECK(steps.back().inFlight == 0);
    CHECK(steps.back().seconds == Approx(concurrency.durationS));
}

TEST_CASE("the course notebook's ITL is the inverse of the throughput")
{
    // 112 tokens in 5.3 s, while the pooled gaps have a mean of 46.4 ms.
    CHECK(courseNotebookItlMs(fastAndSlow()).value() == Approx(5300.0 / 112));
    CHECK(courseNotebookItlMs(fastAndSlow()).value()
          == Approx(1000 / computeMetrics(fastAndSlow()).outputTokPerSecond.value()));
    CHECK_FALSE(courseNotebookItlMs({}).has_value());
    RunRecord failed = fastAndSlow();
    for (RequestRecord &request : failed.requests)
        request.endReason = EndReason::Error;
    CHECK_FALSE(courseNotebookItlMs(failed).has_value());
}
