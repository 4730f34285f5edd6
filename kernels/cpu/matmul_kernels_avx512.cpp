// The matrix product with AVX-512: VPDPBUSD (VNNI) multiplies four unsigned bytes of each of
// sixteen outputs with four signed bytes of a token, and adds them to sixteen int32. See
// matmul_kernels.h.
#include "matmul_kernels.h"

#include <immintrin.h>

namespace inferlab {

namespace {

using Floats = __m512;
using Ints = __m512i;

inline Floats broadcast(float value)
{
    return _mm512_set1_ps(value);
}

inline Ints broadcast(int32_t value)
{
    return _mm512_set1_epi32(value);
}

inline Floats add(Floats a, Floats b)
{
    return _mm512_add_ps(a, b);
}

inline Floats multiply(Floats a, Floats b)
{
    return _mm512_mul_ps(a, b);
}

inline Floats multiplyAdd(Floats a, Floats b, Floats c)
{
    return _mm512_fmadd_ps(a, b, c);
}

inline Floats toFloats(Ints values)
{
    return _mm512_cvtepi32_ps(values);
}

inline Floats loadHalves(const void *halves)
{
    return _mm512_cvtph_ps(_mm256_load_si256(static_cast<const __m256i *>(halves)));
}

inline __mmask16 laneMask(int lanes)
{
    return static_cast<__mmask16>((1u << lanes) - 1u);
}

inline Floats loadLanes(const float *source, int lanes)
{
    return _mm512_maskz_loadu_ps(laneMask(lanes), source);
}

inline void storeLanes(float *target, Floats values, int lanes)
{
    _mm512_mask_storeu_ps(target, laneMask(lanes), values);
}

#include "block_factors.inl"
#include "matmul_loops.inl"

inline Ints broadcastWord(const int8_t *bytes)
{
    int32_t word;
    __builtin_memcpy(&word, bytes, sizeof word);
    return _mm512_set1_epi32(word);
}

constexpr bool kSignedQ8 = false;

template <PanelFormat Format, int P, int N>
inline void sumBlock(const uint8_t *const (&values)[P], const int8_t *x, Ints (&sums)[P][N])
{
    constexpr int kVectors = Format == PanelFormat::Q8_0 ? 8 : 4;
    const Ints nibble = _mm512_set1_epi8(0x0f);
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
#pragma GCC unroll 8
        for (int p = 0; p < P; ++p) {
            const Ints loaded = _mm512_load_si512(values[p] + 64 * v);
            const Ints first =
                Format == PanelFormat::Q8_0 ? loaded : _mm512_and_si512(loaded, nibble);
            const Ints second = _mm512_and_si512(_mm512_srli_epi16(loaded, 4), nibble);
#pragma GCC unroll 16
            for (int n = 0; n < N; ++n) {
                const int8_t *bytes = x + n * kBlockColumns + 4 * v;
                sums[p][n] = _mm512_dpbusd_epi32(sums[p][n], first, broadcastWord(bytes));
                if constexpr (Format != PanelFormat::Q8_0)
                    sums[p][n] = _mm512_dpbusd_epi32(sums[p][n], second, broadcastWord(bytes + 16));
            }
        }
    }
}

template <PanelFormat Format>
inline Floats loadWeights(const uint8_t *values)
{
    if constexpr (Format == PanelFormat::F32) {
        return _mm512_load_ps(values);
    } else if constexpr (Format == PanelFormat::F16) {
        return loadHalves(values);
    } else {
        const __m256i upper = _mm256_load_si256(reinterpret_cast<const __m256i *>(values));
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(upper), 16));
    }
}

// The same as quantize_block.inl: conversion rounds to the nearest, ties to even.
inline void quantizeBlock(const float *x, int8_t *values, BlockFactors *factors)
{
    const __m512 low = _mm512_loadu_ps(x);
    const __m512 high = _mm512_loadu_ps(x + 16);
    const Ints magnitude = _mm512_set1_epi32(0x7fffffff); // their bits are in their order
    const int largest = _mm512_reduce_max_epi32(
        _mm512_max_epi32(_mm512_and_si512(_mm512_castps_si512(low), magnitude),
                         _mm512_and_si512(_mm512_castps_si512(high), magnitude)));
    float amax;
    __builtin_memcpy(&amax, &largest, sizeof amax);
    const bool finite = largest < kInfinityBits;
    if (!finite || amax < kSmallestMagnitude) {
        *factors = emptyBlock(finite, values);
        return;
    }
    const Floats inverse = _mm512_set1_ps(127.0f / amax);
    const __m128i first = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(_mm512_mul_ps(low, inverse)));
    const __m128i second = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(_mm512_mul_ps(high, inverse)));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(values), first);
    _mm_storeu_si128(reinterpret_cast<__m128i *>(values + 16), second);
    const __m128i ones = _mm_set1_epi8(1);
    const __m128i sums =
        _mm_dpbusd_epi32(_mm_dpbusd_epi32(_mm_setzero_si128(), ones, first), ones, second);
    const __m128i pairs = _mm_add_epi32(sums, _mm_unpackhi_epi64(sums, sums));
    *factors = blockFactors(amax, _mm_cvtsi128_si32(pairs) + _mm_extract_epi32(pairs, 1));
}

#include "matmul_float.inl"
#include "matmul_quantized.inl"
#include "prepare_tokens.inl"

// One panel by eight tokens: eight int32 and eight float sums in registers, and a batch of up to
// eight reads each panel once, without a break in the stream from memory.
constexpr int kQuantizedTokens = 8;
constexpr int kQuantizedPanels = 1;
constexpr int kQuantizedPanelsOfOne = 1;
// Two by eight: each weight vector serves eight multiply-adds, each broadcast two. With one token
// two chains of additions: one would be barely as fast as memory.
constexpr int kFloatTokens = 8;
constexpr int kFloatPanels = 2;
constexpr int kFloatPanelsOfOne = 2;

#include "matmul_tables.inl"

} // namespace

constinit const MatmulKernels kAvx512MatmulKernels = makeMatmulKernels();

} // namespace inferlab
