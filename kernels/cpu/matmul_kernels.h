// The inner loops of the matrix product, once per instruction set, behind a table of functions.
// None of them allocates, throws or starts threads.
//
// Bits. An output is summed over its blocks (or columns) in rising order, in one accumulator,
// whatever the tile; so it depends on its weight row and its token alone. For the quantised formats
// each instruction set does the same operations in the same order - integer sums within a block are
// exact, and
//     acc = fma(float(sum), d * scale, acc)     (Q6_K: for each half of the block)
//     acc = fma(m, scaledSum, acc)              where the format has a minimum
// round once each - so they give the same bits. For F32, F16 and BF16 acc = fma(w, x, acc) where
// the hardware has it, else multiply and add: there the last bits differ between portable code and
// the rest.
#pragma once

#include "isa.h"
#include "panel_format.h"

namespace inferlab {

// Columns of a block that share a scale.
enum class BlockHalf { Both, First, Second };

// Prepares tokens firstToken .. endToken - 1 (firstToken: a multiple of tileTokens) of x
// [tokens][stride]. tiles: where the tile of token 0 begins; a tile of n tokens takes n times
// tokenBytes(cols).
using PrepareTokens = void (*)(const float *x, int64_t stride, int64_t cols, int64_t firstToken,
                               int64_t endToken, void *tiles);

// Panels firstPanel .. endPanel - 1 times all `tokens`.
using MultiplyPanels = void (*)(const PanelView &weight, int64_t firstPanel, int64_t endPanel,
                                const void *tiles, int64_t tokens, const PanelOutput &output);

// The formats that share one preparation of the tokens.
struct FormatFamily
{
    int64_t tileTokens; // tokens in all tiles but the last
    PrepareTokens prepare;
    MultiplyPanels multiply[kPanelFormats]; // by PanelFormat; null for the other family's
};

struct MatmulKernels
{
    FormatFamily quantized; // tokens as int8
    FormatFamily floats;    // F32, F16, BF16: tokens as float32
};

// Tokens that AMX is used for: with fewer, unpacking a block and scaling sixteen rows of sums takes
// longer than VNNI.
inline constexpr int64_t kFewestTileTokens = 9;

// Bytes of one prepared token.
constexpr int64_t quantizedTokenBytes(int64_t cols)
{
    return cols / kBlockColumns * kQuantizedBlockBytes;
}

constexpr int64_t floatTokenBytes(int64_t cols)
{
    return cols * static_cast<int64_t>(sizeof(float));
}

// isa: one of availableIsas().
const MatmulKernels &matmulKernels(Isa isa) noexcept;

// One per file; used through matmulKernels().
extern const MatmulKernels kPortableMatmulKernels;
extern const MatmulKernels kAvx2MatmulKernels;
extern const MatmulKernels kAvx512MatmulKernels;
extern const MatmulKernels kAmxMatmulKernels;

} // namespace inferlab
