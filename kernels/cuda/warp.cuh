// Sums and maxima over a warp and a block, always in the same order: every lane gets the same bits,
// run after run.
#pragma once

#include "launch.cuh"

#include <cuda_runtime.h>

namespace inferlab::cuda {

__device__ __forceinline__ float warpSum(float value)
{
    for (int lanes = kWarpLanes / 2; lanes > 0; lanes /= 2)
        value = __fadd_rn(value, __shfl_xor_sync(kWholeWarp, value, lanes));
    return value;
}

__device__ __forceinline__ float warpMaximum(float value)
{
    for (int lanes = kWarpLanes / 2; lanes > 0; lanes /= 2)
        value = fmaxf(value, __shfl_xor_sync(kWholeWarp, value, lanes));
    return value;
}

// Over all threads of the block; `scratch` holds one float per warp.
__device__ __forceinline__ float blockSum(float value, float *scratch)
{
    const int warp = static_cast<int>(threadIdx.x) / kWarpLanes;
    const int warps = static_cast<int>(blockDim.x) / kWarpLanes;
    value = warpSum(value);
    if (threadIdx.x % kWarpLanes == 0)
        scratch[warp] = value;
    __syncthreads();
    float sum = scratch[0];
    for (int i = 1; i < warps; ++i)
        sum = __fadd_rn(sum, scratch[i]);
    return sum;
}

} // namespace inferlab::cuda
