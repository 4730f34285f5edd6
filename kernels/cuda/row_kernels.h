// Operators on rows of activations, one launch each. Matrices are in device memory, float32.
#pragma once

#include "kernels/api/backend.h"
#include "launch_queue.h"

namespace inferlab::cuda {

void rmsNorm(LaunchQueue &queue, ConstMatrixView x, const float *gain, float epsilon,
             MatrixView out);
void siluMultiply(LaunchQueue &queue, ConstMatrixView gate, ConstMatrixView up, MatrixView out);
void add(LaunchQueue &queue, MatrixView x, ConstMatrixView y);
// rows: in device memory, [out.rows].
void gatherRows(LaunchQueue &queue, ConstMatrixView x, const int32_t *rows, MatrixView out);

} // namespace inferlab::cuda
