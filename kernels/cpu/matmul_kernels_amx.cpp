// The matrix product with AMX: TDPBSSD multiplies sixteen tokens by the 32 columns of a block with
// the block's codes of sixteen outputs, all at once. A block of a panel, unpacked to bytes, is what
// the instruction wants of its second operand, and a tile of sixteen tokens of its first; the sums
// of each block leave the tile to be scaled with AVX-512, in the order of matmul_kernels.h. Few
// tokens are multiplied with VNNI, which gives the same bits.
#include "matmul_kernels.h"

#include <immintrin.h>

namespace inferlab {

namespace {

#include "matmul_avx512.inl"

#include "matmul_float.inl"
#include "matmul_quantized.inl"
#include "prepare_tokens.inl"

constexpr int kTileTokens = 16;
constexpr int kBlockCodeBytes = kBlockColumns * kPanelRows;

// Blocks that are unpacked at once: 40 KiB of codes and scales, so that they stay close while all
// tokens pass by. A row of more blocks is summed in pieces that wait in y.
constexpr int64_t kChunkBlocks = 64;

// Tiles 0 and 1 hold sums, 2 and 3 tokens, 4 and 5 codes: what one block needs, twice, so that one
// can be multiplied while the other is scaled.
constexpr int kSums = 0;
constexpr int kSlots = 4;
constexpr int kTokens = 4;
constexpr int kCodes = 6;

// As LDTILECFG reads it (Intel SDM, "TILE CONFIGURATION").
struct alignas(64) TileConfig
{
    uint8_t palette = 1;
    uint8_t startRow = 0;
    uint8_t reserved[14] = {};
    uint16_t rowBytes[16] = {};
    uint8_t rows[16] = {};
};

// columns: that one instruction sums over, a whole block or half of one.
constexpr TileConfig tileConfig(int columns)
{
    TileConfig config;
    for (int i = 0; i < kSlots; ++i) {
        config.rows[kSums + i] = kTileTokens;
        config.rowBytes[kSums + i] = kPanelRows * sizeof(int32_t);
    }
    for (int i = 0; i < 2; ++i) {
        config.rows[kTokens + i] = kTileTokens;
        config.rowBytes[kTokens + i] = static_cast<uint16_t>(columns);
        config.rows[kCodes + i] = static_cast<uint8_t>(columns / 4);
        config.rowBytes[kCodes + i] = kPanelRows * 4;
    }
    return config;
}

// Assembly, since the compiler's intrinsics do not say that they read memory.
template <int Tile>
[[gnu::always_inline]] inline void loadTile(const void *source, int64_t stride)
{
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2"
                 :
                 : "r"(source), "r"(stride), "i"(Tile)
                 : "memory");
}

template <int Tile>
[[gnu::always_inline]] inline void storeTile(void *target, int64_t stride)
{
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)"
                 :
                 : "r"(target), "r"(stride), "i"(Tile)
                 : "memory");
}

// Tile `Sums` = tokens times codes.
template <int Sums, int Tokens, int Codes>
[[gnu::always_inline]] inline void multiplyTiles()
{
    asm volatile("tilezero %%tmm%c0\n\ttdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0"
                 :
                 : "i"(Sums), "i"(Tokens), "i"(Codes));
}

// Blocks of one panel, unpacked.
struct UnpackedPanel
{
    alignas(64) int8_t codes[kChunkBlocks][kBlockCodeBytes];
    Floats scales[kChunkBlocks][2]; // d and m; Q6_K: d of both halves
};

// The sums of a block, twice.
struct BlockSums
{
    alignas(64) int32_t values[kSlots][kTileTokens][kPanelRows];
};

// Sixteen tokens of one panel and some blocks.
struct TileProduct
{
    const UnpackedPanel *panel;
    int64_t blocks;
    const int8_t *tokens;   // the first block's
    const uint8_t *next[2]; // values and scales of the next panel's first block, to be prefetched
};

template <PanelFormat Format>
struct TileKernel16
{
    static constexpr bool kHalves = Format == PanelFormat::Q6_K;
    static constexpr int kSteps = kHalves ? 2 : 1; // multiplications of a block
    static constexpr int kBlockBytes = codeWords(Format) * kPanelRows * 4;
    static constexpr int64_t kTileBlockBytes = kTileTokens * kQuantizedBlockBytes;
    static constexpr TileConfig kConfig = tileConfig(kBlockColumns / kSteps);

    // Slot: which of the two sets of tiles and sums.
    template <int Slot>
    [[gnu::always_inline]] static inline void multiplyStep(const TileProduct &product, int64_t step,
                                                           BlockSums &sums)
    {
        const int64_t block = step / kSteps;
        const int64_t half = step % kSteps;
        loadTile<kTokens + Slot % 2>(product.tokens + block * kTileBlockBytes + half * 16,
                                     kBlockColumns);
        loadTile<kCodes + Slot % 2>(product.panel->codes[block] + half * (kBlockCodeBytes / 2),
                                    kPanelRows * 4);
        multiplyTiles<kSums + Slot, kTokens + Slot % 2, kCodes + Slot % 2>();
        storeTile<kSums + Slot>(sums.values[Slot], kPanelRows * sizeof(int32_t));
    }

    template <int Slot>
    [[gnu::always_inline]] static inline void scaleStep(const TileProduct &product, int64_t step,
                                                        const BlockSums &sums,
                                                        Floats (&acc)[kTileTokens])
    {
        const int64_t block = step / kSteps;
        const auto *factors = reinterpret_cast<const BlockFactors *>(
            product.tokens + block * kTileBlockBytes + kTileTokens * kBlockColumns);
        const Floats d = product.panel->scales[block][kHalves ? step % kSteps : 0];
#pragma GCC unroll 16
        for (int n = 0; n < kTileTokens; ++n) {
            const Floats scale = multiply(d, broadcast(factors[n].scale));
            acc[n] = fused(toFloats(_mm512_load_si512(sums.values[Slot][n])), scale, acc[n]);
        }
        if constexpr (hasMinimum(Format)) {
            const Floats m = product.panel->scales[block][1];
#pragma GCC unroll 16
            for (int n = 0; n < kTileTokens; ++n)
                acc[n] = fused(m, broadcast(factors[n].scaledSum), acc[n]);
        }
    }

    // Bytes of scales before a block.
    static constexpr int64_t scaleBytes(int64_t block)
    {
        return (block * blockScales(Format) + block / kGroupBlocks * groupScales(Format))
            * static_cast<int64_t>(sizeof(uint16_t));
    }

    [[gnu::always_inline]] static inline void prefetchNext(const TileProduct &product,
                                                           int64_t block)
    {
        if (product.next[0] == nullptr)
            return;
        for (int line = 0; line < kBlockBytes; line += kCacheLine)
            __builtin_prefetch(product.next[0] + block * kBlockBytes + line);
        __builtin_prefetch(product.next[1] + scaleBytes(block));
    }

    // total += the product. While a step is scaled those after it are multiplied.
    static void addProduct(const TileProduct &product, Floats (&total)[kTileTokens])
    {
        Floats acc[kTileTokens]; // in registers, since nobody else sees it
        for (int n = 0; n < kTileTokens; ++n)
            acc[n] = total[n];
        BlockSums sums;
        const int64_t steps = product.blocks * kSteps;
        multiplyStep<0>(product, 0, sums);
        if (steps > 1)
            multiplyStep<1>(product, 1, sums);
        if (steps > 2)
            multiplyStep<2>(product, 2, sums);
        for (int64_t step = 0; step < steps; step += kSlots) {
            advance<0>(product, step, steps, sums, acc);
            advance<1>(product, step + 1, steps, sums, acc);
            advance<2>(product, step + 2, steps, sums, acc);
            advance<3>(product, step + 3, steps, sums, acc);
        }
        for (int n = 0; n < kTileTokens; ++n)
            total[n] = acc[n];
    }

    template <int Slot>
    [[gnu::always_inline]] static inline void advance(const TileProduct &product, int64_t step,
                                                      int64_t steps, BlockSums &sums,
                                                      Floats (&acc)[kTileTokens])
    {
        constexpr int kAhead = kSlots - 1;
        if (step + kAhead < steps)
            multiplyStep<(Slot + kAhead) % kSlots>(product, step + kAhead, sums);
        if (step >= steps)
            return;
        if (step % kSteps == 0)
            prefetchNext(product, step / kSteps);
        scaleStep<Slot>(product, step, sums, acc);
    }

    static void unpack(const PanelView &weight, int64_t panel, int64_t firstBlock, int64_t blocks,
                       UnpackedPanel &unpacked)
    {
        const uint8_t *values =
            weight.values + panel * weight.panelValueBytes + firstBlock * kBlockBytes;
        const uint16_t *scales = weight.scales + panel * weight.panelScales
            + scaleBytes(firstBlock) / static_cast<int64_t>(sizeof(uint16_t));
        const uint16_t *group = scales;
        const Ints offset = _mm512_set1_epi8(static_cast<char>(codeOffset(Format)));
        for (int64_t block = 0; block < blocks; ++block) {
            if (hasGroups(Format) && block % kGroupBlocks == 0) {
                group = scales;
                scales += groupScales(Format);
            }
            int8_t *codes = unpacked.codes[block];
#pragma GCC unroll 4
            for (int v = 0; v < 4; ++v) {
                _mm512_store_si512(codes + 64 * v,
                                   _mm512_sub_epi8(firstCodes<Format>(values, v), offset));
                _mm512_store_si512(codes + 64 * (v + 4),
                                   _mm512_sub_epi8(secondCodes<Format>(values, v), offset));
            }
            const PanelScales floats = loadScales<Format>(scales, group);
            unpacked.scales[block][0] = floats.d[0];
            if constexpr (kHalves)
                unpacked.scales[block][1] = floats.d[1];
            else if constexpr (hasMinimum(Format))
                unpacked.scales[block][1] = floats.m;
            values += kBlockBytes;
            scales += blockScales(Format);
        }
    }

    // One panel by all tokens of full tiles; the last tile may have fewer, padded to sixteen.
    static void multiplyPanel(const PanelView &weight, int64_t panel, bool prefetch,
                              const int8_t *tiles, int64_t tokens, const PanelOutput &output,
                              UnpackedPanel &unpacked)
    {
        const int64_t row = panel * kPanelRows;
        const int64_t left = weight.rows - row;
        const int lanes = left < kPanelRows ? static_cast<int>(left) : kPanelRows;
        const int64_t blocks = weight.cols / kBlockColumns;
        for (int64_t first = 0; first < blocks; first += kChunkBlocks) {
            const int64_t count = blocks - first < kChunkBlocks ? blocks - first : kChunkBlocks;
            const bool last = first + count == blocks;
            unpack(weight, panel, first, count, unpacked);
            const Floats bias = last && output.bias != nullptr ? loadLanes(output.bias + row, lanes)
                                                               : broadcast(0.0f);
            for (int64_t token = 0; token < tokens; token += kTileTokens) {
                const int64_t n = tokens - token < kTileTokens ? tokens - token : kTileTokens;
                float *y = output.y + token * output.stride + row;
                TileProduct product {&unpacked,
                                     count,
                                     tiles + token * blocks * kQuantizedBlockBytes
                                         + first * kTileBlockBytes,
                                     {nullptr, nullptr}};
                if (prefetch && token == 0) {
                    product.next[0] =
                        weight.values + (panel + 1) * weight.panelValueBytes + first * kBlockBytes;
                    product.next[1] = reinterpret_cast<const uint8_t *>(
                                          weight.scales + (panel + 1) * weight.panelScales)
                        + scaleBytes(first);
                }
                Floats acc[kTileTokens];
                for (int64_t i = 0; i < kTileTokens; ++i)
                    acc[i] = first > 0 && i < n ? loadLanes(y + i * output.stride, lanes)
                                                : broadcast(0.0f);
                addProduct(product, acc);
                for (int64_t i = 0; i < n; ++i)
                    storeLanes(y + i * output.stride, last ? add(acc[i], bias) : acc[i], lanes);
            }
        }
    }
};

// Tiles of sixteen tokens; of the rest, from kFewestTileTokens on, one that is padded with zeros.
void quantizeTiles(const float *x, int64_t stride, int64_t cols, int64_t firstToken,
                   int64_t endToken, void *tiles)
{
    const int64_t tokenBytes = quantizedTokenBytes(cols);
    const int64_t whole = firstToken + (endToken - firstToken) / kTileTokens * kTileTokens;
    quantizeTokens<kTileTokens>(x, stride, cols, firstToken, whole, tiles);
    const int64_t rest = endToken - whole;
    if (rest == 0)
        return;
    if (rest < kFewestTileTokens) {
        quantizeTokens<kTileTokens>(x, stride, cols, whole, endToken, tiles);
        return;
    }
    auto *record = static_cast<int8_t *>(tiles) + whole * tokenBytes;
    for (int64_t column = 0; column < cols; column += kBlockColumns) {
        auto *factors = reinterpret_cast<BlockFactors *>(record + kTileTokens * kBlockColumns);
        for (int64_t i = 0; i < kTileTokens; ++i) {
            if (i < rest)
                quantizeBlock(x + (whole + i) * stride + column, record + i * kBlockColumns,
                              factors + i);
            else
                factors[i] = emptyBlock(true, record + i * kBlockColumns);
        }
        record += kTileTokens * kQuantizedBlockBytes;
    }
}

// Without AMX's tiles: the tokens that are too few for them.
constexpr int kQuantizedTokens = kFewestTileTokens - 1;
constexpr int kQuantizedPanels = 1;
constexpr int kQuantizedPanelsOfOne = 1;

#include "matmul_tables.inl"

template <PanelFormat Format>
void multiplyTiled(const PanelView &weight, int64_t firstPanel, int64_t endPanel, const void *tiles,
                   int64_t tokens, const PanelOutput &output)
{
    const int64_t rest = tokens % kTileTokens;
    const int64_t few = rest < kFewestTileTokens ? rest : 0;
    const int64_t tiled = tokens - few;
    if (tiled == 0) {
        multiplyPanels<Format>(weight, firstPanel, endPanel, tiles, tokens, output);
        return;
    }
    using Kernel = TileKernel16<Format>;
    const auto *bytes = static_cast<const int8_t *>(tiles);
    const PanelOutput fewOutput {output.y + tiled * output.stride, output.stride, output.bias};
    UnpackedPanel unpacked;
    asm volatile("ldtilecfg %0" : : "m"(Kernel::kConfig));
    for (int64_t panel = firstPanel; panel < endPanel; ++panel) {
        const bool prefetch = panel + 1 < endPanel;
        Kernel::multiplyPanel(weight, panel, prefetch, bytes, tiled, output, unpacked);
        if (few > 0)
            multiplyPanels<Format>(weight, panel, panel + 1,
                                   bytes + tiled * quantizedTokenBytes(weight.cols), few,
                                   fewOutput);
    }
    asm volatile("tilerelease");
}

constexpr MatmulKernels makeTiledKernels()
{
    MatmulKernels kernels = makeMatmulKernels();
    kernels.quantized = {kTileTokens,
                         quantizeTiles,
                         {multiplyTiled<PanelFormat::Q4_0>, multiplyTiled<PanelFormat::Q4_1>,
                          multiplyTiled<PanelFormat::Q5_0>, multiplyTiled<PanelFormat::Q5_1>,
                          multiplyTiled<PanelFormat::Q8_0>, multiplyTiled<PanelFormat::Q4_K>,
                          multiplyTiled<PanelFormat::Q5_K>, multiplyTiled<PanelFormat::Q6_K>}};
    return kernels;
}

} // namespace

constinit const MatmulKernels kAmxMatmulKernels = makeTiledKernels();

} // namespace inferlab
