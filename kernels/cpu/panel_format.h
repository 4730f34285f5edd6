// How weights and activations lie in memory for the matrix product: the layout that packing writes
// and that the kernels of every instruction set read. Plain structures only, so that files compiled
// for different instruction sets can share it.
//
// Weights. Sixteen rows of the matrix (outputs) form a panel, and stand side by side as its lanes;
// the last panel is filled with zero rows. One vector instruction then serves sixteen outputs with
// no sum across lanes, whether there is one token or five hundred, so both add up in the same
// order.
//   quantised, per panel and block of 32 columns, codes as [word][16 lanes][4 bytes]:
//     4 low words: byte i of word v holds the low four bits of column 4v + i in its low nibble and
//                  those of column 16 + 4v + i in its high nibble, as GGUF pairs them
//     Q5_0, Q5_1, Q5_K: 1 more word, the fifth bits: bit v of byte i of column 4v + i,
//                       bit 4 + v of column 16 + 4v + i
//     Q6_K:        2 more words, bits five and six: bits 2v and 2v + 1 of byte i of the first
//                  word belong to column 4v + i, those of the second to column 16 + 4v + i
//     Q8_0:        8 words instead; byte i of word w is column 4w + i, plus 128
//   and its scales
//     Q4_0, Q5_0, Q8_0: binary16 [16] d
//     Q4_1, Q5_1:       binary16 [16] d, binary16 [16] m
//     Q4_K, Q5_K:       before each group of 8 blocks binary16 [16] d and [16] -dmin; then for each
//                       block the bytes [16] sc and [16] m, which these are multiplied with
//     Q6_K:             before each group of 8 blocks binary16 [16] d; then for each block the
//                       signed bytes [16] of its first and [16] of its second sixteen columns
//   floating point, per panel: values [column][16 lanes]
// The values of all panels stand one after the other, and so do the scales: two streams from
// memory.
//
// Activations ("tokens", rows of x) are prepared in tiles of a few tokens; see BlockFactors.
#pragma once

#include <cstdint>

namespace inferlab {

enum class PanelFormat : uint8_t { Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, F32, F16, BF16 };
inline constexpr int kPanelFormats = 11;

constexpr bool isQuantized(PanelFormat format)
{
    return format < PanelFormat::F32;
}

// Whether blocks are scaled in two steps, by small integers and by a scale of kGroupBlocks blocks.
constexpr bool hasGroups(PanelFormat format)
{
    return format == PanelFormat::Q4_K || format == PanelFormat::Q5_K
        || format == PanelFormat::Q6_K;
}

// Whether a weight is d q + m instead of d (q - an offset).
constexpr bool hasMinimum(PanelFormat format)
{
    return format == PanelFormat::Q4_1 || format == PanelFormat::Q5_1 || format == PanelFormat::Q4_K
        || format == PanelFormat::Q5_K;
}

// What was added to codes to make them unsigned.
constexpr int codeOffset(PanelFormat format)
{
    switch (format) {
    case PanelFormat::Q4_0:
        return 8;
    case PanelFormat::Q5_0:
        return 16;
    case PanelFormat::Q6_K:
        return 32;
    case PanelFormat::Q8_0:
        return 128;
    default:
        return 0;
    }
}

// Lanes: a 512-bit vector of int32 or float32, or two of 256 bits.
inline constexpr int kPanelRows = 16;

// Columns of a block in all quantised formats here; they share a scale, but for Q6_K, where the
// first and the second half have one each.
inline constexpr int kBlockColumns = 32;

// Blocks in a group of the formats that have them.
inline constexpr int kGroupBlocks = 8;

// Words of codes in a block, of one lane.
constexpr int codeWords(PanelFormat format)
{
    switch (format) {
    case PanelFormat::Q5_0:
    case PanelFormat::Q5_1:
    case PanelFormat::Q5_K:
        return 5;
    case PanelFormat::Q6_K:
        return 6;
    case PanelFormat::Q8_0:
        return 8;
    default:
        return 4;
    }
}

// 16-bit numbers of a panel's block, and of a group of blocks before them.
constexpr int blockScales(PanelFormat format)
{
    return hasMinimum(format) && !hasGroups(format) ? 2 * kPanelRows : kPanelRows;
}

constexpr int groupScales(PanelFormat format)
{
    if (!hasGroups(format))
        return 0;
    return hasMinimum(format) ? 2 * kPanelRows : kPanelRows;
}

struct PanelView
{
    const uint8_t *values = nullptr;  // aligned to 64 bytes
    const uint16_t *scales = nullptr; // aligned to 64 bytes; null for floating point
    int64_t panelValueBytes = 0;
    int64_t panelScales = 0; // 16-bit numbers per panel
    int64_t rows = 0;
    int64_t cols = 0;
};

// A tile of n tokens, quantised: for each block of 32 columns
//   int8 [n][32], then [n] of BlockFactors
// where a block of x is about scale * int8. With amax the largest magnitude of the block:
// scale = amax / 127, and int8 = x * (127 / amax) to the nearest integer, ties to even, all in
// float32. A block whose amax is below 2^-119 counts as zeros (its scale would be subnormal). A
// block with a NaN or an infinity has the scale NaN and zeros, so that all outputs of that token
// are NaN.
struct BlockFactors
{
    float scale;
    float scaledSum;        // scale * sum of the int8: what m is multiplied with
    int32_t minus8Sum;      // what takes the offset out of Q4_0, and twice out of Q5_0
    int32_t minus128Sum;    // out of Q8_0
    int32_t minus32Sums[2]; // out of Q6_K: of the first and the second sixteen
};
inline constexpr float kSmallestMagnitude = 0x1p-119f;
inline constexpr int64_t kQuantizedBlockBytes =
    kBlockColumns + sizeof(BlockFactors); // of one token

// A tile of n tokens as float32: [column][n].

// Where a product goes: y[token * stride + row].
struct PanelOutput
{
    float *y = nullptr;
    int64_t stride = 0;
    const float *bias = nullptr; // [row] or null
};

} // namespace inferlab
