// How weights and activations lie in memory for the matrix product: the layout that packing writes
// and that the kernels of every instruction set read. Plain structures only, so that files compiled
// for different instruction sets can share it.
//
// Weights. Sixteen rows of the matrix (outputs) form a panel, and stand side by side as its lanes;
// the last panel is filled with zero rows. One vector instruction then serves sixteen outputs with
// no sum across lanes, whether there is one token or five hundred, so both add up in the same
// order.
//   quantised, per panel and block of 32 columns:
//     Q4_0, Q4_1: values [4 words][16 lanes][4 bytes]; byte i of word w holds column 4w + i in its
//     low
//                 and column 16 + 4w + i in its high nibble, as GGUF pairs them
//     Q8_0:       values [8 words][16 lanes][4 bytes]; byte i of word w is column 4w + i, plus 128
//     scales:     binary16 [16] d, and for Q4_1 [16] m after it
//   floating point, per panel: values [column][16 lanes]
// The values of all panels stand one after the other, and so do the scales: two streams from
// memory.
//
// Activations ("tokens", rows of x) are prepared in tiles of a few tokens; see QuantizedTile,
// FloatTile.
#pragma once

#include <cstdint>

namespace inferlab {

enum class PanelFormat : uint8_t { Q4_0, Q4_1, Q8_0, F32, F16, BF16 };
inline constexpr int kPanelFormats = 6;

// Lanes: a 512-bit vector of int32 or float32, or two of 256 bits.
inline constexpr int kPanelRows = 16;

// Columns that share a scale, in all quantised formats here.
inline constexpr int kBlockColumns = 32;

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
    float scaledSum;     // scale * sum of the int8: what m is multiplied with
    int32_t minus8Sum;   // what takes the offset out of Q4_0
    int32_t minus128Sum; // and out of Q8_0
};
inline constexpr float kSmallestMagnitude = 0x1p-119f;
inline constexpr int64_t kQuantizedBlockBytes = kBlockColumns + 16; // of one token

// A tile of n tokens as float32: [column][n].

// Where a product goes: y[token * stride + row].
struct PanelOutput
{
    float *y = nullptr;
    int64_t stride = 0;
    const float *bias = nullptr; // [row] or null
};

} // namespace inferlab
