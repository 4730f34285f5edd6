// One group of 32 weights in registers, for every quantised type: eight words of four codes each
// (words 0-3: elements 0-15), and how a code becomes a value:
//     value = scale * (code - offset) - minimum
#pragma once

#include "half.cuh"
#include "weight_format.h"

#include <cuda_runtime.h>

namespace inferlab::cuda {

// What is known of a type before anything is read.
template <DType type>
struct GroupTraits
{
    static constexpr bool kIsQ4 = type == DType::Q4_0 || type == DType::Q4_1 || type == DType::Q4_K;
    static constexpr bool kIsQ5 = type == DType::Q5_0 || type == DType::Q5_1 || type == DType::Q5_K;
    static constexpr bool kIsQ6 = type == DType::Q6_K;
    static constexpr bool kIsQ8 = type == DType::Q8_0;
    static constexpr bool kHasMinimum =
        type == DType::Q4_1 || type == DType::Q5_1 || type == DType::Q4_K || type == DType::Q5_K;
    static constexpr bool kHasSupers = type == DType::Q4_K || type == DType::Q5_K || kIsQ6;
    static constexpr bool kTwoScales = kIsQ6; // one for each half of 16
    static constexpr int kOffset = type == DType::Q4_0 ? 8
        : type == DType::Q5_0                          ? 16
        : kIsQ6                                        ? 32
                                                       : 0;
};

// scale[1] counts where a type has two scales; minimum where it has one.
struct GroupScales
{
    float scale[2];
    float minimum;
};

// Where group `group` of row `row` lies.
__device__ __forceinline__ int64_t groupIndex(const WeightPlanes &planes, int64_t row,
                                              int64_t group)
{
    return row * planes.groups + group;
}

// Spreads bits 0-3 to bit 4 of the four bytes.
__device__ __forceinline__ int fifthBits(uint32_t bits)
{
    return static_cast<int>((((bits & 0xfu) * 0x00204081u) & 0x01010101u) << 4);
}

// Codes of elements 16 half to 16 half + 15: four words.
template <DType type>
__device__ __forceinline__ void loadHalfCodes(const WeightPlanes &planes, int64_t index, int half,
                                              int *words)
{
    using Traits = GroupTraits<type>;
    if constexpr (Traits::kIsQ8) {
        const int4 packed = reinterpret_cast<const int4 *>(planes.low)[2 * index + half];
        words[0] = packed.x;
        words[1] = packed.y;
        words[2] = packed.z;
        words[3] = packed.w;
    } else {
        const uint4 packed = reinterpret_cast<const uint4 *>(planes.low)[index];
        const uint32_t nibbles[4] = {packed.x, packed.y, packed.z, packed.w};
        uint32_t high = 0;
        if constexpr (Traits::kIsQ5)
            high = reinterpret_cast<const uint32_t *>(planes.high)[index] >> (16 * half);
        if constexpr (Traits::kIsQ6)
            high = reinterpret_cast<const uint32_t *>(planes.high)[2 * index + half];
        for (int w = 0; w < 4; ++w) {
            words[w] = static_cast<int>((nibbles[w] >> (4 * half)) & 0x0f0f0f0fu);
            if constexpr (Traits::kIsQ5)
                words[w] |= fifthBits(high >> (4 * w));
            if constexpr (Traits::kIsQ6)
                words[w] |= static_cast<int>(((high >> (2 * w)) & 0x03030303u) << 4);
        }
    }
}

template <DType type>
__device__ __forceinline__ GroupScales loadScales(const WeightPlanes &planes, int64_t index)
{
    using Traits = GroupTraits<type>;
    GroupScales scales {};
    if constexpr (Traits::kHasSupers) {
        const uint32_t pair = reinterpret_cast<const uint16_t *>(planes.scales)[index];
        const int64_t super = index / kGroupsPerSuper; // rows are whole blocks of 256
        if constexpr (Traits::kIsQ6) {
            const float d = floatFromHalf(reinterpret_cast<const uint16_t *>(planes.supers)[super]);
            scales.scale[0] = __fmul_rn(d, static_cast<float>(static_cast<int8_t>(pair & 0xffu)));
            scales.scale[1] = __fmul_rn(d, static_cast<float>(static_cast<int8_t>(pair >> 8)));
        } else {
            const uint32_t d = reinterpret_cast<const uint32_t *>(planes.supers)[super];
            scales.scale[0] = __fmul_rn(lowHalf(d), static_cast<float>(pair & 0xffu));
            scales.minimum = __fmul_rn(highHalf(d), static_cast<float>(pair >> 8));
        }
    } else if constexpr (Traits::kHasMinimum) {
        const uint32_t pair = reinterpret_cast<const uint32_t *>(planes.scales)[index];
        scales.scale[0] = lowHalf(pair);
        scales.minimum = -highHalf(pair);
    } else {
        scales.scale[0] = floatFromHalf(reinterpret_cast<const uint16_t *>(planes.scales)[index]);
    }
    return scales;
}

// Values of elements 16 half to 16 half + 15 of a group, of any type that has kernels.
template <DType type>
__device__ __forceinline__ void loadHalfValues(const WeightPlanes &planes, int64_t index, int half,
                                               float *values)
{
    if constexpr (type == DType::F32) {
        const auto *source = reinterpret_cast<const float4 *>(planes.low) + 8 * index + 4 * half;
        for (int i = 0; i < 4; ++i) {
            const float4 four = source[i];
            values[4 * i] = four.x;
            values[4 * i + 1] = four.y;
            values[4 * i + 2] = four.z;
            values[4 * i + 3] = four.w;
        }
    } else if constexpr (type == DType::F16 || type == DType::BF16) {
        const auto *source = reinterpret_cast<const uint4 *>(planes.low) + 4 * index + 2 * half;
        for (int i = 0; i < 2; ++i) {
            const uint4 eight = source[i];
            const uint32_t words[4] = {eight.x, eight.y, eight.z, eight.w};
            for (int w = 0; w < 4; ++w) {
                const auto low = static_cast<uint16_t>(words[w] & 0xffffu);
                const auto high = static_cast<uint16_t>(words[w] >> 16);
                float *pair = values + 8 * i + 2 * w;
                pair[0] = type == DType::F16 ? floatFromHalf(low) : floatFromBfloat16(low);
                pair[1] = type == DType::F16 ? floatFromHalf(high) : floatFromBfloat16(high);
            }
        }
    } else {
        using Traits = GroupTraits<type>;
        int words[4];
        loadHalfCodes<type>(planes, index, half, words);
        const GroupScales scales = loadScales<type>(planes, index);
        // Chosen, not indexed: an array that is indexed at run time leaves the registers.
        const float scale = Traits::kTwoScales && half != 0 ? scales.scale[1] : scales.scale[0];
        for (int i = 0; i < 16; ++i) {
            const int byte = words[i / 4] >> (8 * (i % 4));
            const int code = Traits::kIsQ8 ? static_cast<int8_t>(byte) : byte & 0xff;
            const float product = __fmul_rn(scale, static_cast<float>(code - Traits::kOffset));
            values[i] = Traits::kHasMinimum ? __fadd_rn(product, -scales.minimum) : product;
        }
    }
}

} // namespace inferlab::cuda
