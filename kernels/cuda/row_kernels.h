// Operators on rows of activations, one launch each. Matrices are in device memory, float32.
#pragma once

#include "kernels/api/backend.h"

#include <cuda_runtime_api.h>

namespace inferlab::cuda {

void rmsNorm(cudaStream_t stream, ConstMatrixView x, const float *gain, float epsilon,
             MatrixView out);
void siluMultiply(cudaStream_t stream, ConstMatrixView gate, ConstMatrixView up, MatrixView out);
void add(cudaStream_t stream, MatrixView x, ConstMatrixView y);
// rows: in device memory, [out.rows].
void gatherRows(cudaStream_t stream, ConstMatrixView x, const int32_t *rows, MatrixView out);

} // namespace inferlab::cuda
