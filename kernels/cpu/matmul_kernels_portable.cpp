// The matrix product without an instruction set of its own: the compilers' generic vectors of 16
// bytes (GCC, Clang), which are SSE2 or NEON where that is the machine's baseline. See
// matmul_kernels.h.
#include "matmul_kernels.h"

namespace inferlab {

namespace {

using Floats4 = float __attribute__((vector_size(16)));
using Ints4 = int32_t __attribute__((vector_size(16)));
using Words4 = uint32_t __attribute__((vector_size(16)));
using Halves8 = uint16_t __attribute__((vector_size(16)));
using Pairs4 = int16_t __attribute__((vector_size(16))); // two numbers in each lane

constexpr int kParts = 4;

// Sixteen lanes, one per row of a panel.
struct Floats
{
    Floats4 part[kParts];
};

struct Ints
{
    Ints4 part[kParts];
};

template <typename Vector>
[[gnu::always_inline]] inline Vector load(const void *source)
{
    Vector result;
    __builtin_memcpy(&result, source, sizeof result);
    return result;
}

[[gnu::always_inline]] inline Floats broadcast(float value)
{
    const Floats4 part {value, value, value, value};
    return {{part, part, part, part}};
}

[[gnu::always_inline]] inline Ints broadcast(int32_t value)
{
    const Ints4 part {value, value, value, value};
    return {{part, part, part, part}};
}

[[gnu::always_inline]] inline Floats add(Floats a, Floats b)
{
    for (int i = 0; i < kParts; ++i)
        a.part[i] += b.part[i];
    return a;
}

[[gnu::always_inline]] inline Floats multiply(Floats a, Floats b)
{
    for (int i = 0; i < kParts; ++i)
        a.part[i] *= b.part[i];
    return a;
}

// Not fused: baselines have no such instruction.
[[gnu::always_inline]] inline Floats multiplyAdd(Floats a, Floats b, Floats c)
{
    return add(multiply(a, b), c);
}

[[gnu::always_inline]] inline Ints add(Ints a, Ints b)
{
    for (int i = 0; i < kParts; ++i)
        a.part[i] += b.part[i];
    return a;
}

// Rounded once, as the other instruction sets do: where the baseline has no such instruction, a
// call of the C library's for each lane.
[[gnu::always_inline]] inline Floats fused(Floats a, Floats b, Floats c)
{
    Floats result;
    for (int i = 0; i < kParts; ++i) {
        const auto lane = [&](int l) {
            return __builtin_fmaf(a.part[i][l], b.part[i][l], c.part[i][l]);
        };
        result.part[i] = Floats4 {lane(0), lane(1), lane(2), lane(3)};
    }
    return result;
}

[[gnu::always_inline]] inline Floats toFloats(Ints values)
{
    Floats result;
    for (int i = 0; i < kParts; ++i)
        result.part[i] = __builtin_convertvector(values.part[i], Floats4);
    return result;
}

// Sixteen 16-bit numbers, each in the lower half of its lane.
struct Words
{
    Words4 part[kParts];
};

[[gnu::always_inline]] inline Words loadUnsigned(const void *source)
{
    Words result;
    const Halves8 zero {};
    for (int i = 0; i < kParts / 2; ++i) {
        const auto eight = load<Halves8>(static_cast<const uint8_t *>(source) + 16 * i);
        const Halves8 first = __builtin_shufflevector(eight, zero, 0, 8, 1, 9, 2, 10, 3, 11);
        const Halves8 second = __builtin_shufflevector(eight, zero, 4, 12, 5, 13, 6, 14, 7, 15);
        result.part[2 * i] = reinterpret_cast<Words4>(first);
        result.part[2 * i + 1] = reinterpret_cast<Words4>(second);
    }
    return result;
}

// As halfToFloat(), without branches: the exponent's missing bias is multiplied in, which brings
// subnormal numbers to their place too.
[[gnu::always_inline]] inline Floats loadHalves(const void *source)
{
    const Words halves = loadUnsigned(source);
    Floats result;
    for (int i = 0; i < kParts; ++i) {
        const Words4 half = halves.part[i];
        const auto special = reinterpret_cast<Words4>((half & 0x7c00u) == 0x7c00u) & 0x7f800000u;
        const Floats4 magnitude = reinterpret_cast<Floats4>((half & 0x7fffu) << 13) * 0x1p112f;
        result.part[i] = reinterpret_cast<Floats4>(reinterpret_cast<Words4>(magnitude) | special
                                                   | (half & 0x8000u) << 16);
    }
    return result;
}

template <typename Byte>
[[gnu::always_inline]] inline Floats floatsFromBytes(const Byte *bytes)
{
    Floats result;
    for (int i = 0; i < kParts; ++i, bytes += 4)
        result.part[i] = Floats4 {static_cast<float>(bytes[0]), static_cast<float>(bytes[1]),
                                  static_cast<float>(bytes[2]), static_cast<float>(bytes[3])};
    return result;
}

[[gnu::always_inline]] inline Floats loadUnsignedBytes(const uint8_t *bytes)
{
    return floatsFromBytes(bytes);
}

[[gnu::always_inline]] inline Floats loadSignedBytes(const int8_t *bytes)
{
    return floatsFromBytes(bytes);
}

inline Floats loadLanes(const float *source, int lanes)
{
    Floats result = broadcast(0.0f);
    __builtin_memcpy(&result, source, static_cast<size_t>(lanes) * sizeof(float));
    return result;
}

inline void storeLanes(float *target, Floats values, int lanes)
{
    __builtin_memcpy(target, &values, static_cast<size_t>(lanes) * sizeof(float));
}

#include "block_factors.inl"
#include "matmul_loops.inl"
#include "quantize_block.inl"

constexpr bool kSignedQ8 = true;

// Bytes 0 and 2 of each lane's word, and 1 and 3.
[[gnu::always_inline]] inline Pairs4 evenBytes(Words4 words)
{
    return reinterpret_cast<Pairs4>(words & 0x00ff00ffu);
}

[[gnu::always_inline]] inline Pairs4 oddBytes(Words4 words)
{
    return reinterpret_cast<Pairs4>(words >> 8 & 0x00ff00ffu);
}

// Bytes 0 and 2 of a token's word, for all lanes.
[[gnu::always_inline]] inline Pairs4 pairOf(const int8_t *bytes)
{
    const uint32_t low = static_cast<uint16_t>(bytes[0]);
    const uint32_t high = static_cast<uint16_t>(bytes[2]);
    const uint32_t pair = low | high << 16;
    return reinterpret_cast<Pairs4>(Words4 {pair, pair, pair, pair});
}

// The sum of each lane's pair, in 32 bits.
[[gnu::always_inline]] inline Ints4 widen(Pairs4 pairs)
{
    const auto both = reinterpret_cast<Ints4>(pairs);
    return (both >> 16) + (reinterpret_cast<Ints4>(reinterpret_cast<Words4>(pairs) << 16) >> 16);
}

// The codes of columns 4 v + i (shift 0) or 16 + 4 v + i (shift 4), of four outputs.
template <PanelFormat Format>
[[gnu::always_inline]] inline Words4 loadCodes(const uint8_t *values, int v, int shift)
{
    const Words4 low = load<Words4>(values + 64 * v) >> shift & 0x0f0f0f0fu;
    if constexpr (codeWords(Format) == 5) {
        const Words4 bits = load<Words4>(values + 256) >> (v + shift) & 0x01010101u;
        return low | bits << 4;
    }
    if constexpr (Format == PanelFormat::Q6_K) {
        const Words4 bits = load<Words4>(values + (shift == 0 ? 256 : 320)) >> 2 * v & 0x03030303u;
        return low | bits << 4;
    }
    return low;
}

// Four outputs of one block. Words whose products add up in 16 bits before they go to 32: eight of
// codes up to 15 (16 * 15 * 127 < 2^15), four of codes up to 31, two of codes up to 63.
template <PanelFormat Format, BlockHalf Half>
[[gnu::always_inline]] inline Ints4 sumSmallCodes(const uint8_t *values, const int8_t *x)
{
    constexpr int kWordsIn16Bits = codeWords(Format) == 4 ? 8 : codeWords(Format) == 5 ? 4 : 2;
    Ints4 sums {};
    Pairs4 pairs {};
    int words = 0;
    for (int v = 0; v < 4; ++v) {
        const int8_t *bytes = x + 4 * v;
        if constexpr (Half != BlockHalf::Second) {
            const Words4 codes = loadCodes<Format>(values, v, 0);
            pairs += evenBytes(codes) * pairOf(bytes) + oddBytes(codes) * pairOf(bytes + 1);
            ++words;
        }
        if constexpr (Half != BlockHalf::First) {
            const Words4 codes = loadCodes<Format>(values, v, 4);
            pairs += evenBytes(codes) * pairOf(bytes + 16) + oddBytes(codes) * pairOf(bytes + 17);
            ++words;
        }
        if (words % kWordsIn16Bits == 0) {
            sums += widen(pairs);
            pairs = Pairs4 {};
        }
    }
    return sums;
}

// Bytes: two products fit into 16 bits (2 * 128 * 127 < 2^15).
[[gnu::always_inline]] inline Ints4 sumBytes(const uint8_t *values, const int8_t *x)
{
    Ints4 sums {};
    for (int v = 0; v < 8; ++v) {
        const Words4 words = load<Words4>(values + 64 * v);
        const Pairs4 even = evenBytes(words) - static_cast<int16_t>(128);
        const Pairs4 odd = oddBytes(words) - static_cast<int16_t>(128);
        const int8_t *bytes = x + 4 * v;
        sums += widen(even * pairOf(bytes) + odd * pairOf(bytes + 1));
    }
    return sums;
}

template <PanelFormat Format, BlockHalf Half, int P, int N>
[[gnu::always_inline]] inline void sumCodes(const uint8_t *const (&values)[P], const int8_t *x,
                                            Ints (&sums)[P][N])
{
    for (int p = 0; p < P; ++p) {
        for (int n = 0; n < N; ++n) {
            const int8_t *token = x + n * kBlockColumns;
            for (int i = 0; i < kParts; ++i) {
                const uint8_t *part = values[p] + 16 * i;
                if constexpr (Format == PanelFormat::Q8_0)
                    sums[p][n].part[i] += sumBytes(part, token);
                else
                    sums[p][n].part[i] += sumSmallCodes<Format, Half>(part, token);
            }
        }
    }
}

template <PanelFormat Format>
[[gnu::always_inline]] inline Floats loadWeights(const uint8_t *values)
{
    if constexpr (Format == PanelFormat::F32) {
        return load<Floats>(values);
    } else if constexpr (Format == PanelFormat::F16) {
        return loadHalves(values);
    } else {
        const Words upper = loadUnsigned(values);
        Floats result;
        for (int i = 0; i < kParts; ++i)
            result.part[i] = reinterpret_cast<Floats4>(upper.part[i] << 16);
        return result;
    }
}

#include "matmul_float.inl"
#include "matmul_quantized.inl"
#include "prepare_tokens.inl"

// Measured: more tokens gain little, since sixteen registers of four lanes hold the sums of two or
// three.
constexpr int kQuantizedTokens = 4;
constexpr int kQuantizedPanels = 1;
constexpr int kQuantizedPanelsOfOne = 1;
constexpr int kFloatTokens = 4;
constexpr int kFloatPanels = 1;
constexpr int kFloatPanelsOfOne = 2;

#include "matmul_tables.inl"

} // namespace

constinit const MatmulKernels kPortableMatmulKernels = makeMatmulKernels();

} // namespace inferlab
