// What the same bits in every batch cost, measured on the emulated module: there the kernel for any
// number of rows computes a whole tile for one row, which is many times the work.
#include "app/machine/batch_invariant_cost.h"

#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace inferlab;

TEST_CASE("the cost is that of the slower kernels, and the backend is left as it was")
{
    const auto backend = openBackend("cuda", 1);
    for (const bool before : {false, true}) {
        backend->setBatchInvariant(before);
        const double cost = batchInvariantCost(*backend, 64, {});
        CHECK(std::isfinite(cost));
        CHECK(cost > 0.2);
        CHECK(backend->batchInvariant() == before);
    }
}

TEST_CASE("measuring gives up when told to, and leaves the backend as it was")
{
    const auto backend = openBackend("cuda", 1);
    CHECK_THROWS_AS(batchInvariantCost(*backend, 64, [] { return true; }), Cancelled);
    CHECK_FALSE(backend->batchInvariant());
}
