#include "matmul_tiles.h"

#include "dispatch.cuh"
#include "group_codes.cuh"
#include "launch.cuh"
#include "mma.cuh"

namespace inferlab::cuda {

namespace {

// Binary16 values of a tile's row in shared memory: a group, and 8 of padding, with which the
// fragments of a warp (8 rows by 4 words) lie in 32 different banks.
constexpr int kRowHalves = kGroup + 8;
constexpr int kRowWords = kRowHalves / 2;
static_assert(kRowWords % 4 == 0, "rows are aligned to 16 bytes");

// Tiles of `rows` weights by `tokens`, shared out among warps.
template <int rowsOfTile, int tokensOfTile, int warpsAlongRows, int warpsAlongTokens>
struct TileShape
{
    static constexpr int kRows = rowsOfTile;
    static constexpr int kTokens = tokensOfTile;
    static constexpr int kWarpsAlongRows = warpsAlongRows;
    static constexpr int kThreads = warpsAlongRows * warpsAlongTokens * kWarpLanes;
    static constexpr int kRowFragments = rowsOfTile / warpsAlongRows / 16;
    static constexpr int kTokenFragments = tokensOfTile / warpsAlongTokens / 8;
    static_assert(kTokenFragments % 2 == 0, "they are read in pairs");
    static constexpr int kStageWords = (rowsOfTile + tokensOfTile) * kRowWords;
    static constexpr size_t kSharedBytes = 2 * kStageWords * sizeof(uint32_t);
};

// Few tokens: small tiles of rows, so that there are as many blocks as multiprocessors.
using SmallTile = TileShape<32, 32, 2, 2>;
// Many: 64 by 32 per warp, 16 products per six reads of fragments; 40 KiB of it.
using LargeTile = TileShape<128, 128, 2, 4>;
// From so many tokens on the large tile's columns are mostly used.
constexpr int64_t kLargeTileTokens = 97;

// Half a group of one weight row: its 16 values as eight words in shared memory.
template <DType type, typename Shape>
__device__ __forceinline__ void loadWeightTile(const ProductTarget &target, int64_t firstRow,
                                               int64_t group, uint32_t *tile)
{
    constexpr int kHalves = 2 * Shape::kRows;
    for (int i = static_cast<int>(threadIdx.x); i < kHalves; i += Shape::kThreads) {
        const int row = i / 2;
        // Rows behind the last are computed again and not stored.
        const int64_t source = firstRow + row < target.rows ? firstRow + row : target.rows - 1;
        float values[16];
        loadHalfValues<type>(target.weight, groupIndex(target.weight, source, group), i % 2,
                             values);
        uint32_t words[8];
        for (int w = 0; w < 8; ++w) {
            if constexpr (type == DType::F16)
                words[w] = packHalves(values[2 * w], values[2 * w + 1]);
            else
                words[w] = packHalves(withinHalf(values[2 * w]), withinHalf(values[2 * w + 1]));
        }
        auto *to = reinterpret_cast<uint4 *>(tile + row * kRowWords + i % 2 * 8);
        to[0] = make_uint4(words[0], words[1], words[2], words[3]);
        to[1] = make_uint4(words[4], words[5], words[6], words[7]);
    }
}

template <typename Shape>
__device__ __forceinline__ void loadTokenTile(const HalfActivations &x, int64_t firstToken,
                                              int64_t tokens, int64_t group, uint32_t *tile)
{
    constexpr int kWidePerRow = kGroup / 8;
    for (int i = static_cast<int>(threadIdx.x); i < Shape::kTokens * kWidePerRow;
         i += Shape::kThreads) {
        const int row = i / kWidePerRow;
        const int wide = i % kWidePerRow;
        uint4 values = make_uint4(0, 0, 0, 0);
        if (firstToken + row < tokens)
            values = reinterpret_cast<const uint4 *>(
                x.values)[((firstToken + row) * x.groups + group) * kWidePerRow + wide];
        *reinterpret_cast<uint4 *>(tile + row * kRowWords + wide * 4) = values;
    }
}

template <typename Shape>
struct Sums
{
    float fragment[Shape::kRowFragments][Shape::kTokenFragments][4];
};

// One group of 32 along k: two products of 16 for each pair of fragments.
template <typename Shape>
__device__ __forceinline__ void multiplyGroup(const uint32_t *weights, const uint32_t *tokens,
                                              Sums<Shape> &sums)
{
    const int warp = static_cast<int>(threadIdx.x) / kWarpLanes;
    const int firstRow = warp % Shape::kWarpsAlongRows * Shape::kRowFragments * 16;
    const int firstToken = warp / Shape::kWarpsAlongRows * Shape::kTokenFragments * 8;
#pragma unroll
    for (int k = 0; k < kGroup / 16; ++k) {
        uint32_t b[Shape::kTokenFragments / 2][2][2];
#pragma unroll
        for (int n = 0; n < Shape::kTokenFragments / 2; ++n)
            loadRight(tokens + (firstToken + n * 16) * kRowWords + k * 8, kRowWords, b[n]);
#pragma unroll
        for (int m = 0; m < Shape::kRowFragments; ++m) {
            uint32_t a[4];
            loadLeft(weights + (firstRow + m * 16) * kRowWords + k * 8, kRowWords, a);
#pragma unroll
            for (int n = 0; n < Shape::kTokenFragments; ++n)
                multiplyTile(sums.fragment[m][n], a, b[n / 2][n % 2]);
        }
    }
}

// The end of a product: a result goes to its place, or is added to what is there.
__device__ __forceinline__ void storeProduct(const ProductTarget &target, int64_t token,
                                             int64_t row, float value)
{
    float &y = target.y[token * target.stride + row];
    y = target.accumulate ? __fadd_rn(y, value) : value;
}

template <typename Shape>
__device__ __forceinline__ void storeSums(const ProductTarget &target, int64_t tileRow,
                                          int64_t tileToken, int64_t tokens, const float *scales,
                                          const Sums<Shape> &sums)
{
    const int lane = static_cast<int>(threadIdx.x) % kWarpLanes;
    const int warp = static_cast<int>(threadIdx.x) / kWarpLanes;
    const int64_t firstRow =
        tileRow + warp % Shape::kWarpsAlongRows * Shape::kRowFragments * 16 + lane / 4;
    const int64_t firstToken =
        tileToken + warp / Shape::kWarpsAlongRows * Shape::kTokenFragments * 8 + lane % 4 * 2;
#pragma unroll
    for (int m = 0; m < Shape::kRowFragments; ++m) {
#pragma unroll
        for (int n = 0; n < Shape::kTokenFragments; ++n) {
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int64_t row = firstRow + m * 16 + i / 2 * 8;
                const int64_t token = firstToken + n * 8 + i % 2;
                if (row < target.rows && token < tokens) {
                    const float bias = target.bias != nullptr ? target.bias[row] : 0.0f;
                    storeProduct(target, token, row,
                                 __fmaf_rn(sums.fragment[m][n][i], scales[token], bias));
                }
            }
        }
    }
}

// While the warps multiply one group's tiles, the next group's go into the other half of the
// shared memory.
template <DType type, typename Shape>
__global__ void __launch_bounds__(Shape::kThreads)
    matmulTilesKernel(ProductTargets targets, HalfActivations x, int64_t tokens)
{
    beginKernel();
    auto *stages = sharedMemory<uint32_t>();
    int i = 0;
    while (i + 1 < targets.count && targets.target[i + 1].firstBlock <= int64_t {blockIdx.x})
        ++i;
    const ProductTarget &target = targets.target[i];
    const int64_t tileRow = (int64_t {blockIdx.x} - target.firstBlock) * Shape::kRows;
    const int64_t tileToken = int64_t {blockIdx.y} * Shape::kTokens;
    Sums<Shape> sums = {};
    const auto load = [&](int64_t group) {
        uint32_t *stage = stages + group % 2 * Shape::kStageWords;
        loadWeightTile<type, Shape>(target, tileRow, group, stage);
        loadTokenTile<Shape>(x, tileToken, tokens, group, stage + Shape::kRows * kRowWords);
    };
    load(0);
    __syncthreads();
    for (int64_t group = 0; group < x.groups; ++group) {
        if (group + 1 < x.groups)
            load(group + 1);
        const uint32_t *stage = stages + group % 2 * Shape::kStageWords;
        multiplyGroup<Shape>(stage, stage + Shape::kRows * kRowWords, sums);
        __syncthreads();
    }
    storeSums<Shape>(target, tileRow, tileToken, tokens, x.scales, sums);
}

template <typename Shape>
void launchTiles(LaunchQueue &queue, DType dtype, ProductTargets &targets, const HalfActivations &x,
                 int64_t tokens)
{
    Grid grid;
    grid.blocks = targets.assignBlocks(Shape::kRows);
    grid.y = static_cast<unsigned>(ceilDivide(tokens, Shape::kTokens));
    grid.threads = Shape::kThreads;
    grid.sharedBytes = Shape::kSharedBytes;
    forHalfType(dtype, [&](auto type) {
        launch("matmulTiles", matmulTilesKernel<decltype(type)::value, Shape>, grid, queue, targets,
               x, tokens);
    });
}

// A block per token and target. Without anything to add, most tokens have nothing left to do.
__global__ void finishKernel(ProductTargets targets, HalfActivations x)
{
    beginKernel();
    const ProductTarget &target = targets.target[blockIdx.y];
    const float scale = x.scales[blockIdx.x];
    if (scale == 1.0f && target.bias == nullptr && !target.accumulate)
        return;
    const float *product = target.product + blockIdx.x * target.productStride;
    for (int64_t row = threadIdx.x; row < target.rows; row += blockDim.x) {
        const float bias = target.bias != nullptr ? target.bias[row] : 0.0f;
        storeProduct(target, blockIdx.x, row, __fmaf_rn(product[row], scale, bias));
    }
}

} // namespace

void matmulTiles(LaunchQueue &queue, DType dtype, ProductTargets targets, const HalfActivations &x,
                 int64_t tokens)
{
    if (tokens >= kLargeTileTokens)
        launchTiles<LargeTile>(queue, dtype, targets, x, tokens);
    else
        launchTiles<SmallTile>(queue, dtype, targets, x, tokens);
}

void finishProducts(LaunchQueue &queue, const ProductTargets &targets, const HalfActivations &x,
                    int64_t tokens)
{
    Grid grid;
    grid.blocks = tokens;
    grid.y = static_cast<unsigned>(targets.count);
    grid.threads = 256;
    launch("finishProducts", finishKernel, grid, queue, targets, x);
}

} // namespace inferlab::cuda
