// Products of a warp on the tensor cores, c += a b, with a [16, 16] and b [16, 8] in binary16 and c
// [16, 8] in float32, and their fragments from shared memory. Fragments as in the PTX manual
// (mma.m16n8k16): with g = lane / 4 and t = lane % 4, each word holding two neighbours along k (a,
// b) or along n (c):
//     a[0]: row g, k 2t     a[1]: row g + 8, k 2t     a[2]: row g, k 2t + 8    a[3]: g + 8, 2t + 8
//     b[0]: k 2t, col g     b[1]: k 2t + 8, col g
//     c[0], c[1]: row g, cols 2t, 2t + 1              c[2], c[3]: row g + 8, the same cols
#pragma once

#include "launch.cuh"

#include <cuda_runtime.h>

#include <cstdint>

namespace inferlab::cuda {

__device__ __forceinline__ void multiplyTile(float (&c)[4], const uint32_t (&a)[4],
                                             const uint32_t (&b)[2])
{
#ifndef __CUDACC__
    emulation::multiplyTile(c, a, b);
#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#elif defined(__CUDA_ARCH__) // 7.5 multiplies 8 along k at a time
    for (int half = 0; half < 2; ++half)
        asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 "
            "{%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
            : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
            : "r"(a[2 * half]), "r"(a[2 * half + 1]), "r"(b[half]));
#endif
}

// Four matrices of 8 by 8 binary16 from shared memory (ldmatrix): lane 8 m + r brings the address
// of row r of matrix m, 16 bytes, and each lane gets of every matrix the word that a fragment
// wants: row g, columns 2t and 2t + 1; transposed: rows 2t and 2t + 1, column g.
template <bool transposed>
__device__ __forceinline__ void loadMatrices(const uint32_t *row, uint32_t &first, uint32_t &second,
                                             uint32_t &third, uint32_t &fourth)
{
#ifndef __CUDACC__
    uint32_t words[4];
    emulation::loadMatrices(row, transposed, words);
    first = words[0];
    second = words[1];
    third = words[2];
    fourth = words[3];
#elif defined(__CUDA_ARCH__)
    const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(row));
    // volatile and with memory: barriers lie between it and what was stored there.
    if constexpr (transposed)
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(first), "=r"(second), "=r"(third), "=r"(fourth)
                     : "r"(address)
                     : "memory");
    else
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(first), "=r"(second), "=r"(third), "=r"(fourth)
                     : "r"(address)
                     : "memory");
#endif
}

__device__ __forceinline__ int matrixLane()
{
    return static_cast<int>(threadIdx.x) % kWarpLanes;
}

// a of rows `rows` .. + 15, 16 of their values from word 0 of each on. rowWords: of shared memory,
// a multiple of 4, odd as one of 4 so that no two rows share banks.
__device__ __forceinline__ void loadLeft(const uint32_t *rows, int rowWords, uint32_t (&a)[4])
{
    const int lane = matrixLane();
    loadMatrices<false>(rows + lane % 16 * rowWords + lane / 16 * 4, a[0], a[1], a[2], a[3]);
}

// Two b beside each other, of 16 rows that hold k one after the other: a row is a column of b.
__device__ __forceinline__ void loadRight(const uint32_t *rows, int rowWords, uint32_t (&b)[2][2])
{
    const int lane = matrixLane();
    loadMatrices<false>(rows + (lane % 8 + lane / 16 * 8) * rowWords + lane / 8 % 2 * 4, b[0][0],
                        b[0][1], b[1][0], b[1][1]);
}

// The same of 16 rows, each of which is a row of b: 16 columns from word 0 on.
__device__ __forceinline__ void loadRightTransposed(const uint32_t *rows, int rowWords,
                                                    uint32_t (&b)[2][2])
{
    const int lane = matrixLane();
    loadMatrices<true>(rows + lane % 16 * rowWords + lane / 16 * 4, b[0][0], b[0][1], b[1][0],
                       b[1][1]);
}

} // namespace inferlab::cuda
