#include "row_kernels.h"

#include "half.cuh"
#include "launch.cuh"
#include "q8_block.cuh"
#include "warp_codes.cuh"

namespace inferlab::cuda {

namespace {

constexpr unsigned kThreads = 256;

// One block per row: the row passes by twice, the second time from the cache.
__global__ void __launch_bounds__(kThreads)
    rmsNormKernel(ConstMatrixView x, const float *gain, float epsilon, MatrixView out)
{
    auto *scratch = sharedMemory<float>();
    const float *in = x.row(blockIdx.x);
    float *result = out.row(blockIdx.x);
    float sum = 0.0f;
    for (int64_t c = threadIdx.x; c < x.cols; c += kThreads)
        sum = __fmaf_rn(in[c], in[c], sum);
    sum = blockSum(sum, scratch);
    const float factor = 1.0f / sqrtf(sum / static_cast<float>(x.cols) + epsilon);
    for (int64_t c = threadIdx.x; c < x.cols; c += kThreads)
        result[c] = in[c] * factor * gain[c];
}

// One thread per pair.
__global__ void ropeKernel(MatrixView x, int32_t headDim, int32_t ropeDim, ConstMatrixView cosSin,
                           bool adjacent)
{
    const int32_t pairs = ropeDim / 2;
    const int64_t pairsOfRow = x.cols / headDim * pairs;
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= x.rows * pairsOfRow)
        return;
    const int64_t row = index / pairsOfRow;
    const int64_t head = index % pairsOfRow / pairs;
    const auto pair = static_cast<int32_t>(index % pairs);
    float *values = x.row(row) + head * headDim;
    float &a = values[adjacent ? 2 * pair : pair];
    float &b = values[adjacent ? 2 * pair + 1 : pair + pairs];
    const float cosine = cosSin.row(row)[2 * pair];
    const float sine = cosSin.row(row)[2 * pair + 1];
    const float first = a;
    const float second = b;
    a = __fmaf_rn(first, cosine, -__fmul_rn(second, sine));
    b = __fmaf_rn(first, sine, __fmul_rn(second, cosine));
}

__global__ void siluMultiplyKernel(ConstMatrixView gate, ConstMatrixView up, MatrixView out)
{
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= out.rows * out.cols)
        return;
    const int64_t row = index / out.cols;
    const int64_t col = index % out.cols;
    const float value = gate.row(row)[col];
    out.row(row)[col] = value / (1.0f + expf(-value)) * up.row(row)[col];
}

__global__ void addKernel(MatrixView x, ConstMatrixView y)
{
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= x.rows * x.cols)
        return;
    const int64_t row = index / x.cols;
    const int64_t col = index % x.cols;
    x.row(row)[col] += y.row(row)[col];
}

__global__ void gatherRowsKernel(ConstMatrixView x, const int32_t *rows, MatrixView out)
{
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= out.rows * out.cols)
        return;
    const int64_t row = index / out.cols;
    const int64_t col = index % out.cols;
    out.row(row)[col] = x.row(rows[row])[col];
}

__device__ void store(void *cache, bool half, int64_t element, float value)
{
    if (half)
        static_cast<uint16_t *>(cache)[element] = halfFromFloat(value);
    else
        static_cast<float *>(cache)[element] = value;
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

// One thread per element of a key, which takes the value's with it.
__global__ void writeKvKernel(ConstMatrixView k, ConstMatrixView v, KvLayerView cache,
                              RowPlacement placement)
{
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= k.rows * k.cols)
        return;
    const int64_t row = index / k.cols;
    const int64_t col = index % k.cols;
    const int64_t element = cachedElement(cache, placement, row, col);
    const bool half = cache.dtype == DType::F16;
    store(cache.keys, half, element, k.row(row)[col]);
    store(cache.values, half, element, v.row(row)[col]);
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

// Rows are whole blocks, so a warp's elements are one block.
static_assert(kGroup == kWarpLanes);
__global__ void writeKvQ8Kernel(ConstMatrixView k, ConstMatrixView v, KvLayerView cache,
                                RowPlacement placement)
{
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= k.rows * k.cols)
        return; // the whole warp
    const int64_t row = index / k.cols;
    const int64_t col = index % k.cols;
    const int64_t block = cachedElement(cache, placement, row, col) / kGroup;
    storeBlock(static_cast<Q8Block *>(cache.keys)[block], k.row(row)[col]);
    storeBlock(static_cast<Q8Block *>(cache.values)[block], v.row(row)[col]);
}

Grid perElement(int64_t elements)
{
    Grid grid;
    grid.blocks = ceilDivide(elements, kThreads);
    grid.threads = kThreads;
    return grid;
}

} // namespace

void rmsNorm(cudaStream_t stream, ConstMatrixView x, const float *gain, float epsilon,
             MatrixView out)
{
    Grid grid;
    grid.blocks = x.rows;
    grid.threads = kThreads;
    grid.sharedBytes = kThreads / kWarpLanes * sizeof(float);
    launch("rmsNorm", rmsNormKernel, grid, stream, x, gain, epsilon, out);
}

void rope(cudaStream_t stream, MatrixView x, int32_t headDim, int32_t ropeDim,
          ConstMatrixView cosSin, RopeLayout layout)
{
    launch("rope", ropeKernel, perElement(x.rows * (x.cols / headDim) * (ropeDim / 2)), stream, x,
           headDim, ropeDim, cosSin, layout == RopeLayout::AdjacentPairs);
}

void siluMultiply(cudaStream_t stream, ConstMatrixView gate, ConstMatrixView up, MatrixView out)
{
    launch("siluMultiply", siluMultiplyKernel, perElement(out.rows * out.cols), stream, gate, up,
           out);
}

void add(cudaStream_t stream, MatrixView x, ConstMatrixView y)
{
    launch("add", addKernel, perElement(x.rows * x.cols), stream, x, y);
}

void gatherRows(cudaStream_t stream, ConstMatrixView x, const int32_t *rows, MatrixView out)
{
    launch("gatherRows", gatherRowsKernel, perElement(out.rows * out.cols), stream, x, rows, out);
}

void writeKv(cudaStream_t stream, ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
             const RowPlacement &placement)
{
    const auto kernel = cache.dtype == DType::Q8_0 ? writeKvQ8Kernel : writeKvKernel;
    launch("writeKv", kernel, perElement(k.rows * k.cols), stream, k, v, cache, placement);
}

} // namespace inferlab::cuda
