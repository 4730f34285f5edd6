// What the same bits in every batch cost on a device where they are a choice.
#pragma once

#include "kernels/api/backend.h"

#include <cstdint>

namespace inferlab {

struct DecodeSizes
{
    int64_t width = 0;         // of the weights of its products, width x width
    int32_t contextTokens = 0; // that attention reads
};

// How much longer a decode step takes with batch-invariant kernels, at batch 1 or 8, whichever
// suffers more: 0.07 is 7%. The backend is left as it was. Throws Cancelled.
double batchInvariantCost(Backend &backend, const DecodeSizes &sizes, const StopCheck &stop);

} // namespace inferlab
