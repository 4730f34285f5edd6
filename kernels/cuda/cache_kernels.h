// What happens to queries, keys and values between their products and attention: rotation, and the
// way into the paged cache. One launch each. Matrices are in device memory, float32.
#pragma once

#include "kernels/api/backend.h"
#include "launch_queue.h"

namespace inferlab::cuda {

void rope(LaunchQueue &queue, MatrixView x, int32_t headDim, int32_t ropeDim,
          ConstMatrixView cosSin, RopeLayout layout);
void writeKv(LaunchQueue &queue, ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
             const RowPlacement &placement);
// The same numbers as of rope() for queries and keys and of writeKv(); k stays as it is.
void ropeAndStore(LaunchQueue &queue, const RopeStoreArgs &args);

} // namespace inferlab::cuda
