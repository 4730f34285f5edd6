// What the same bits in every batch cost on a device where they are a choice.
#pragma once

#include "kernels/api/backend.h"

#include <cstdint>

namespace inferlab {

struct StepSizes
{
    int64_t width = 0;         // of the weights of its products, width x width
    int32_t contextTokens = 0; // that attention reads in decode
    int32_t promptTokens = 0;  // of prefill
};

// How much longer a step takes with batch-invariant kernels: 0.07 is 7%. The largest of decode
// steps at batch 1 and 8 and of a prefill step, with weights of Q8_0 and of F16; of a step its
// products and its attention. The backend is left as it was. Throws Cancelled.
double batchInvariantCost(Backend &backend, const StepSizes &sizes, const StopCheck &stop);

} // namespace inferlab
