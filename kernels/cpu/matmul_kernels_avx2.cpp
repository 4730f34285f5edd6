// The matrix product with AVX2: sixteen lanes are two vectors of eight. VPMADDUBSW multiplies four
// unsigned bytes of each output with four signed bytes of a token into two 16-bit sums. See
// matmul_kernels.h.
#include "matmul_kernels.h"

#include <immintrin.h>

namespace inferlab {

namespace {

struct Floats
{
    __m256 half[2];
};

struct Ints
{
    __m256i half[2];
};

inline Floats broadcast(float value)
{
    return {{_mm256_set1_ps(value), _mm256_set1_ps(value)}};
}

inline Ints broadcast(int32_t value)
{
    return {{_mm256_set1_epi32(value), _mm256_set1_epi32(value)}};
}

inline Floats add(Floats a, Floats b)
{
    return {{_mm256_add_ps(a.half[0], b.half[0]), _mm256_add_ps(a.half[1], b.half[1])}};
}

inline Floats multiply(Floats a, Floats b)
{
    return {{_mm256_mul_ps(a.half[0], b.half[0]), _mm256_mul_ps(a.half[1], b.half[1])}};
}

inline Floats multiplyAdd(Floats a, Floats b, Floats c)
{
    return {{_mm256_fmadd_ps(a.half[0], b.half[0], c.half[0]),
             _mm256_fmadd_ps(a.half[1], b.half[1], c.half[1])}};
}

inline Ints add(Ints a, Ints b)
{
    return {{_mm256_add_epi32(a.half[0], b.half[0]), _mm256_add_epi32(a.half[1], b.half[1])}};
}

inline Floats fused(Floats a, Floats b, Floats c)
{
    return multiplyAdd(a, b, c);
}

inline Floats toFloats(Ints values)
{
    return {{_mm256_cvtepi32_ps(values.half[0]), _mm256_cvtepi32_ps(values.half[1])}};
}

inline Floats loadHalves(const void *halves)
{
    const auto *source = static_cast<const __m128i *>(halves);
    return {{_mm256_cvtph_ps(_mm_load_si128(source)), _mm256_cvtph_ps(_mm_load_si128(source + 1))}};
}

inline __m128i loadEight(const void *bytes)
{
    return _mm_loadl_epi64(static_cast<const __m128i *>(bytes));
}

inline Floats loadUnsignedBytes(const uint8_t *bytes)
{
    return toFloats(
        {{_mm256_cvtepu8_epi32(loadEight(bytes)), _mm256_cvtepu8_epi32(loadEight(bytes + 8))}});
}

inline Floats loadSignedBytes(const int8_t *bytes)
{
    return toFloats(
        {{_mm256_cvtepi8_epi32(loadEight(bytes)), _mm256_cvtepi8_epi32(loadEight(bytes + 8))}});
}

// All ones in the first `lanes` of the eight from `first` on.
inline __m256i laneMask(int first, int lanes)
{
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes - first), index);
}

inline Floats loadLanes(const float *source, int lanes)
{
    return {{_mm256_maskload_ps(source, laneMask(0, lanes)),
             _mm256_maskload_ps(source + 8, laneMask(8, lanes))}};
}

inline void storeLanes(float *target, Floats values, int lanes)
{
    if (lanes == kPanelRows) {
        _mm256_storeu_ps(target, values.half[0]);
        _mm256_storeu_ps(target + 8, values.half[1]);
    } else {
        _mm256_maskstore_ps(target, laneMask(0, lanes), values.half[0]);
        _mm256_maskstore_ps(target + 8, laneMask(8, lanes), values.half[1]);
    }
}

#include "block_factors.inl"
#include "matmul_loops.inl"

inline __m256i broadcastWord(const int8_t *bytes)
{
    int32_t word;
    __builtin_memcpy(&word, bytes, sizeof word);
    return _mm256_set1_epi32(word);
}

inline __m256i loadHalf(const uint8_t *values)
{
    return _mm256_load_si256(reinterpret_cast<const __m256i *>(values));
}

constexpr bool kSignedQ8 = true;

// shorts += the products of pairs of bytes.
inline void addShorts(Ints weights, __m256i bytes, Ints &shorts)
{
    for (int half = 0; half < 2; ++half)
        shorts.half[half] =
            _mm256_add_epi16(shorts.half[half], _mm256_maddubs_epi16(weights.half[half], bytes));
}

inline __m256i mergeBits(__m256i codes, __m256i bits, int mask)
{
    return _mm256_or_si256(codes,
                           _mm256_and_si256(bits, _mm256_set1_epi8(static_cast<char>(mask))));
}

// The codes of columns 4 v + i (shift 0) or 16 + 4 v + i (shift 4), of eight outputs.
template <PanelFormat Format>
inline __m256i loadCodes(const uint8_t *values, int v, int shift)
{
    const __m256i word = loadHalf(values + 64 * v);
    const __m256i low = _mm256_and_si256(_mm256_srli_epi16(word, shift), _mm256_set1_epi8(0x0f));
    if constexpr (codeWords(Format) == 5) {
        const __m256i bits = loadHalf(values + 256);
        return mergeBits(
            low, shift == 0 ? _mm256_slli_epi16(bits, 4 - v) : _mm256_srli_epi16(bits, v), 0x10);
    }
    if constexpr (Format == PanelFormat::Q6_K) {
        const __m256i bits = loadHalf(values + (shift == 0 ? 256 : 320));
        return mergeBits(
            low, v < 2 ? _mm256_slli_epi16(bits, 4 - 2 * v) : _mm256_srli_epi16(bits, 2 * v - 4),
            0x30);
    }
    return low;
}

// sums += shorts, widened; shorts = 0.
inline void widenShorts(Ints &shorts, Ints &sums)
{
    const __m256i ones = _mm256_set1_epi16(1);
    for (int half = 0; half < 2; ++half)
        sums.half[half] =
            _mm256_add_epi32(sums.half[half], _mm256_madd_epi16(shorts.half[half], ones));
    shorts = broadcast(0);
}

// Both halves of a panel meet a token's word while it is in a register.
// Words that add up in 16 bits before they go to 32: eight of codes up to 15 (16 * 15 * 127 <
// 2^15), four of codes up to 31, two of codes up to 63.
template <PanelFormat Format, BlockHalf Half, int N>
inline void sumSmallCodes(const uint8_t *values, const int8_t *x, Ints (&sums)[N])
{
    constexpr int kWordsIn16Bits = codeWords(Format) == 4 ? 8 : codeWords(Format) == 5 ? 4 : 2;
    Ints shorts[N];
    for (int n = 0; n < N; ++n)
        shorts[n] = broadcast(0);
    int words = 0;
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) {
        Ints first;
        Ints second;
        for (int half = 0; half < 2; ++half) {
            const uint8_t *lanes = values + 32 * half;
            first.half[half] = loadCodes<Format>(lanes, v, 0);
            second.half[half] = loadCodes<Format>(lanes, v, 4);
        }
        words += Half == BlockHalf::Both ? 2 : 1;
#pragma GCC unroll 8
        for (int n = 0; n < N; ++n) {
            const int8_t *bytes = x + n * kBlockColumns + 4 * v;
            if constexpr (Half != BlockHalf::Second)
                addShorts(first, broadcastWord(bytes), shorts[n]);
            if constexpr (Half != BlockHalf::First)
                addShorts(second, broadcastWord(bytes + 16), shorts[n]);
            if (words % kWordsIn16Bits == 0)
                widenShorts(shorts[n], sums[n]);
        }
    }
}

// Bytes: the weight's sign goes over to the token's byte, since VPMADDUBSW takes one operand
// unsigned and saturates at 2^15: 2 * 128 * 127 does not reach it, 2 * 255 * 127 would. Token bytes
// are never -128.
template <int N>
inline void sumBytes(const uint8_t *values, const int8_t *x, Ints (&sums)[N])
{
    const __m256i offset = _mm256_set1_epi8(-128);
    const __m256i ones = _mm256_set1_epi16(1);
#pragma GCC unroll 8
    for (int v = 0; v < 8; ++v) {
        Ints weights;
        for (int half = 0; half < 2; ++half)
            weights.half[half] = _mm256_xor_si256(loadHalf(values + 64 * v + 32 * half), offset);
#pragma GCC unroll 8
        for (int n = 0; n < N; ++n) {
            const __m256i bytes = broadcastWord(x + n * kBlockColumns + 4 * v);
            for (int half = 0; half < 2; ++half) {
                const __m256i shorts =
                    _mm256_maddubs_epi16(_mm256_abs_epi8(weights.half[half]),
                                         _mm256_sign_epi8(bytes, weights.half[half]));
                sums[n].half[half] =
                    _mm256_add_epi32(sums[n].half[half], _mm256_madd_epi16(shorts, ones));
            }
        }
    }
}

template <PanelFormat Format, BlockHalf Half, int P, int N>
inline void sumCodes(const uint8_t *const (&values)[P], const int8_t *x, Ints (&sums)[P][N])
{
    for (int p = 0; p < P; ++p) {
        if constexpr (Format == PanelFormat::Q8_0)
            sumBytes<N>(values[p], x, sums[p]);
        else
            sumSmallCodes<Format, Half, N>(values[p], x, sums[p]);
    }
}

// The same as quantize_block.inl: conversion rounds to the nearest, ties to even.
inline void quantizeBlock(const float *x, int8_t *values, BlockFactors *factors)
{
    const __m256i magnitude = _mm256_set1_epi32(0x7fffffff); // their bits are in their order
    __m256 parts[4];
    __m256i largest = _mm256_setzero_si256();
    for (int i = 0; i < 4; ++i) {
        parts[i] = _mm256_loadu_ps(x + 8 * i);
        largest =
            _mm256_max_epi32(largest, _mm256_and_si256(_mm256_castps_si256(parts[i]), magnitude));
    }
    __m128i four =
        _mm_max_epi32(_mm256_castsi256_si128(largest), _mm256_extracti128_si256(largest, 1));
    four = _mm_max_epi32(four, _mm_unpackhi_epi64(four, four));
    four = _mm_max_epi32(four, _mm_shuffle_epi32(four, 1));
    const int largestBits = _mm_cvtsi128_si32(four);
    float amax;
    __builtin_memcpy(&amax, &largestBits, sizeof amax);
    const bool finite = largestBits < kInfinityBits;
    if (!finite || amax < kSmallestMagnitude) {
        *factors = emptyBlock(finite, values);
        return;
    }
    const __m256 inverse = _mm256_set1_ps(127.0f / amax);
    __m256i codes[4];
    for (int i = 0; i < 4; ++i)
        codes[i] = _mm256_cvtps_epi32(_mm256_mul_ps(parts[i], inverse));
    // Packing works within 128-bit halves: words 0 4 1 5 2 6 3 7 of four bytes.
    const __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(codes[0], codes[1]),
                                             _mm256_packs_epi32(codes[2], codes[3]));
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(values),
                        _mm256_permutevar8x32_epi32(bytes, order));
    const __m256i pairs = // 0 + 1, 2 + 3 of the first half, of the second, then the same of 4 to 7
        _mm256_hadd_epi32(_mm256_add_epi32(codes[0], codes[1]),
                          _mm256_add_epi32(codes[2], codes[3]));
    four = _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
    four = _mm_add_epi32(four, _mm_srli_epi64(four, 32));
    *factors = blockFactors(amax, _mm_cvtsi128_si32(four), _mm_extract_epi32(four, 2));
}

template <PanelFormat Format>
inline Floats loadWeights(const uint8_t *values)
{
    if constexpr (Format == PanelFormat::F32) {
        const auto *source = reinterpret_cast<const float *>(values);
        return {{_mm256_load_ps(source), _mm256_load_ps(source + 8)}};
    } else if constexpr (Format == PanelFormat::F16) {
        return loadHalves(values);
    } else {
        const auto *source = reinterpret_cast<const __m128i *>(values);
        const auto widen = [](__m128i upper) {
            return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(upper), 16));
        };
        return {{widen(_mm_load_si128(source)), widen(_mm_load_si128(source + 1))}};
    }
}

#include "matmul_float.inl"
#include "matmul_quantized.inl"
#include "prepare_tokens.inl"

// Sixteen registers: quantised, the 16-bit sums of four tokens, two unpacked weights and what they
// need; the float sums wait in memory. Floats: 2 x 4 sums of one panel leave room for weights and
// broadcasts.
constexpr int kQuantizedTokens = 4;
constexpr int kQuantizedPanels = 1;
constexpr int kQuantizedPanelsOfOne = 1;
constexpr int kFloatTokens = 4;
constexpr int kFloatPanels = 1;
constexpr int kFloatPanelsOfOne = 2;

#include "matmul_tables.inl"

} // namespace

constinit const MatmulKernels kAvx2MatmulKernels = makeMatmulKernels();

} // namespace inferlab
