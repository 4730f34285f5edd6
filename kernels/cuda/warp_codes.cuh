// Rounding the 32 values of a warp to int8 together.
#pragma once

#include "warp.cuh"

namespace inferlab::cuda {

struct WarpCodes
{
    float largest; // magnitude; the scale is its 127th part
    int code;      // of this lane's value
};

// With the roundings of kernels/api/quantize_q8_0.h. NaN counts as infinity: the scale becomes
// infinite and the codes 0, so that what is no number stays none.
__device__ __forceinline__ WarpCodes quantizeWarp(float value)
{
    const float magnitude = fabsf(value);
    const float largest = warpMaximum(magnitude < INFINITY ? magnitude : INFINITY);
    const bool finite = largest < INFINITY;
    const float inverse = finite && largest > 0.0f ? 127.0f / largest : 0.0f;
    return {largest, finite ? __float2int_rn(__fmul_rn(value, inverse)) : 0};
}

} // namespace inferlab::cuda
