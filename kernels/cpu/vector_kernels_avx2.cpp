// The vector kernels for AVX2, FMA and F16C: vectors of eight floats. Compiled with those flags,
// hence no header with inline functions but the intrinsics'.
#include "vector_kernels.h"

#include <cstring>
#include <immintrin.h>

namespace inferlab {

namespace {

using Reg = __m256;

constexpr int kWidth = 8;
// Vectors side by side in a block of sums: with four queries 8 sums keep both multiply-add units
// busy for their 4 cycles and leave 8 of the 16 registers to what feeds them.
constexpr int kBlockVectors = 2;

Reg broadcast(float value)
{
    return _mm256_set1_ps(value);
}

Reg load(const float *source)
{
    return _mm256_loadu_ps(source);
}

Reg load(const uint16_t *source)
{
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(source)));
}

void store(float *target, Reg value)
{
    _mm256_storeu_ps(target, value);
}

void storeHalves(uint16_t *target, Reg value)
{
    const __m128i halves = _mm256_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm_storeu_si128(reinterpret_cast<__m128i *>(target), halves);
}

// a * b + c, rounded once.
Reg multiplyAdd(Reg a, Reg b, Reg c)
{
    return _mm256_fmadd_ps(a, b, c);
}

// A NaN in the second argument is the result.
Reg larger(Reg a, Reg b)
{
    return _mm256_max_ps(a, b);
}

Reg smaller(Reg a, Reg b)
{
    return _mm256_min_ps(a, b);
}

float sumOfLanes(Reg value)
{
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps(value, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

float largestOfLanes(Reg value)
{
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps(value, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

// x * 2^n for whole n in -250 .. 250, in two steps so that each factor is a normal number.
Reg timesPowerOfTwo(Reg x, Reg n)
{
    const __m256i bias = _mm256_set1_epi32(127);
    const __m256i exponent = _mm256_cvtps_epi32(n);
    const __m256i first = _mm256_srai_epi32(exponent, 1);
    const __m256i second = _mm256_sub_epi32(exponent, first);
    const __m256i firstBits = _mm256_slli_epi32(_mm256_add_epi32(first, bias), 23);
    const __m256i secondBits = _mm256_slli_epi32(_mm256_add_epi32(second, bias), 23);
    return _mm256_mul_ps(_mm256_mul_ps(x, _mm256_castsi256_ps(firstBits)),
                         _mm256_castsi256_ps(secondBits));
}

// value, but 0 in the lanes where x < least; a NaN is below nothing.
Reg zeroWhereBelow(Reg x, Reg least, Reg value)
{
    return _mm256_and_ps(value, _mm256_cmp_ps(x, least, _CMP_NLT_UQ));
}

// Lane j of vector i and lane i of vector j change places: pairs, then fours, then halves.
void transpose(Reg (&v)[kWidth])
{
    Reg pairs[kWidth];
    Reg fours[kWidth];
#pragma GCC unroll 4
    for (int i = 0; i < kWidth; i += 2) {
        pairs[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < kWidth; i += 4) {
        fours[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
        fours[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
        fours[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
        fours[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        v[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
        v[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
    }
}

#include "lane_sums.inl"

#include "attention_chunk.inl"
#include "vector_rows.inl"

} // namespace

const VectorKernels &vectorKernelsAvx2() noexcept;

const VectorKernels &vectorKernelsAvx2() noexcept
{
    static constexpr VectorKernels kTable {rmsNormRow, siluMultiplyRow,  addRow,
                                           expRow,     halvesFromFloats, attendChunk};
    return kTable;
}

} // namespace inferlab
