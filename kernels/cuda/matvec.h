// Products with 1 to 8 tokens, for decoding: the time is that of reading the weights. A token's
// result does not depend on the tokens beside it.
#pragma once

#include "activations.h"
#include "product_targets.h"

namespace inferlab::cuda {

constexpr int64_t kMatvecTokens = 8;

// dtype: a quantised type. tokens: 1 .. kMatvecTokens, as many as x has rows.
void matvecQuantized(LaunchQueue &queue, DType dtype, ProductTargets targets,
                     const Int8Activations &x, int64_t tokens);

// dtype: F32, F16 or BF16.
void matvecFloat(LaunchQueue &queue, DType dtype, ProductTargets targets, const FloatActivations &x,
                 int64_t tokens);

} // namespace inferlab::cuda
