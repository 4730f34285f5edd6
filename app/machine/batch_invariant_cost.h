// What the same bits in every batch cost on a device where they are a choice.
#pragma once

#include "kernels/api/backend.h"

#include <cstdint>

namespace inferlab {

// How much longer a decode step takes with batch-invariant kernels, at batch 1 or 8, whichever
// suffers more: 0.07 is 7%. Of its products, with weights of width x width, and attention over a
// middling context. The backend is left as it was. Throws Cancelled.
double batchInvariantCost(Backend &backend, int64_t width, const StopCheck &stop);

} // namespace inferlab
