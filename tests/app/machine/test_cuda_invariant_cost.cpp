// What the same bits in every batch cost, measured on the emulated module, whose times mean
// nothing: it is a ratio of times that were taken with either choice, and the backend is left as it
// was.
#include "app/machine/batch_invariant_cost.h"

#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <doctest/doctest.h>

#include <cmath>

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
