// The vector kernels for AVX-512 (F and DQ): vectors of sixteen floats. Compiled with those flags,
// hence no header with inline functions but the intrinsics'.
#include "vector_kernels.h"

#include <cstring>
#include <immintrin.h>

namespace inferlab {

namespace {

using Reg = __m512;

constexpr int kWidth = 16;
// Vectors side by side in a block of sums: with four queries 16 sums fill half of the 32 registers,
// and one vector from memory feeds four multiply-adds.
constexpr int kBlockVectors = 4;

Reg broadcast(float value)
{
    return _mm512_set1_ps(value);
}

Reg load(const float *source)
{
    return _mm512_loadu_ps(source);
}

Reg load(const uint16_t *source)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(source)));
}

void store(float *target, Reg value)
{
    _mm512_storeu_ps(target, value);
}

void storeHalves(uint16_t *target, Reg value)
{
    const __m256i halves = _mm512_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(target), halves);
}

// a * b + c, rounded once.
Reg multiplyAdd(Reg a, Reg b, Reg c)
{
    return _mm512_fmadd_ps(a, b, c);
}

// A NaN in the second argument is the result.
Reg larger(Reg a, Reg b)
{
    return _mm512_max_ps(a, b);
}

Reg smaller(Reg a, Reg b)
{
    return _mm512_min_ps(a, b);
}

float sumOfLanes(Reg value)
{
    const __m256 eight =
        _mm256_add_ps(_mm512_castps512_ps256(value), _mm512_extractf32x8_ps(value, 1));
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

float largestOfLanes(Reg value)
{
    const __m256 eight =
        _mm256_max_ps(_mm512_castps512_ps256(value), _mm512_extractf32x8_ps(value, 1));
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

// x * 2^n for whole n.
Reg timesPowerOfTwo(Reg x, Reg n)
{
    return _mm512_scalef_ps(x, n);
}

// value, but 0 in the lanes where x < least; a NaN is below nothing.
Reg zeroWhereBelow(Reg x, Reg least, Reg value)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, least, _CMP_NLT_UQ), value);
}

// Lane j of vector i and lane i of vector j change places: pairs and fours within quarters of a
// vector, then quarters, then halves.
void transpose(Reg (&v)[kWidth])
{
    Reg pairs[kWidth];
    Reg fours[kWidth];
#pragma GCC unroll 8
    for (int i = 0; i < kWidth; i += 2) {
        pairs[i] = _mm512_unpacklo_ps(v[i], v[i + 1]);
        pairs[i + 1] = _mm512_unpackhi_ps(v[i], v[i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < kWidth; i += 4) {
        fours[i] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
        fours[i + 1] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
        fours[i + 2] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
        fours[i + 3] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
    }
    // Quarter k of fours[4 g + c] holds lanes 4 k + c of vectors 4 g .. 4 g + 3.
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
        const Reg low01 = _mm512_shuffle_f32x4(fours[c], fours[c + 4], 0x44);
        const Reg high01 = _mm512_shuffle_f32x4(fours[c], fours[c + 4], 0xee);
        const Reg low23 = _mm512_shuffle_f32x4(fours[c + 8], fours[c + 12], 0x44);
        const Reg high23 = _mm512_shuffle_f32x4(fours[c + 8], fours[c + 12], 0xee);
        v[c] = _mm512_shuffle_f32x4(low01, low23, 0x88);
        v[c + 4] = _mm512_shuffle_f32x4(low01, low23, 0xdd);
        v[c + 8] = _mm512_shuffle_f32x4(high01, high23, 0x88);
        v[c + 12] = _mm512_shuffle_f32x4(high01, high23, 0xdd);
    }
}

#include "lane_sums.inl"

#include "attention_chunk.inl"
#include "vector_rows.inl"

} // namespace

const VectorKernels &vectorKernelsAvx512() noexcept;

const VectorKernels &vectorKernelsAvx512() noexcept
{
    static constexpr VectorKernels kTable {rmsNormRow, siluMultiplyRow,  addRow,
                                           expRow,     halvesFromFloats, attendChunk};
    return kTable;
}

} // namespace inferlab
