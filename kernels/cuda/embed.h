// Quantised rows as numbers: the embedding's lookup, and whole matrices as binary16 for products by
// cuBLAS.
#pragma once

#include "kernels/api/views.h"
#include "launch_queue.h"
#include "weight_format.h"

namespace inferlab::cuda {

// out[r] = row ids[r] of the table, float32. ids: in device memory, [out.rows].
void embed(LaunchQueue &queue, DType dtype, const WeightPlanes &table, const int32_t *ids,
           MatrixView out);

// Rows firstRow .. firstRow + rows - 1 as binary16, packed: [rows][groups * 32]. Values beyond
// binary16's range become its largest.
void dequantizeToHalf(LaunchQueue &queue, DType dtype, const WeightPlanes &weight, int64_t firstRow,
                      int64_t rows, uint16_t *out);

} // namespace inferlab::cuda
