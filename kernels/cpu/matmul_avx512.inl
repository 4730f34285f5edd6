// Vectors of AVX-512 for the matrix product: VPDPBUSD (VNNI) multiplies four unsigned bytes of each
// of sixteen outputs with four signed bytes of a token, and adds them to sixteen int32. Included
// inside an anonymous namespace, after <immintrin.h>, by the files that are compiled for it.

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

inline Ints add(Ints a, Ints b)
{
    return _mm512_add_epi32(a, b);
}

inline Floats fused(Floats a, Floats b, Floats c)
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

inline Floats loadUnsignedBytes(const uint8_t *bytes)
{
    const __m128i sixteen = _mm_load_si128(reinterpret_cast<const __m128i *>(bytes));
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(sixteen));
}

inline Floats loadSignedBytes(const int8_t *bytes)
{
    const __m128i sixteen = _mm_load_si128(reinterpret_cast<const __m128i *>(bytes));
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(sixteen));
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

// sums += codes * the four bytes, for each lane. The processor broadcasts as it loads;
// from the intrinsic GCC makes a separate load.
[[gnu::always_inline]] inline void addProducts(Ints &sums, Ints codes, const int8_t *bytes)
{
    asm("vpdpbusd %2%{1to16%}, %1, %0"
        : "+v"(sums)
        : "v"(codes), "m"(*reinterpret_cast<const int32_t(*)[1]>(bytes)));
}

constexpr bool kSignedQ8 = false;

// codes | bits & mask
inline Ints mergeBits(Ints codes, Ints bits, Ints mask)
{
    return _mm512_ternarylogic_epi32(codes, bits, mask, 0xf8);
}

// The codes of columns 4 v + i, with the offset that they are stored with.
template <PanelFormat Format>
inline Ints firstCodes(const uint8_t *values, int v)
{
    const Ints word = _mm512_load_si512(values + 64 * v);
    if constexpr (Format == PanelFormat::Q8_0)
        return word;
    const Ints low = _mm512_and_si512(word, _mm512_set1_epi8(0x0f));
    if constexpr (codeWords(Format) == 5) {
        const Ints bits = _mm512_load_si512(values + 256);
        return mergeBits(low, _mm512_slli_epi16(bits, static_cast<unsigned>(4 - v)),
                         _mm512_set1_epi8(0x10));
    }
    if constexpr (Format == PanelFormat::Q6_K) {
        const Ints bits = _mm512_load_si512(values + 256);
        const Ints moved = v < 2 ? _mm512_slli_epi16(bits, static_cast<unsigned>(4 - 2 * v))
                                 : _mm512_srli_epi16(bits, static_cast<unsigned>(2 * v - 4));
        return mergeBits(low, moved, _mm512_set1_epi8(0x30));
    }
    return low;
}

// The codes of columns 16 + 4 v + i.
template <PanelFormat Format>
inline Ints secondCodes(const uint8_t *values, int v)
{
    if constexpr (Format == PanelFormat::Q8_0)
        return _mm512_load_si512(values + 64 * (v + 4));
    const Ints word = _mm512_load_si512(values + 64 * v);
    const Ints high = _mm512_and_si512(_mm512_srli_epi16(word, 4), _mm512_set1_epi8(0x0f));
    if constexpr (codeWords(Format) == 5) {
        const Ints bits = _mm512_load_si512(values + 256);
        return mergeBits(high, _mm512_srli_epi16(bits, static_cast<unsigned>(v)),
                         _mm512_set1_epi8(0x10));
    }
    if constexpr (Format == PanelFormat::Q6_K) {
        const Ints bits = _mm512_load_si512(values + 320);
        const Ints moved = v < 2 ? _mm512_slli_epi16(bits, static_cast<unsigned>(4 - 2 * v))
                                 : _mm512_srli_epi16(bits, static_cast<unsigned>(2 * v - 4));
        return mergeBits(high, moved, _mm512_set1_epi8(0x30));
    }
    return high;
}

template <PanelFormat Format, BlockHalf Half, int P, int N>
inline void sumCodes(const uint8_t *const (&values)[P], const int8_t *x, Ints (&sums)[P][N])
{
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) {
#pragma GCC unroll 8
        for (int p = 0; p < P; ++p) {
            const Ints first = firstCodes<Format>(values[p], v);
            const Ints second = secondCodes<Format>(values[p], v);
#pragma GCC unroll 16
            for (int n = 0; n < N; ++n) {
                if constexpr (Half != BlockHalf::Second)
                    addProducts(sums[p][n], first, x + n * kBlockColumns + 4 * v);
            }
#pragma GCC unroll 16
            for (int n = 0; n < N; ++n) {
                if constexpr (Half != BlockHalf::First)
                    addProducts(sums[p][n], second, x + n * kBlockColumns + 4 * v + 16);
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
    const __m128i firstSums = _mm_dpbusd_epi32(_mm_setzero_si128(), ones, first);
    const __m128i secondSums = _mm_dpbusd_epi32(_mm_setzero_si128(), ones, second);
    const __m128i pairs = _mm_hadd_epi32(firstSums, secondSums); // 0 + 1 and 2 + 3 of both
    const __m128i sums = _mm_add_epi32(pairs, _mm_srli_epi64(pairs, 32));
    *factors = blockFactors(amax, _mm_cvtsi128_si32(sums), _mm_extract_epi32(sums, 2));
}

// Two by eight: each weight vector serves eight multiply-adds, each broadcast two. With one token
// two chains of additions: one would be barely as fast as memory.
constexpr int kFloatTokens = 8;
constexpr int kFloatPanels = 2;
constexpr int kFloatPanelsOfOne = 2;
