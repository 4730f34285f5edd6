// Rotary position embedding of one row.
#pragma once

#include "kernels/api/backend.h"

namespace inferlab {

// Rotates the first ropeDim elements of each head of x [cols]; cosSin [ropeDim]: cos of pair i at
// 2i, sin at 2i + 1. Source: Su et al., "RoFormer", 2021.
void ropeRow(float *x, int64_t cols, int32_t headDim, int32_t ropeDim, const float *cosSin,
             RopeLayout layout) noexcept;

} // namespace inferlab
