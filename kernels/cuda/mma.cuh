// One product of a warp on the tensor cores: c += a b, with a [16, 16] and b [16, 8] in binary16
// and c [16, 8] in float32. Fragments as in the PTX manual (mma.m16n8k16): with g = lane / 4 and t
// = lane % 4, each word holding two neighbours along k (a, b) or along n (c):
//     a[0]: row g, k 2t     a[1]: row g + 8, k 2t     a[2]: row g, k 2t + 8    a[3]: g + 8, 2t + 8
//     b[0]: k 2t, col g     b[1]: k 2t + 8, col g
//     c[0], c[1]: row g, cols 2t, 2t + 1              c[2], c[3]: row g + 8, the same cols
#pragma once

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

} // namespace inferlab::cuda
