// How a weight lies in device memory: rows of groups of 32 elements, split into planes, so that the
// lanes of a warp, each with a group, read 16 bytes each from neighbouring addresses.
//
// low:    4-bit types: 16 bytes per group, byte j holds element j in its low and j + 16 in its high
//         nibble. Q8_0: 32 signed bytes. Float types: the elements themselves.
// high:   Q5_0, Q5_1, Q5_K: 4 bytes per group, bit j is the fifth bit of element j.
//         Q6_K: two words per group, one for each half of 16; bits 2w, 2w + 1 of byte k are the
//         upper bits of the half's element 4w + k.
// scales: Q4_0, Q5_0, Q8_0: a half d per group. Q4_1, Q5_1: two halves d, m. Q4_K, Q5_K: two bytes,
//         the group's scale and minimum. Q6_K: two signed bytes, the scales of the halves.
// supers: of each 8 groups. Q4_K, Q5_K: two halves d, dmin. Q6_K: a half d.
//
// The codes and formulas are ggml's (kernels/api/dequantize.cpp); only the places differ.
#pragma once

#include "kernels/api/dtype.h"

#include <cstddef>
#include <cstdint>

namespace inferlab::cuda {

constexpr int32_t kGroup = 32;
constexpr int32_t kGroupsPerSuper = 8;

struct WeightPlanes
{
    const unsigned char *low = nullptr;
    const unsigned char *high = nullptr;
    const unsigned char *scales = nullptr;
    const unsigned char *supers = nullptr;
    int64_t groups = 0; // of a row; float types are padded with zeros to whole groups
};

// Bytes per group of each plane; supers: per 8 groups. 0 where a type has no such plane.
struct PlaneBytes
{
    size_t low = 0;
    size_t high = 0;
    size_t scales = 0;
    size_t supers = 0;
};

// Types whose codes the kernels read; the others are kept as float32.
bool hasKernels(DType dtype) noexcept;
constexpr bool isFloatType(DType dtype) noexcept
{
    return dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16;
}
constexpr PlaneBytes planeBytes(DType dtype) noexcept
{
    switch (dtype) {
    case DType::F32:
        return {128, 0, 0, 0};
    case DType::F16:
    case DType::BF16:
        return {64, 0, 0, 0};
    case DType::Q4_0:
        return {16, 0, 2, 0};
    case DType::Q4_1:
        return {16, 0, 4, 0};
    case DType::Q5_0:
        return {16, 4, 2, 0};
    case DType::Q5_1:
        return {16, 4, 4, 0};
    case DType::Q8_0:
        return {32, 0, 2, 0};
    case DType::Q4_K:
        return {16, 0, 2, 4};
    case DType::Q5_K:
        return {16, 4, 2, 4};
    case DType::Q6_K:
        return {16, 8, 2, 2};
    default:
        return {};
    }
}

// Where the planes of `rows` rows of `cols` elements begin in one allocation, and its size.
struct PlaneOffsets
{
    size_t low = 0;
    size_t high = 0;
    size_t scales = 0;
    size_t supers = 0;
    size_t total = 0;
};
PlaneOffsets planeOffsets(DType dtype, int64_t rows, int64_t cols) noexcept;
int64_t groupsOf(int64_t cols) noexcept;

// Rewrites one row of a file's tensor into planes; each pointer is where this row's part of the
// plane begins. dtype: one that has kernels.
struct HostPlanes
{
    unsigned char *low = nullptr;
    unsigned char *high = nullptr;
    unsigned char *scales = nullptr;
    unsigned char *supers = nullptr;
};
void repackRow(DType dtype, const unsigned char *row, int64_t cols, const HostPlanes &planes);

} // namespace inferlab::cuda
