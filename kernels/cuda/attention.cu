#include "attention.h"

#include "attention_tensor.cuh"
#include "attention_worker.cuh"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace inferlab::cuda {

namespace {

// Blocks that registers have to leave room for on a multiprocessor: three leave 168 registers a
// thread. Left to itself ptxas aims at four blocks, and spills. Long heads fill shared memory
// before.
constexpr unsigned leastBlocks(int perLane, int queriesPerWarp)
{
    if (queriesPerWarp == 1)
        return perLane > 4 ? 3 : 4; // as many as shared memory lets stand
    return perLane > 2 ? 2 : 3;
}
// Up to so many rows get a block per chunk: beyond, rows and heads alone fill a device.
constexpr int64_t kMostSplitRows = 16;

// Rows of a tile that are of several sequences are taken one sequence after the other.
template <typename Worker>
__device__ __forceinline__ void runTile(Worker &worker, const AttentionParameters &p)
{
    const RowPlacement &placement = p.args.placement;
    int32_t row = static_cast<int32_t>(blockIdx.x) * p.rowsPerTile;
    const int32_t end = min(row + p.rowsPerTile, placement.rows);
    while (row < end) {
        int32_t next = row + 1;
        while (next < end && placement.sequence[next] == placement.sequence[row])
            ++next;
        worker.runSequence(row, next);
        row = next;
    }
}

// A tile of rows, a kv head, and all chunks or one.
template <typename Element, int perLane, int queriesPerWarp>
__global__ void __launch_bounds__(kThreads, leastBlocks(perLane, queriesPerWarp))
    attentionKernel(const AttentionParameters p)
{
    AttentionWorker<Element, perLane, queriesPerWarp> worker(p);
    runTile(worker, p);
}

// Two blocks leave 256 registers a thread, and shared memory lets three or four stand.
template <int dim>
__global__ void __launch_bounds__(kTensorThreads, 2)
    attentionTensorKernel(const AttentionParameters p)
{
    TensorAttention<dim> worker(p);
    runTile(worker, p);
}

// A warp per row and head adds the row's chunks.
template <int perLane>
__global__ void __launch_bounds__(kWarpLanes) mergeChunksKernel(const AttentionParameters p)
{
    const auto lane = static_cast<int>(threadIdx.x);
    const int64_t row = blockIdx.x;
    const int64_t head = blockIdx.y;
    const int headDim = p.args.cache.headDim;
    const int lastChunk = p.args.placement.position[row] / kChunkKeys;
    SoftmaxState<perLane> state;
    clear(state);
    for (int chunk = 0; chunk <= lastChunk; ++chunk) {
        const float *partial = partialOf(p, row, head, chunk);
        SoftmaxState<perLane> other;
        other.largest = partial[0];
        other.total = partial[1];
#pragma unroll
        for (int i = 0; i < perLane; ++i) {
            const int d = lane + i * kWarpLanes;
            other.sums[i] = d < headDim ? partial[2 + d] : 0.0f;
        }
        merge(state, other);
    }
    writeOutput(state, p.args.out.row(row) + head * headDim, headDim);
}

int64_t chunksFor(int64_t tokens)
{
    return std::max<int64_t>(1, ceilDivide(tokens, kChunkKeys));
}

template <typename Element, int perLane, int queriesPerWarp>
void launchAttention(cudaStream_t stream, AttentionParameters p)
{
    const KvLayerView &cache = p.args.cache;
    const int32_t group = p.args.heads / cache.kvHeads;
    const bool oneRowEach = p.args.placement.rows == p.args.placement.sequences;
    p.rowsPerTile = oneRowEach ? 1 : std::max(1, kWarps * queriesPerWarp / group);
    Grid grid;
    grid.blocks = ceilDivide(p.args.placement.rows, p.rowsPerTile);
    grid.y = static_cast<unsigned>(cache.kvHeads);
    grid.z = p.split ? static_cast<unsigned>(p.chunks) : 1;
    grid.threads = kThreads;
    grid.sharedBytes = attentionSharedBytes<queriesPerWarp>(cache.headDim);
    launch("attention", attentionKernel<Element, perLane, queriesPerWarp>, grid, stream, p);
    if (!p.split)
        return;
    Grid merging;
    merging.blocks = p.args.placement.rows;
    merging.y = static_cast<unsigned>(p.args.heads);
    merging.threads = kWarpLanes;
    launch("attention, merging chunks", mergeChunksKernel<perLane>, merging, stream, p);
}

// Most rows are of prompts, several of each sequence in a row: else fragments stay empty.
constexpr int64_t kTensorRowsPerSequence = 8;
constexpr int32_t kTensorHeadDim = 128; // longer heads do not leave registers enough

bool servesTensorCores(const AttentionArgs &args)
{
    const KvLayerView &cache = args.cache;
    const bool isPrompt =
        args.placement.rows >= kTensorRowsPerSequence * int64_t {args.placement.sequences};
    return isPrompt && cache.dtype == DType::F16 && cache.headDim <= kTensorHeadDim
        && cache.headDim % 2 == 0;
}

template <int dim>
void launchTensor(cudaStream_t stream, AttentionParameters p)
{
    const KvLayerView &cache = p.args.cache;
    p.rowsPerTile = std::max(1, kTensorQueries / (p.args.heads / cache.kvHeads));
    Grid grid;
    grid.blocks = ceilDivide(p.args.placement.rows, p.rowsPerTile);
    grid.y = static_cast<unsigned>(cache.kvHeads);
    grid.threads = kTensorThreads;
    grid.sharedBytes = TensorAttentionShape<dim>::kSharedBytes;
    launch("attention on the tensor cores", attentionTensorKernel<dim>, grid, stream, p);
}

// A decoding sequence brings one row: the heads that share keys are all of a block's queries. With
// one for each warp, registers and shared memory leave room for more blocks, whose loads hide one
// another's latency. A query's numbers are the same.
template <typename Element, int perLane, int queriesPerWarp>
void launchForQueries(cudaStream_t stream, const AttentionParameters &p)
{
    const bool oneRowEach = p.args.placement.rows == p.args.placement.sequences;
    if (oneRowEach && p.args.heads / p.args.cache.kvHeads <= kWarps)
        launchAttention<Element, perLane, 1>(stream, p);
    else
        launchAttention<Element, perLane, queriesPerWarp>(stream, p);
}

template <typename Element>
void launchForDim(cudaStream_t stream, const AttentionParameters &p)
{
    if (p.args.cache.headDim <= 64)
        launchForQueries<Element, 2, 8>(stream, p);
    else if (p.args.cache.headDim <= 128)
        launchForQueries<Element, 4, 8>(stream, p);
    else
        launchForQueries<Element, 8, 4>(stream, p);
}

} // namespace

std::string headDimReason(int32_t headDim)
{
    return "attention on the GPU: heads of at most " + std::to_string(kMostHeadDim)
        + " elements were expected, found " + std::to_string(headDim) + "; the CPU computes them";
}

size_t attentionWorkspaceBytes(const StepLimits &limits) noexcept
{
    const int64_t rows = std::min(std::max<int64_t>(limits.rows, 1), kMostSplitRows);
    // A block table's last block may reach behind the longest sequence.
    constexpr int64_t kMostBlockTokens = kChunkKeys;
    return static_cast<size_t>(rows * std::max(limits.heads, 1)
                               * chunksFor(limits.contextTokens + kMostBlockTokens)
                               * (2 + limits.headDim))
        * sizeof(float);
}

void attention(cudaStream_t stream, const AttentionArgs &args, const AttentionOptions &options,
               float *workspace, size_t workspaceBytes)
{
    if (args.cache.headDim > kMostHeadDim)
        throw std::runtime_error(headDimReason(args.cache.headDim));
    AttentionParameters p;
    p.args = args;
    if (options.tensorCores && servesTensorCores(args))
        return args.cache.headDim <= 64 ? launchTensor<64>(stream, p)
                                        : launchTensor<kTensorHeadDim>(stream, p);
    p.partials = workspace;
    p.chunks = static_cast<int32_t>(
        chunksFor(int64_t {args.placement.maxBlocks} * args.cache.blockTokens));
    const size_t needed = static_cast<size_t>(int64_t {args.placement.rows} * args.heads * p.chunks
                                              * (2 + args.cache.headDim))
        * sizeof(float);
    const int64_t blocks = int64_t {args.placement.rows} * args.cache.kvHeads;
    // Two blocks fit on a multiprocessor at the same time.
    p.split = p.chunks > 1 && args.placement.rows <= kMostSplitRows
        && blocks < 2 * int64_t {options.multiprocessors} && needed <= workspaceBytes;
    if (args.cache.dtype == DType::F16)
        launchForDim<uint16_t>(stream, p);
    else if (args.cache.dtype == DType::Q8_0)
        launchForDim<Q8Block>(stream, p);
    else
        launchForDim<float>(stream, p);
}

} // namespace inferlab::cuda
