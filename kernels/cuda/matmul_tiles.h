// Products with many tokens on the tensor cores: weights become binary16 on their way into shared
// memory, activations are binary16, sums are float32 in the order of the columns. A result depends
// on its token and its row of the weight alone, whatever the number of tokens.
#pragma once

#include "activations.h"
#include "product_targets.h"

namespace inferlab::cuda {

// dtype: any type with kernels but F32.
void matmulTiles(LaunchQueue &queue, DType dtype, ProductTargets targets, const HalfActivations &x,
                 int64_t tokens);

// Where another has multiplied: undoes the activations' scales, adds the bias, and what has to be
// added to y.
void finishProducts(LaunchQueue &queue, const ProductTargets &targets, const HalfActivations &x,
                    int64_t tokens);

} // namespace inferlab::cuda
