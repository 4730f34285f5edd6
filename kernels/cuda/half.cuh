// binary16 and bfloat16 as the kernels keep them: 16 bits in an integer.
#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstdint>

namespace inferlab::cuda {

__device__ __forceinline__ float floatFromHalf(uint16_t bits)
{
    return __half2float(__ushort_as_half(bits));
}

__device__ __forceinline__ uint16_t halfFromFloat(float value)
{
    return __half_as_ushort(__float2half_rn(value));
}

__device__ __forceinline__ float floatFromBfloat16(uint16_t bits)
{
    return __int_as_float(static_cast<int>(static_cast<uint32_t>(bits) << 16));
}

// A weight as binary16 takes it: what lies beyond its range becomes its largest; infinity and NaN
// stay, so that a broken file shows in the result.
__device__ __forceinline__ float withinHalf(float value)
{
    constexpr float kLargestHalf = 65504.0f;
    return fabsf(value) < INFINITY ? fminf(fmaxf(value, -kLargestHalf), kLargestHalf) : value;
}

// The two halves of a word, the lower first in memory.
__device__ __forceinline__ float lowHalf(uint32_t word)
{
    return floatFromHalf(static_cast<uint16_t>(word & 0xffffu));
}

__device__ __forceinline__ float highHalf(uint32_t word)
{
    return floatFromHalf(static_cast<uint16_t>(word >> 16));
}

__device__ __forceinline__ float lowBfloat16(uint32_t word)
{
    return floatFromBfloat16(static_cast<uint16_t>(word & 0xffffu));
}

__device__ __forceinline__ float highBfloat16(uint32_t word)
{
    return floatFromBfloat16(static_cast<uint16_t>(word >> 16));
}

__device__ __forceinline__ uint32_t packHalves(float low, float high)
{
    return static_cast<uint32_t>(halfFromFloat(low))
        | static_cast<uint32_t>(halfFromFloat(high)) << 16;
}

} // namespace inferlab::cuda
