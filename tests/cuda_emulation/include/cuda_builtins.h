// What CUDA C++ adds to the language, for g++: qualifiers, vector types, the built-in variables and
// the intrinsics that kernels/cuda uses.
#pragma once

#include "../emulation.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)

struct dim3
{
    unsigned x = 1;
    unsigned y = 1;
    unsigned z = 1;
};
struct uint3
{
    unsigned x, y, z;
};
struct alignas(8) int2
{
    int x, y;
};
struct alignas(16) int4
{
    int x, y, z, w;
};
struct alignas(8) uint2
{
    unsigned x, y;
};
struct alignas(16) uint4
{
    unsigned x, y, z, w;
};
struct alignas(8) float2
{
    float x, y;
};
struct alignas(16) float4
{
    float x, y, z, w;
};

extern uint3 threadIdx;
extern uint3 blockIdx;
extern dim3 blockDim;
extern dim3 gridDim;

inline float2 make_float2(float x, float y)
{
    return {x, y};
}
inline float4 make_float4(float x, float y, float z, float w)
{
    return {x, y, z, w};
}
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w)
{
    return {x, y, z, w};
}

inline int min(int a, int b)
{
    return a < b ? a : b;
}

inline void __syncthreads()
{
    inferlab::emulation::blockBarrier();
}
inline void __syncwarp(unsigned mask = 0xffffffffu)
{
    inferlab::emulation::exchange(inferlab::emulation::WarpOperation::Barrier, mask, nullptr, 0);
}

template <typename T>
T __shfl_sync(unsigned mask, T value, int source)
{
    static_assert(sizeof(T) == sizeof(uint32_t));
    const auto word = std::bit_cast<uint32_t>(value);
    const auto *words =
        inferlab::emulation::exchange(inferlab::emulation::WarpOperation::Shuffle, mask, &word, 1);
    return std::bit_cast<T>(words[source & 31][0]);
}
template <typename T>
T __shfl_xor_sync(unsigned mask, T value, int lanes)
{
    return __shfl_sync(mask, value, static_cast<int>(inferlab::emulation::laneOfThread()) ^ lanes);
}

inline unsigned __ballot_sync(unsigned mask, int predicate)
{
    const uint32_t word = predicate != 0 ? 1 : 0;
    const auto *words =
        inferlab::emulation::exchange(inferlab::emulation::WarpOperation::Vote, mask, &word, 1);
    unsigned result = 0;
    for (unsigned lane = 0; lane < 32; ++lane)
        result |= words[lane][0] << lane;
    return result;
}
inline int __any_sync(unsigned mask, int predicate)
{
    return __ballot_sync(mask, predicate) != 0 ? 1 : 0;
}
inline int __all_sync(unsigned mask, int predicate)
{
    return __ballot_sync(mask, predicate) == 0xffffffffu ? 1 : 0;
}

// Threads take turns only where they wait or rest, so this is one step.
inline int atomicAdd(int *place, int value)
{
    inferlab::emulation::mayRest();
    const int before = *place;
    *place += value;
    return before;
}

// c + the sum of the products of four signed bytes.
inline int __dp4a(int a, int b, int c)
{
    inferlab::emulation::mayRest();
    for (int i = 0; i < 4; ++i)
        c += static_cast<int8_t>(a >> (8 * i)) * static_cast<int8_t>(b >> (8 * i));
    return c;
}

// Rounded once, as the device rounds it.
inline float __fmaf_rn(float a, float b, float c)
{
    inferlab::emulation::mayRest();
    return std::fma(a, b, c);
}
inline float __fmul_rn(float a, float b)
{
    inferlab::emulation::mayRest();
    return a * b;
}
inline float __fadd_rn(float a, float b)
{
    inferlab::emulation::mayRest();
    return a + b;
}
inline int __float2int_rn(float value)
{
    return static_cast<int>(std::nearbyint(value));
}
inline float __int_as_float(int bits)
{
    return std::bit_cast<float>(bits);
}
inline unsigned __float_as_uint(float value)
{
    return std::bit_cast<unsigned>(value);
}
inline int __float_as_int(float value)
{
    return std::bit_cast<int>(value);
}

namespace inferlab::emulation {

// The tensor cores' product of kernels/cuda/mma.cuh, with the fragments of all lanes.
void multiplyTile(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]);
// And its loadMatrices().
void loadMatrices(const void *row, bool transposed, uint32_t (&words)[4]);

} // namespace inferlab::emulation
