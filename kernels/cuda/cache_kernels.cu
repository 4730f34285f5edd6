#include "cache_kernels.h"

#include "half.cuh"
#include "launch.cuh"
#include "q8_block.cuh"
#include "warp_codes.cuh"

namespace inferlab::cuda {

namespace {

constexpr unsigned kThreads = 256;

struct Rotation
{
    ConstMatrixView cosSin;
    int32_t headDim;
    int32_t ropeDim;
    bool adjacent;

    // Where the elements of a pair lie in a head.
    __device__ int32_t first(int32_t pair) const { return adjacent ? 2 * pair : pair; }
    __device__ int32_t second(int32_t pair) const
    {
        return adjacent ? 2 * pair + 1 : pair + ropeDim / 2;
    }
};

// A pair of a row's head, rotated.
__device__ __forceinline__ float2 rotatedPair(const Rotation &rotation, const float *head,
                                              int64_t row, int32_t pair)
{
    const float a = head[rotation.first(pair)];
    const float b = head[rotation.second(pair)];
    const float cosine = rotation.cosSin.row(row)[2 * pair];
    const float sine = rotation.cosSin.row(row)[2 * pair + 1];
    return make_float2(__fmaf_rn(a, cosine, -__fmul_rn(b, sine)),
                       __fmaf_rn(a, sine, __fmul_rn(b, cosine)));
}

// Pair `index` of all rows, in place.
__device__ __forceinline__ void rotateInPlace(const MatrixView &x, const Rotation &rotation,
                                              int64_t index)
{
    const int32_t pairs = rotation.ropeDim / 2;
    const int64_t pairsOfRow = x.cols / rotation.headDim * pairs;
    if (index >= x.rows * pairsOfRow)
        return;
    const int64_t row = index / pairsOfRow;
    float *head = x.row(row) + index % pairsOfRow / pairs * rotation.headDim;
    const auto pair = static_cast<int32_t>(index % pairs);
    const float2 rotated = rotatedPair(rotation, head, row, pair);
    head[rotation.first(pair)] = rotated.x;
    head[rotation.second(pair)] = rotated.y;
}

// One element of a row as rotation makes it; the row stays as it is.
__device__ __forceinline__ float rotatedElement(const ConstMatrixView &x, const Rotation &rotation,
                                                int64_t row, int64_t col)
{
    const auto d = static_cast<int32_t>(col % rotation.headDim);
    if (d >= rotation.ropeDim)
        return x.row(row)[col];
    const int32_t pairs = rotation.ropeDim / 2;
    const int32_t pair = rotation.adjacent ? d / 2 : d % pairs;
    const float2 rotated = rotatedPair(rotation, x.row(row) + (col - d), row, pair);
    return d == rotation.first(pair) ? rotated.x : rotated.y;
}

// Where the element of a row and column of the keys lies in the cache.
__device__ int64_t cachedElement(const KvLayerView &cache, const RowPlacement &placement,
                                 int64_t row, int64_t col)
{
    const int32_t position = placement.position[row];
    const int32_t *table =
        placement.blockTables + int64_t {placement.sequence[row]} * placement.maxBlocks;
    const int64_t block = table[position / cache.blockTokens];
    const int64_t slot = (block * cache.kvHeads + col / cache.headDim) * cache.blockTokens
        + position % cache.blockTokens;
    return slot * cache.headDim + col % cache.headDim;
}

// A warp's 32 values as a block of Q8_0.
__device__ void storeBlock(Q8Block &block, float value)
{
    const auto [largest, code] = quantizeWarp(value);
    const unsigned lane = threadIdx.x % kWarpLanes;
    block.codes[lane] = static_cast<int8_t>(code);
    if (lane == 0)
        block.scale = halfFromFloat(largest / 127.0f);
}

__device__ void storeElement(void *cache, bool half, int64_t element, float value)
{
    if (half)
        static_cast<uint16_t *>(cache)[element] = halfFromFloat(value);
    else
        static_cast<float *>(cache)[element] = value;
}

// Of a cache of Q8_0 rows are whole blocks, so a warp's elements are one block.
static_assert(kGroup == kWarpLanes);
template <bool isQ8>
__device__ __forceinline__ void store(const KvLayerView &cache, int64_t element, float key,
                                      float value)
{
    if constexpr (isQ8) {
        storeBlock(static_cast<Q8Block *>(cache.keys)[element / kGroup], key);
        storeBlock(static_cast<Q8Block *>(cache.values)[element / kGroup], value);
    } else {
        const bool half = cache.dtype == DType::F16;
        storeElement(cache.keys, half, element, key);
        storeElement(cache.values, half, element, value);
    }
}

// One thread per pair.
__global__ void ropeKernel(MatrixView x, Rotation rotation)
{
    beginKernel();
    rotateInPlace(x, rotation, int64_t {blockIdx.x} * kThreads + threadIdx.x);
}

// One thread per element of a key, which takes the value's with it.
template <bool isQ8>
__global__ void writeKvKernel(ConstMatrixView k, ConstMatrixView v, KvLayerView cache,
                              RowPlacement placement)
{
    beginKernel();
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= k.rows * k.cols)
        return; // of Q8_0 the whole warp
    const int64_t row = index / k.cols;
    const int64_t col = index % k.cols;
    store<isQ8>(cache, cachedElement(cache, placement, row, col), k.row(row)[col], v.row(row)[col]);
}

// Some blocks rotate the queries' pairs, the others take keys and values.
template <bool isQ8>
__global__ void ropeAndStoreKernel(MatrixView q, Rotation rotation, unsigned queryBlocks,
                                   ConstMatrixView k, ConstMatrixView v, KvLayerView cache,
                                   RowPlacement placement)
{
    beginKernel();
    if (blockIdx.x < queryBlocks) {
        rotateInPlace(q, rotation, int64_t {blockIdx.x} * kThreads + threadIdx.x);
        return;
    }
    const int64_t index = int64_t {blockIdx.x - queryBlocks} * kThreads + threadIdx.x;
    if (index >= k.rows * k.cols)
        return; // of Q8_0 the whole warp
    const int64_t row = index / k.cols;
    const int64_t col = index % k.cols;
    store<isQ8>(cache, cachedElement(cache, placement, row, col),
                rotatedElement(k, rotation, row, col), v.row(row)[col]);
}

int64_t blocksFor(int64_t elements)
{
    return ceilDivide(elements, kThreads);
}

Grid gridOf(int64_t blocks)
{
    Grid grid;
    grid.blocks = blocks;
    grid.threads = kThreads;
    return grid;
}

int64_t pairsOf(const MatrixView &x, int32_t headDim, int32_t ropeDim)
{
    return x.rows * (x.cols / headDim) * (ropeDim / 2);
}

} // namespace

void rope(LaunchQueue &queue, MatrixView x, int32_t headDim, int32_t ropeDim,
          ConstMatrixView cosSin, RopeLayout layout)
{
    const Rotation rotation {cosSin, headDim, ropeDim, layout == RopeLayout::AdjacentPairs};
    launch("rope", ropeKernel, gridOf(blocksFor(pairsOf(x, headDim, ropeDim))), queue, x, rotation);
}

void writeKv(LaunchQueue &queue, ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
             const RowPlacement &placement)
{
    const auto kernel = cache.dtype == DType::Q8_0 ? writeKvKernel<true> : writeKvKernel<false>;
    launch("writeKv", kernel, gridOf(blocksFor(k.rows * k.cols)), queue, k, v, cache, placement);
}

void ropeAndStore(LaunchQueue &queue, const RopeStoreArgs &args)
{
    const auto ropeDim = static_cast<int32_t>(args.cosSin.cols);
    const Rotation rotation {args.cosSin, args.cache.headDim, ropeDim,
                             args.layout == RopeLayout::AdjacentPairs};
    const int64_t queryBlocks = blocksFor(pairsOf(args.q, args.cache.headDim, ropeDim));
    const auto kernel =
        args.cache.dtype == DType::Q8_0 ? ropeAndStoreKernel<true> : ropeAndStoreKernel<false>;
    launch("ropeAndStore", kernel, gridOf(queryBlocks + blocksFor(args.k.rows * args.k.cols)),
           queue, args.q, rotation, static_cast<unsigned>(queryBlocks), args.k, args.v, args.cache,
           args.placement);
}

} // namespace inferlab::cuda
