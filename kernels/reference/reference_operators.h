// The operators of kernels/api/backend.h as plain loops: the formulas that every other backend is
// compared with. Values are float32, sums and what lies between are float64.
#pragma once

#include "kernels/api/backend.h"

#include <span>

namespace inferlab::reference {

void rmsNorm(ConstMatrixView x, const float *gain, float epsilon, MatrixView out);
// y = x * weight^T (+ bias, which may be null). Gives up between two columns of y.
void matmul(ConstMatrixView weight, const float *bias, ConstMatrixView x, MatrixView y,
            const StopCheck &stop);
void rope(MatrixView x, int32_t headDim, int32_t ropeDim, ConstMatrixView cosSin,
          RopeLayout layout);
void writeKv(ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
             const RowPlacement &placement);
// workspace: headDim elements and one for each token of the longest sequence. Gives up between two
// heads of a row.
void attention(const AttentionArgs &args, std::span<double> workspace, const StopCheck &stop);
void siluMultiply(ConstMatrixView gate, ConstMatrixView up, MatrixView out);
void add(MatrixView x, ConstMatrixView y);
void gatherRows(ConstMatrixView x, std::span<const int32_t> rows, MatrixView out);

} // namespace inferlab::reference
