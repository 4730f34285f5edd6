#include "attention.h"

#include "attention_tensor.cuh"
#include "attention_worker.cuh"

#include <algorithm>
#include <limits>
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
// Of a multiprocessor, at the same time. With fewer blocks than that, chunks get blocks too.
constexpr int kBlocksAtOnce = 2;
// More is not worth keeping from weights and cache.
constexpr size_t kMostPartialBytes = size_t {128} << 20;

// A tile has as many blocks as it may have sequences, and each takes one of them: a block that
// walked several contexts one after the other would hold up all others. Most tiles have fewer
// sequences, and blocks without one end at once. Blocks begin in the order of their indices: the
// last rows first, since those of a prompt see the most keys.
template <typename Worker>
__device__ __forceinline__ void runTile(Worker &worker, const AttentionParameters &p)
{
    const RowPlacement &placement = p.args.placement;
    const auto block = static_cast<int32_t>(gridDim.x - 1 - blockIdx.x);
    const int32_t tile = block / p.sequencesPerTile;
    const int32_t end = min((tile + 1) * p.rowsPerTile, placement.rows);
    int32_t row = tile * p.rowsPerTile;
    for (int32_t before = block % p.sequencesPerTile; row < end; --before) {
        int32_t next = row + 1;
        while (next < end && placement.sequence[next] == placement.sequence[row])
            ++next;
        if (before == 0)
            return worker.runSequence(row, next);
        row = next;
    }
}

// A sequence's rows in a tile, a kv head, and all chunks or one.
template <typename Element, int perLane, int queriesPerWarp>
__global__ void __launch_bounds__(kThreads, leastBlocks(perLane, queriesPerWarp))
    attentionKernel(const AttentionParameters p)
{
    beginKernel();
    AttentionWorker<Element, perLane, queriesPerWarp> worker(p);
    runTile(worker, p);
}

// Three blocks leave 168 registers a thread; shared memory lets four stand on a Hopper.
template <typename Element, int dim>
__global__ void __launch_bounds__(kTensorThreads, 3)
    attentionTensorKernel(const AttentionParameters p)
{
    beginKernel();
    TensorAttention<Element, dim> worker(p);
    runTile(worker, p);
}

// A warp per row and head adds the row's chunks.
template <int perLane>
__global__ void __launch_bounds__(kWarpLanes) mergeChunksKernel(const AttentionParameters p)
{
    beginKernel();
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
#pragma unroll
    for (int i = 0; i < perLane; ++i)
        storeOutput(p, row, head, i, state.sums[i] / state.total);
}

int64_t chunksFor(int64_t tokens)
{
    return std::max<int64_t>(1, ceilDivide(tokens, kChunkKeys));
}

// What there is beside the arguments to choose between the ways with.
struct Resources
{
    int multiprocessors;
    size_t partialBytes;
};

// Tiles of `rowsPerTile` rows, their sequences, kv heads. Returns how many of the blocks have work
// at least.
int64_t shareOut(AttentionParameters &p, int rowsPerTile, Grid &grid)
{
    const RowPlacement &placement = p.args.placement;
    p.rowsPerTile = std::max(1, rowsPerTile);
    p.sequencesPerTile = std::min(p.rowsPerTile, placement.sequences);
    const int64_t tiles = ceilDivide(placement.rows, p.rowsPerTile);
    grid.blocks = tiles * p.sequencesPerTile;
    grid.y = static_cast<unsigned>(p.args.cache.kvHeads);
    return std::max<int64_t>(tiles, placement.sequences) * p.args.cache.kvHeads;
}

bool splitPays(const AttentionParameters &p, int64_t blocks, const Resources &resources)
{
    const size_t needed = static_cast<size_t>(int64_t {p.args.placement.rows} * p.args.heads
                                              * p.chunks * (2 + p.args.cache.headDim))
        * sizeof(float);
    return p.chunks > 1 && blocks < kBlocksAtOnce * resources.multiprocessors
        && needed <= resources.partialBytes;
}

template <typename Element, int perLane, int queriesPerWarp>
void launchAttention(LaunchQueue &queue, AttentionParameters p, const Resources &resources)
{
    const int32_t group = p.args.heads / p.args.cache.kvHeads;
    const bool oneRowEach = p.args.placement.rows == p.args.placement.sequences;
    Grid grid;
    const int64_t blocks = shareOut(p, oneRowEach ? 1 : kWarps * queriesPerWarp / group, grid);
    p.split = splitPays(p, blocks, resources);
    grid.z = p.split ? static_cast<unsigned>(p.chunks) : 1;
    grid.threads = kThreads;
    grid.sharedBytes = attentionSharedBytes<queriesPerWarp>(p.args.cache.headDim);
    launch("attention", attentionKernel<Element, perLane, queriesPerWarp>, grid, queue, p);
    if (!p.split)
        return;
    Grid merging;
    merging.blocks = p.args.placement.rows;
    merging.y = static_cast<unsigned>(p.args.heads);
    merging.threads = kWarpLanes;
    launch("attention, merging chunks", mergeChunksKernel<perLane>, merging, queue, p);
}

// Most rows are of prompts, several of each sequence in a row: else fragments stay empty.
constexpr int64_t kTensorRowsPerSequence = 8;
constexpr int32_t kTensorHeadDim = 128; // longer heads do not leave registers enough

bool servesTensorCores(const AttentionArgs &args)
{
    const KvLayerView &cache = args.cache;
    const bool isPrompt =
        args.placement.rows >= kTensorRowsPerSequence * int64_t {args.placement.sequences};
    const bool isExact = cache.dtype == DType::F32; // who keeps float32 wants no rounding
    return isPrompt && !isExact && cache.headDim <= kTensorHeadDim
        && cache.headDim % kWideElements == 0;
}

template <typename Element, int dim>
void launchTensorKernel(LaunchQueue &queue, AttentionParameters p)
{
    Grid grid;
    shareOut(p, kTensorQueries / (p.args.heads / p.args.cache.kvHeads), grid);
    grid.threads = kTensorThreads;
    grid.sharedBytes = TensorAttentionShape<dim>::kSharedBytes;
    launch("attention on the tensor cores", attentionTensorKernel<Element, dim>, grid, queue, p);
}

template <typename Element>
void launchTensor(LaunchQueue &queue, const AttentionParameters &p)
{
    if (p.args.cache.headDim <= 64)
        launchTensorKernel<Element, 64>(queue, p);
    else
        launchTensorKernel<Element, kTensorHeadDim>(queue, p);
}

// A decoding sequence brings one row: the heads that share keys are all of a block's queries. With
// one for each warp, registers and shared memory leave room for more blocks, whose loads hide one
// another's latency. A query's numbers are the same.
template <typename Element, int perLane, int queriesPerWarp>
void launchForQueries(LaunchQueue &queue, const AttentionParameters &p, const Resources &resources)
{
    const bool oneRowEach = p.args.placement.rows == p.args.placement.sequences;
    if (oneRowEach && p.args.heads / p.args.cache.kvHeads <= kWarps)
        launchAttention<Element, perLane, 1>(queue, p, resources);
    else
        launchAttention<Element, perLane, queriesPerWarp>(queue, p, resources);
}

// Queries of a warp, by the head's length: longer ones leave less room.
constexpr int32_t kMostHeadDim = 256;
constexpr int kQueriesOfWarp = 8;
constexpr int kQueriesOfWarpLong = 4; // above 128 elements

// Of any kernel for such heads.
size_t largestSharedBytes(int32_t headDim)
{
    if (headDim > 128)
        return attentionSharedBytes<kQueriesOfWarpLong>(headDim);
    const size_t tensor = headDim <= 64 ? TensorAttentionShape<64>::kSharedBytes
                                        : TensorAttentionShape<kTensorHeadDim>::kSharedBytes;
    return std::max(attentionSharedBytes<kQueriesOfWarp>(headDim), tensor);
}

template <typename Element>
void launchForDim(LaunchQueue &queue, const AttentionParameters &p, const Resources &resources)
{
    if (p.args.cache.headDim <= 64)
        launchForQueries<Element, 2, kQueriesOfWarp>(queue, p, resources);
    else if (p.args.cache.headDim <= 128)
        launchForQueries<Element, 4, kQueriesOfWarp>(queue, p, resources);
    else
        launchForQueries<Element, 8, kQueriesOfWarpLong>(queue, p, resources);
}

} // namespace

std::string headDimRefusal(int32_t headDim, size_t sharedBytes)
{
    const std::string found = std::to_string(headDim);
    if (headDim > kMostHeadDim)
        return "attention on the GPU: heads of at most " + std::to_string(kMostHeadDim)
            + " elements were expected, found " + found + "; the CPU computes them";
    const size_t needed = largestSharedBytes(headDim);
    if (needed <= sharedBytes)
        return {};
    constexpr size_t kKibibyte = 1024;
    return "attention on the GPU: heads of " + found + " elements need "
        + std::to_string(ceilDivide(static_cast<int64_t>(needed), kKibibyte))
        + " KiB of a block's shared memory, and this device has "
        + std::to_string(sharedBytes / kKibibyte) + "; the CPU computes them";
}

size_t attentionWorkspaceBytes(const StepLimits &limits, int multiprocessors) noexcept
{
    // Of so many rows of decoding sequences chunks may get blocks of their own. Prompts that bring
    // more rows than have room here take their chunks one after the other.
    const int64_t mostRows =
        ceilDivide(int64_t {kBlocksAtOnce} * multiprocessors, std::max(limits.kvHeads, 1));
    const int64_t rows = std::clamp<int64_t>(limits.rows, 1, mostRows);
    // A block table's last block may reach behind the longest sequence.
    constexpr int64_t kMostBlockTokens = kChunkKeys;
    const size_t bytesOfRow =
        static_cast<size_t>(std::max(limits.heads, 1)
                            * chunksFor(limits.contextTokens + kMostBlockTokens)
                            * (2 + limits.headDim))
        * sizeof(float);
    return std::min(static_cast<size_t>(rows) * bytesOfRow,
                    std::max(bytesOfRow, kMostPartialBytes));
}

bool quantizesOutput(const AttentionArgs &args, const AttentionOptions &options) noexcept
{
    return args.cache.headDim % kGroup == 0 && !(options.tensorCores && servesTensorCores(args));
}

void attention(LaunchQueue &queue, const AttentionArgs &args, const AttentionOptions &options,
               float *workspace, size_t workspaceBytes)
{
    const std::string refusal =
        headDimRefusal(args.cache.headDim, std::numeric_limits<size_t>::max());
    if (!refusal.empty())
        throw std::runtime_error(refusal);
    AttentionParameters p;
    p.args = args;
    p.quantized = options.quantized;
    if (options.tensorCores && servesTensorCores(args))
        return args.cache.dtype == DType::F16 ? launchTensor<uint16_t>(queue, p)
                                              : launchTensor<Q8Block>(queue, p);
    p.partials = workspace;
    p.chunks = static_cast<int32_t>(
        chunksFor(int64_t {args.placement.maxBlocks} * args.cache.blockTokens));
    const Resources resources {options.multiprocessors, workspaceBytes};
    if (args.cache.dtype == DType::F16)
        launchForDim<uint16_t>(queue, p, resources);
    else if (args.cache.dtype == DType::Q8_0)
        launchForDim<Q8Block>(queue, p, resources);
    else
        launchForDim<float>(queue, p, resources);
}

} // namespace inferlab::cuda
