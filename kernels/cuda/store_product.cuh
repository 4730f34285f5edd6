// The end of every product: a result goes to its target, or is added to it.
#pragma once

#include "product_targets.h"

#include <cuda_runtime.h>

namespace inferlab::cuda {

__device__ __forceinline__ void storeProduct(const ProductTarget &target, int64_t token,
                                             int64_t row, float value)
{
    float &y = target.y[token * target.stride + row];
    y = target.accumulate ? __fadd_rn(y, value) : value;
}

} // namespace inferlab::cuda
