// What a block of the attention kernel does: its share of the queries against a stretch of keys,
// tile by tile through shared memory.
#pragma once

#include "attention.h"
#include "half.cuh"
#include "launch.cuh"
#include "q8_block.cuh"
#include "quantize_group.cuh"
#include "softmax_state.cuh"
#include "warp.cuh"

#include <type_traits>

namespace inferlab::cuda {

// A lane takes a key of the tile, so a tile is as long as a warp.
constexpr int kTileKeys = kWarpLanes;
// Keys with a softmax of their own: eight tiles, and at 4,096 tokens and 8 kv heads there are 128
// pieces for a device's multiprocessors.
constexpr int kChunkKeys = 256;
constexpr int kWarps = 4;
constexpr unsigned kThreads = kWarps * kWarpLanes;

struct AttentionParameters
{
    AttentionArgs args;
    float *partials = nullptr; // [rows][heads][chunks][2 + headDim]: largest, total, sums
    int32_t chunks = 0;        // that any row of the step may have
    int32_t rowsPerTile = 0;
    int32_t sequencesPerTile = 0; // at most; each has a block of its own
    bool split = false;           // a block per chunk
    Int8Activations quantized;    // where outputs go instead of args.out, if anywhere
};

__host__ __device__ inline int paddedDim(int headDim)
{
    return (headDim + 3) / 4 * 4;
}
// Four floats of padding: lanes that read 16 bytes each of their own key meet different banks.
__host__ __device__ inline int keyStride(int headDim)
{
    return paddedDim(headDim) + 4;
}

// Shared memory: keys, values, queries of all warps, exponentials of all warps.
template <int queriesPerWarp>
size_t attentionSharedBytes(int headDim)
{
    const int queries = kWarps * queriesPerWarp;
    const int floats = kTileKeys * (keyStride(headDim) + paddedDim(headDim))
        + queries * (paddedDim(headDim) + kTileKeys);
    return static_cast<size_t>(floats) * sizeof(float);
}

// Element `element` of a cache of float, of binary16 in integers, or of blocks of Q8_0.
template <typename Element>
__device__ __forceinline__ float loadCached(const void *cache, int64_t element)
{
    if constexpr (std::is_same_v<Element, Q8Block>) {
        const Q8Block &block = static_cast<const Q8Block *>(cache)[element / kGroup];
        return __fmul_rn(floatFromHalf(block.scale),
                         static_cast<float>(block.codes[element % kGroup]));
    } else if constexpr (std::is_same_v<Element, uint16_t>) {
        return floatFromHalf(static_cast<const uint16_t *>(cache)[element]);
    } else {
        return static_cast<const float *>(cache)[element];
    }
}

// The partial result of a chunk of a row and head.
__device__ __forceinline__ float *partialOf(const AttentionParameters &p, int64_t row, int64_t head,
                                            int64_t chunk)
{
    return p.partials
        + ((row * p.args.heads + head) * p.chunks + chunk) * (2 + p.args.cache.headDim);
}

// Element lane + 32 i of a head's output. Those of one i are a group where heads are whole groups,
// as they are where outputs are quantised.
__device__ __forceinline__ void storeOutput(const AttentionParameters &p, int64_t row, int64_t head,
                                            int i, float value)
{
    const int headDim = p.args.cache.headDim;
    const int d = static_cast<int>(threadIdx.x) % kWarpLanes + i * kWarpLanes;
    if (d >= headDim)
        return;
    if (p.quantized.codes != nullptr)
        quantizeGroup(value, row * p.quantized.groups + head * (headDim / kGroup) + i, p.quantized);
    else
        p.args.out.row(row)[head * headDim + d] = value;
}

template <typename Element, int perLane, int queriesPerWarp>
class AttentionWorker
{
public:
    __device__ explicit AttentionWorker(const AttentionParameters &parameters)
        : p(parameters)
        , m_headDim(parameters.args.cache.headDim)
        , m_padded(paddedDim(m_headDim))
        , m_lane(static_cast<int>(threadIdx.x) % kWarpLanes)
        , m_warp(static_cast<int>(threadIdx.x) / kWarpLanes)
        , m_kvHead(static_cast<int>(blockIdx.y))
        , m_group(parameters.args.heads / parameters.args.cache.kvHeads)
        , m_keys(sharedMemory<float>())
        , m_values(m_keys + kTileKeys * keyStride(m_headDim))
        , m_queries(m_values + kTileKeys * m_padded)
        , m_weights(m_queries + kWarps * queriesPerWarp * m_padded
                    + m_warp * queriesPerWarp * kTileKeys)
    { }

    // Rows firstRow .. endRow - 1 are of one sequence.
    __device__ void runSequence(int32_t firstRow, int32_t endRow)
    {
        const int queries = (endRow - firstRow) * m_group;
        for (int first = 0; first < queries; first += kWarps * queriesPerWarp)
            runQueries(firstRow, first, queries);
    }

private:
    // Query q of the sequence's rows: row q / group, head q % group of those that share m_kvHead.
    __device__ int queryOf(int j) const { return m_firstQuery + j * kWarps + m_warp; }
    __device__ int64_t rowOf(int query) const { return m_firstRow + query / m_group; }
    __device__ int64_t headOf(int query) const
    {
        return int64_t {m_kvHead} * m_group + query % m_group;
    }

    __device__ void runQueries(int32_t firstRow, int firstQuery, int queries)
    {
        m_firstRow = firstRow;
        m_firstQuery = firstQuery;
        m_count = 0;
        while (m_count < queriesPerWarp && queryOf(m_count) < queries)
            ++m_count;
        const int lastQuery = min(firstQuery + kWarps * queriesPerWarp, queries) - 1;
        const int32_t lastPosition = p.args.placement.position[rowOf(lastQuery)];
        m_table = p.args.placement.blockTables
            + int64_t {p.args.placement.sequence[firstRow]} * p.args.placement.maxBlocks;
        loadQueries();
        const int lastChunk = lastPosition / kChunkKeys;
        if (p.split) {
            const auto chunk = static_cast<int>(blockIdx.z);
            if (chunk <= lastChunk) {
                runChunk(chunk, lastPosition);
                for (int j = 0; j < m_count; ++j)
                    storePartial(j, chunk);
            }
            return;
        }
        runAllChunks(lastChunk, lastPosition);
    }

    // One chunk after the other. What the chunks so far sum up to lies in the output: with the
    // chunk's own sums beside it, registers would not hold both.
    __device__ void runAllChunks(int lastChunk, int32_t lastPosition)
    {
        float largest[queriesPerWarp];
        float total[queriesPerWarp];
#pragma unroll
        for (int j = 0; j < queriesPerWarp; ++j) {
            largest[j] = kNothing;
            total[j] = 0.0f;
        }
        for (int chunk = 0; chunk <= lastChunk; ++chunk) {
            runChunk(chunk, lastPosition);
#pragma unroll
            for (int j = 0; j < queriesPerWarp; ++j) {
                if (j < m_count && m_states[j].largest != kNothing)
                    mergeIntoOutput(m_states[j], largest[j], total[j], outputOf(j));
            }
        }
#pragma unroll
        for (int j = 0; j < queriesPerWarp; ++j) {
            if (j < m_count)
                divideOutput(j, total[j]);
        }
    }

    __device__ float *outputOf(int j) const
    {
        const int query = queryOf(j);
        return p.args.out.row(rowOf(query)) + headOf(query) * m_headDim;
    }

    __device__ void mergeIntoOutput(const SoftmaxState<perLane> &state, float &largest,
                                    float &total, float *out)
    {
        const bool first = largest == kNothing; // the output holds nothing of ours yet
        const MergeScales scales = mergeTotals(largest, total, state.largest, state.total);
#pragma unroll
        for (int i = 0; i < perLane; ++i) {
            const int d = m_lane + i * kWarpLanes;
            if (d < m_headDim)
                out[d] = mergeSums(first ? 0.0f : out[d], state.sums[i], scales);
        }
    }

    __device__ void divideOutput(int j, float total)
    {
        const int query = queryOf(j);
        const float *out = outputOf(j);
#pragma unroll
        for (int i = 0; i < perLane; ++i) {
            const int d = m_lane + i * kWarpLanes;
            storeOutput(p, rowOf(query), headOf(query), i, d < m_headDim ? out[d] / total : 0.0f);
        }
    }

    // Each warp its own queries; padding is 0.
    __device__ void loadQueries()
    {
        for (int j = 0; j < m_count; ++j) {
            const float *source = p.args.q.row(rowOf(queryOf(j))) + headOf(queryOf(j)) * m_headDim;
            float *query = m_queries + (j * kWarps + m_warp) * m_padded;
            for (int d = m_lane; d < m_padded; d += kWarpLanes)
                query[d] = d < m_headDim ? source[d] : 0.0f;
        }
        __syncwarp();
    }

    __device__ void runChunk(int chunk, int32_t lastPosition)
    {
#pragma unroll
        for (int j = 0; j < queriesPerWarp; ++j)
            clear(m_states[j]);
        const int32_t end = min((chunk + 1) * kChunkKeys, lastPosition + 1);
        for (int32_t firstKey = chunk * kChunkKeys; firstKey < end; firstKey += kTileKeys) {
            __syncthreads(); // the tile before is read
            loadTile(firstKey, lastPosition);
            __syncthreads();
#pragma unroll
            for (int j = 0; j < queriesPerWarp; ++j) {
                if (j < m_count)
                    weighKeys(j, firstKey);
            }
            __syncwarp();
            addValues();
        }
    }

    // A key per warp at a time, so that a cache line is read at once. Keys that no query sees are
    // 0: what lies in their slots is nobody's.
    __device__ void loadTile(int32_t firstKey, int32_t lastPosition)
    {
        const KvLayerView &cache = p.args.cache;
        for (int key = m_warp; key < kTileKeys; key += kWarps) {
            const int32_t position = firstKey + key;
            const bool seen = position <= lastPosition;
            int64_t element = 0;
            if (seen) {
                const int64_t block = m_table[position / cache.blockTokens];
                element = ((block * cache.kvHeads + m_kvHead) * cache.blockTokens
                           + position % cache.blockTokens)
                    * m_headDim;
            }
            for (int d = m_lane; d < m_padded; d += kWarpLanes) {
                const bool inside = seen && d < m_headDim;
                m_keys[key * keyStride(m_headDim) + d] =
                    inside ? loadCached<Element>(cache.keys, element + d) : 0.0f;
                m_values[key * m_padded + d] =
                    inside ? loadCached<Element>(cache.values, element + d) : 0.0f;
            }
        }
    }

    // The score of this lane's key, and what the softmax makes of the tile.
    __device__ void weighKeys(int j, int32_t firstKey)
    {
        const auto *query =
            reinterpret_cast<const float4 *>(m_queries + (j * kWarps + m_warp) * m_padded);
        const auto *key = reinterpret_cast<const float4 *>(m_keys + m_lane * keyStride(m_headDim));
        float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f); // four, since each waits for its last
        for (int i = 0; i < m_padded / 4; ++i) {
            sum.x = __fmaf_rn(query[i].x, key[i].x, sum.x);
            sum.y = __fmaf_rn(query[i].y, key[i].y, sum.y);
            sum.z = __fmaf_rn(query[i].z, key[i].z, sum.z);
            sum.w = __fmaf_rn(query[i].w, key[i].w, sum.w);
        }
        const int32_t position = p.args.placement.position[rowOf(queryOf(j))];
        const float dot = __fadd_rn(__fadd_rn(sum.x, sum.y), __fadd_rn(sum.z, sum.w));
        const float score = firstKey + m_lane <= position ? __fmul_rn(dot, p.args.scale) : kNothing;
        SoftmaxState<perLane> &state = m_states[j];
        const float largest = fmaxf(state.largest, warpMaximum(score));
        // Before the first key that the row sees, nothing is weighed: -inf - -inf is no number.
        const bool any = largest != kNothing;
        const float scale = any ? expf(state.largest - largest) : 1.0f;
        const float weight = any ? expf(score - largest) : 0.0f;
        state.largest = largest;
        state.total = __fmaf_rn(state.total, scale, warpSum(weight));
#pragma unroll
        for (int i = 0; i < perLane; ++i)
            state.sums[i] = __fmul_rn(state.sums[i], scale);
        m_weights[j * kTileKeys + m_lane] = weight;
    }

    __device__ void addValues()
    {
        // Unrolled whole, the loads would run so far ahead that registers spill.
#pragma unroll 2
        for (int key = 0; key < kTileKeys; ++key) {
            float value[perLane];
#pragma unroll
            for (int i = 0; i < perLane; ++i) {
                const int d = m_lane + i * kWarpLanes;
                value[i] = d < m_padded ? m_values[key * m_padded + d] : 0.0f;
            }
#pragma unroll
            for (int j = 0; j < queriesPerWarp; ++j) {
                if (j < m_count) {
                    const float weight = m_weights[j * kTileKeys + key];
#pragma unroll
                    for (int i = 0; i < perLane; ++i)
                        m_states[j].sums[i] = __fmaf_rn(weight, value[i], m_states[j].sums[i]);
                }
            }
        }
        __syncwarp(); // the weights are read
    }

    __device__ void storePartial(int j, int chunk)
    {
        float *partial = partialOf(p, rowOf(queryOf(j)), headOf(queryOf(j)), chunk);
#pragma unroll
        for (int k = 0; k < queriesPerWarp; ++k) { // indexed by constants, to stay in registers
            if (k != j)
                continue;
            if (m_lane == 0) {
                partial[0] = m_states[k].largest;
                partial[1] = m_states[k].total;
            }
#pragma unroll
            for (int i = 0; i < perLane; ++i) {
                const int d = m_lane + i * kWarpLanes;
                if (d < m_headDim)
                    partial[2 + d] = m_states[k].sums[i];
            }
        }
    }

    const AttentionParameters &p;
    int m_headDim;
    int m_padded;
    int m_lane;
    int m_warp;
    int m_kvHead;
    int m_group;
    float *m_keys;    // [tile keys][key stride]
    float *m_values;  // [tile keys][padded dim]
    float *m_queries; // [queries][padded dim]
    float *m_weights; // [queries of this warp][tile keys]
    const int32_t *m_table = nullptr;
    int32_t m_firstRow = 0;
    int m_firstQuery = 0;
    int m_count = 0; // queries of this warp
    SoftmaxState<perLane> m_states[queriesPerWarp];
};

} // namespace inferlab::cuda
