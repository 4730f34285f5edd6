// A group of 32 values, one in each lane of a warp, becomes activations that quantised weights are
// multiplied with.
#pragma once

#include "activations.h"
#include "warp_codes.cuh"

#include <cuda_runtime.h>

namespace inferlab::cuda {

static_assert(kGroup == kWarpLanes);

__device__ __forceinline__ void quantizeGroup(float value, int64_t index,
                                              const Int8Activations &out)
{
    const auto lane = static_cast<int>(threadIdx.x % kWarpLanes);
    const auto [largest, code] = quantizeWarp(value); // infinite: no sum with it is a number
    int sum = code;                                   // of the lane's half
    for (int lanes = 8; lanes > 0; lanes /= 2)
        sum += __shfl_xor_sync(kWholeWarp, sum, lanes);
    const int upper = __shfl_sync(kWholeWarp, sum, 16);
    out.codes[index * kGroup + lane] = static_cast<signed char>(code);
    if (lane == 0) {
        out.scales[index].scale = largest / 127.0f;
        out.scales[index].sums =
            (static_cast<uint32_t>(sum) & 0xffffu) | static_cast<uint32_t>(upper) << 16;
    }
}

} // namespace inferlab::cuda
