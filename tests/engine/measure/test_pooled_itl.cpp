// The growing sample is, after every step, the one that the whole record gives.
#include "engine/measure/pooled_itl.h"

#include "engine/measure/metrics.h"
#include "records.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace inferlab;
using namespace inferlab::test;

namespace {

void checkSame(const PooledItl &live, const RunRecord &run)
{
    std::vector<double> whole = pooledItlMs(run);
    std::sort(whole.begin(), whole.end());
    REQUIRE(std::equal(whole.begin(), whole.end(), live.sortedMs().begin(), live.sortedMs().end()));
}

} // namespace

TEST_CASE("a growing run keeps the same sample as its record")
{
    std::mt19937_64 random(8);
    RunRecord run;
    for (int32_t i = 0; i < 5; ++i) {
        run.requests.push_back(requestWith({}));
        run.requests.back().id = i;
        run.requests.back().endReason = EndReason::Running;
    }
    PooledItl live;
    live.update(run);
    CHECK(live.size() == 0);
    CHECK_FALSE(live.summary().has_value());
    double now = 0;
    for (int step = 0; step < 200; ++step) {
        now += 1.0 + static_cast<double>(random() % 50);
        for (RequestRecord &request : run.requests) {
            if (random() % 4 != 0)
                request.tokens.push_back(tokenAt(now, static_cast<int32_t>(random() % 3)));
        }
        if (step % 3 == 0)
            continue;
        live.update(run);
        checkSame(live, run);
    }
    const SampleSummary expected = summarise(pooledItlMs(run)).value();
    const SampleSummary found = live.summary().value();
    CHECK(found.p99 == expected.p99);
    CHECK(found.p50 == expected.p50);
    CHECK(found.mean == doctest::Approx(expected.mean).epsilon(1e-12));
    CHECK(found.standardDeviation == doctest::Approx(expected.standardDeviation).epsilon(1e-12));
}

TEST_CASE("a request that fails takes its gaps with it")
{
    RunRecord run = fastAndSlow();
    PooledItl live;
    live.update(run);
    CHECK(live.size() == 110);
    run.requests[0].endReason = EndReason::Error;
    live.update(run);
    CHECK(live.size() == 100);
    checkSame(live, run);
}

TEST_CASE("another run is read from its beginning")
{
    RunRecord first = fastAndSlow();
    PooledItl live;
    live.update(first);
    RunRecord second = fastAndSlow();
    shift(second, 1'000'000);
    second.requests[1].tokens.resize(150, second.requests[1].tokens.back());
    live.update(second);
    checkSame(live, second);
    live.update({});
    CHECK(live.size() == 0);
}
