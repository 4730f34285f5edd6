// One function per block type: reads one block, writes its elements.
// Names follow ggml: d and m are a block's scale and minimum, q the stored integers, h their high
// bits, sc the scales of sub-blocks. "j" walks bytes, "y" is the output.
#include "dequantize.h"

#include "half.h"

#include <array>
#include <bit>
#include <cassert>

namespace inferlab {

namespace {

// Values of a 4-bit code in IQ4_NL and IQ4_XS: steps that follow a normal distribution.
constexpr std::array<int8_t, 16> kIq4Values {-127, -104, -83, -65, -49, -35, -22, -10,
                                             1,    13,   25,  38,  53,  69,  89,  113};
// Twice the values of a 4-bit float with 2 exponent bits and 1 mantissa bit (E2M1).
constexpr std::array<int8_t, 16> kMxfp4Values {0, 1,  2,  3,  4,  6,  8,  12,
                                               0, -1, -2, -3, -4, -6, -8, -12};

// Files are little-endian; assembled from bytes, so that blocks may lie at any address.
uint16_t loadU16(const uint8_t *p) noexcept
{
    return static_cast<uint16_t>(p[0] | p[1] << 8);
}

uint32_t loadU32(const uint8_t *p) noexcept
{
    return static_cast<uint32_t>(loadU16(p)) | static_cast<uint32_t>(loadU16(p + 2)) << 16;
}

float loadHalf(const uint8_t *p) noexcept
{
    return halfToFloat(loadU16(p));
}

float asFloat(int q) noexcept
{
    return static_cast<float>(q);
}

void blockF32(const uint8_t *b, float *y) noexcept
{
    *y = std::bit_cast<float>(loadU32(b));
}

void blockF16(const uint8_t *b, float *y) noexcept
{
    *y = loadHalf(b);
}

void blockBF16(const uint8_t *b, float *y) noexcept
{
    *y = bfloat16ToFloat(loadU16(b));
}

// NOLINTBEGIN(readability-identifier-naming): the functions are named after the types.
// d (q - 8); the low nibbles are elements 0-15, the high ones 16-31, as in all types with 32
// elements.
void blockQ4_0(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b);
    const uint8_t *qs = b + 2;
    for (int j = 0; j < 16; ++j) {
        y[j] = asFloat((qs[j] & 0xf) - 8) * d;
        y[j + 16] = asFloat((qs[j] >> 4) - 8) * d;
    }
}

// d q + m
void blockQ4_1(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b);
    const float m = loadHalf(b + 2);
    const uint8_t *qs = b + 4;
    for (int j = 0; j < 16; ++j) {
        y[j] = asFloat(qs[j] & 0xf) * d + m;
        y[j + 16] = asFloat(qs[j] >> 4) * d + m;
    }
}

// d (q - 16), the fifth bits in a 32-bit word, one per element.
void blockQ5_0(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b);
    const uint32_t h = loadU32(b + 2);
    const uint8_t *qs = b + 6;
    for (int j = 0; j < 16; ++j) {
        const int low = (qs[j] & 0xf) | static_cast<int>((h >> j) & 1u) << 4;
        const int high = (qs[j] >> 4) | static_cast<int>((h >> (j + 16)) & 1u) << 4;
        y[j] = asFloat(low - 16) * d;
        y[j + 16] = asFloat(high - 16) * d;
    }
}

// d q + m, fifth bits as in Q5_0.
void blockQ5_1(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b);
    const float m = loadHalf(b + 2);
    const uint32_t h = loadU32(b + 4);
    const uint8_t *qs = b + 8;
    for (int j = 0; j < 16; ++j) {
        const int low = (qs[j] & 0xf) | static_cast<int>((h >> j) & 1u) << 4;
        const int high = (qs[j] >> 4) | static_cast<int>((h >> (j + 16)) & 1u) << 4;
        y[j] = asFloat(low) * d + m;
        y[j + 16] = asFloat(high) * d + m;
    }
}

// d q, q signed.
void blockQ8_0(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b);
    for (int j = 0; j < 32; ++j)
        y[j] = asFloat(static_cast<int8_t>(b[2 + j])) * d;
}

// d (sc & 15) q - dmin (sc >> 4) over groups of 16. Each 128 elements share 32 bytes: two bits per
// quarter of 32. Layout: sc[16], q[64], d, dmin.
void blockQ2_K(const uint8_t *b, float *y) noexcept
{
    const uint8_t *scales = b;
    const float d = loadHalf(b + 80);
    const float dmin = loadHalf(b + 82);
    for (int i = 0; i < 256; ++i) {
        const int half = i / 128;
        const int quarter = i % 128 / 32;
        const int q = (b[16 + half * 32 + i % 32] >> (2 * quarter)) & 3;
        const int sc = scales[i / 16];
        const float scale = d * asFloat(sc & 0xf);
        const float minimum = dmin * asFloat(sc >> 4);
        y[i] = scale * asFloat(q) - minimum;
    }
}

// d (sc - 32) (q - (h ? 0 : 4)) over groups of 16, sc of 6 bits: the low four in 8 bytes (groups
// 0-7 low nibble, 8-15 high), the high two in 4 bytes. Layout: h[32], q[64], sc[12], d.
void blockQ3_K(const uint8_t *b, float *y) noexcept
{
    const uint8_t *scales = b + 96;
    const float d = loadHalf(b + 108);
    for (int i = 0; i < 256; ++i) {
        const int half = i / 128;
        const int quarter = i % 128 / 32;
        const int group = i / 16;
        const int low = group < 8 ? scales[group] & 0xf : scales[group - 8] >> 4;
        const int high = (scales[8 + group % 4] >> (2 * (group / 4))) & 3;
        const float scale = d * asFloat((low | high << 4) - 32);
        const int q = (b[32 + half * 32 + i % 32] >> (2 * quarter)) & 3;
        const bool highBit = ((b[i % 32] >> (half * 4 + quarter)) & 1) != 0;
        y[i] = scale * asFloat(q - (highBit ? 0 : 4));
    }
}

struct ScaleAndMinimum
{
    int scale;
    int minimum;
};

// Q4_K and Q5_K keep eight 6-bit scales and eight 6-bit minima in 12 bytes: those of groups 0-3 in
// the low six bits of bytes 0-7, those of groups 4-7 in the nibbles of bytes 8-11 and the top bits
// of bytes 0-7.
ScaleAndMinimum unpackScale(const uint8_t *packed, int group) noexcept
{
    if (group < 4)
        return {packed[group] & 63, packed[group + 4] & 63};
    return {(packed[group + 4] & 0xf) | (packed[group - 4] >> 6) << 4,
            (packed[group + 4] >> 4) | (packed[group] >> 6) << 4};
}

// d sc q - dmin m over groups of 32; each 64 elements share 32 bytes of nibbles.
// Layout: d, dmin, sc[12], q[128].
void blockQ4_K(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b);
    const float dmin = loadHalf(b + 2);
    for (int group = 0; group < 8; ++group) {
        const auto [sc, m] = unpackScale(b + 4, group);
        const float scale = d * asFloat(sc);
        const float minimum = dmin * asFloat(m);
        const uint8_t *qs = b + 16 + group / 2 * 32;
        for (int l = 0; l < 32; ++l) {
            const int q = group % 2 == 0 ? qs[l] & 0xf : qs[l] >> 4;
            y[group * 32 + l] = scale * asFloat(q) - minimum;
        }
    }
}

// As Q4_K with a fifth bit: bit `group` of 32 bytes. Layout: d, dmin, sc[12], h[32], q[128].
void blockQ5_K(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b);
    const float dmin = loadHalf(b + 2);
    const uint8_t *h = b + 16;
    for (int group = 0; group < 8; ++group) {
        const auto [sc, m] = unpackScale(b + 4, group);
        const float scale = d * asFloat(sc);
        const float minimum = dmin * asFloat(m);
        const uint8_t *qs = b + 48 + group / 2 * 32;
        for (int l = 0; l < 32; ++l) {
            const int nibble = group % 2 == 0 ? qs[l] & 0xf : qs[l] >> 4;
            const int q = nibble + (((h[l] >> group) & 1) != 0 ? 16 : 0);
            y[group * 32 + l] = scale * asFloat(q) - minimum;
        }
    }
}

// d sc (q - 32) over groups of 16, sc signed; of each 128 elements the quarters of 32 take, in
// turn, the low nibbles of 32 bytes, of the next 32, and their high nibbles, and two bits each of
// 32 bytes of h. Layout: q[128], h[64], sc[16], d.
void blockQ6_K(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b + 208);
    for (int i = 0; i < 256; ++i) {
        const int half = i / 128;
        const int quarter = i % 128 / 32;
        const uint8_t packed = b[half * 64 + quarter % 2 * 32 + i % 32];
        const int low = quarter < 2 ? packed & 0xf : packed >> 4;
        const int high = (b[128 + half * 32 + i % 32] >> (2 * quarter)) & 3;
        const float scale = d * asFloat(static_cast<int8_t>(b[192 + i / 16]));
        y[i] = scale * asFloat((low | high << 4) - 32);
    }
}

// d K[q]
void blockIQ4_NL(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b);
    const uint8_t *qs = b + 2;
    for (int j = 0; j < 16; ++j) {
        y[j] = d * asFloat(kIq4Values[qs[j] & 0xf]);
        y[j + 16] = d * asFloat(kIq4Values[qs[j] >> 4]);
    }
}

// d (sc - 32) K[q] over groups of 32, sc of 6 bits: high two bits in a 16-bit word, low four in 4
// bytes. Layout: d, high[2], low[4], q[128].
void blockIQ4_XS(const uint8_t *b, float *y) noexcept
{
    const float d = loadHalf(b);
    const uint16_t highBits = loadU16(b + 2);
    for (int group = 0; group < 8; ++group) {
        const int low = (b[4 + group / 2] >> (4 * (group % 2))) & 0xf;
        const int high = (highBits >> (2 * group)) & 3;
        const float scale = d * asFloat((low | high << 4) - 32);
        const uint8_t *qs = b + 8 + group * 16;
        for (int j = 0; j < 16; ++j) {
            y[group * 32 + j] = scale * asFloat(kIq4Values[qs[j] & 0xf]);
            y[group * 32 + j + 16] = scale * asFloat(kIq4Values[qs[j] >> 4]);
        }
    }
}

// 2^(e - 128) V[q]; the two smallest exponents make the scale a float32 subnormal.
void blockMXFP4(const uint8_t *b, float *y) noexcept
{
    const uint32_t e = b[0];
    const float scale = std::bit_cast<float>(e < 2 ? 0x00200000u << e : (e - 1) << 23);
    for (int j = 0; j < 16; ++j) {
        y[j] = scale * asFloat(kMxfp4Values[b[1 + j] & 0xf]);
        y[j + 16] = scale * asFloat(kMxfp4Values[b[1 + j] >> 4]);
    }
}

// NOLINTEND(readability-identifier-naming)

using BlockFunction = void (*)(const uint8_t *, float *) noexcept;

template <BlockFunction block>
void eachBlock(const DTypeInfo &info, const uint8_t *blocks, float *out, int64_t elements) noexcept
{
    for (int64_t i = 0; i < elements; i += info.blockElements, blocks += info.blockBytes)
        block(blocks, out + i);
}

} // namespace

void dequantizeRow(DType type, const void *src, float *dst, int64_t elements) noexcept
{
    const DTypeInfo &info = dtypeInfo(type);
    assert(elements % info.blockElements == 0);
    const auto *bytes = static_cast<const uint8_t *>(src);
    switch (type) {
    case DType::F32:
        return eachBlock<blockF32>(info, bytes, dst, elements);
    case DType::F16:
        return eachBlock<blockF16>(info, bytes, dst, elements);
    case DType::BF16:
        return eachBlock<blockBF16>(info, bytes, dst, elements);
    case DType::Q4_0:
        return eachBlock<blockQ4_0>(info, bytes, dst, elements);
    case DType::Q4_1:
        return eachBlock<blockQ4_1>(info, bytes, dst, elements);
    case DType::Q5_0:
        return eachBlock<blockQ5_0>(info, bytes, dst, elements);
    case DType::Q5_1:
        return eachBlock<blockQ5_1>(info, bytes, dst, elements);
    case DType::Q8_0:
        return eachBlock<blockQ8_0>(info, bytes, dst, elements);
    case DType::Q2_K:
        return eachBlock<blockQ2_K>(info, bytes, dst, elements);
    case DType::Q3_K:
        return eachBlock<blockQ3_K>(info, bytes, dst, elements);
    case DType::Q4_K:
        return eachBlock<blockQ4_K>(info, bytes, dst, elements);
    case DType::Q5_K:
        return eachBlock<blockQ5_K>(info, bytes, dst, elements);
    case DType::Q6_K:
        return eachBlock<blockQ6_K>(info, bytes, dst, elements);
    case DType::IQ4_NL:
        return eachBlock<blockIQ4_NL>(info, bytes, dst, elements);
    case DType::IQ4_XS:
        return eachBlock<blockIQ4_XS>(info, bytes, dst, elements);
    case DType::MXFP4:
        return eachBlock<blockMXFP4>(info, bytes, dst, elements);
    }
    assert(false && "a DType outside its enumeration");
}

} // namespace inferlab
