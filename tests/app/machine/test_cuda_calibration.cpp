// What a calibration measures of a GPU alone, on the emulated module, whose times mean nothing: the
// cost of the same bits in every batch is a ratio of times that were taken with either choice,
// operators are timed in recorded steps too, and the backend is left as it was.
#include "app/machine/batch_invariant_cost.h"

#include "app/machine/operator_timer.h"

#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>

using namespace inferlab;

TEST_CASE("the cost is a share of a step, and the backend is left as it was")
{
    const auto backend = openBackend("cuda", 1);
    for (const bool before : {false, true}) {
        backend->setBatchInvariant(before);
        const double cost = batchInvariantCost(*backend, {64, 32, 16}, {});
        CHECK(std::isfinite(cost));
        CHECK(cost > -1.0); // a step that takes no time
        CHECK(backend->batchInvariant() == before);
    }
}

TEST_CASE("measuring gives up when told to, and leaves the backend as it was")
{
    const auto backend = openBackend("cuda", 1);
    CHECK_THROWS_AS(batchInvariantCost(*backend, {64, 32, 16}, [] { return true; }), Cancelled);
    CHECK_FALSE(backend->batchInvariant());
}

TEST_CASE("an operator in a recorded step, on a backend that records steps or was told not to")
{
    const auto backend = openBackend("cuda", 1);
    const StopCheck never;
    for (const bool before : {true, false}) {
        backend->setRecordsSteps(before);
        OperatorTimer timer(*backend, never);
        CHECK(timer.replayedSeconds(addCase(1, 64)) > 0.0);
        const std::optional<DeviceStep> step = backend->lastStep();
        REQUIRE(step);
        CHECK(step->replayed);
        CHECK(step->launches == 100);
        CHECK(backend->recordsSteps() == before);
    }
    const auto cpu = openBackend("cpu", 1);
    CHECK(OperatorTimer(*cpu, never).replayedSeconds(addCase(1, 64)) == 0.0);
}
