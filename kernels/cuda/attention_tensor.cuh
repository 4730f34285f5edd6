// Attention of prompts on the tensor cores: 64 queries that share a kv head against tiles of 32
// keys. Keys and values are binary16 as they lie in the cache, and exact; queries and softmax's
// weights are each the sum of two binary16 numbers (22 bits), so that the products are as exact as
// float32's. Sums are float32. (Dao et al., FlashAttention-2, 2023, for the shape of the loop.)
#pragma once

#include "attention_worker.cuh"
#include "mma.cuh"

namespace inferlab::cuda {

constexpr int kTensorWarps = 4;
constexpr int kTensorThreads = kTensorWarps * kWarpLanes;
constexpr int kTensorQueries = 16 * kTensorWarps; // a warp takes the 16 rows of a fragment
constexpr int kTensorKeys = 32;
// Words of shared memory: with four more than a multiple of 8 per row, the 8 rows by 4 words of a
// fragment lie in 32 different banks.
constexpr int kValueWords = kTensorKeys / 2 + 4; // of one element of all keys

template <int dim>
struct TensorAttentionShape
{
    static constexpr int kRowWords = dim / 2 + 4; // of a query or key
    static constexpr int kQueryWords = kTensorQueries * kRowWords;
    static constexpr int kKeyWords = kTensorKeys * kRowWords;
    static constexpr size_t kSharedBytes =
        sizeof(uint32_t) * (2 * kQueryWords + kKeyWords + dim * kValueWords);
};

// The sum of two binary16 numbers that is nearest to a value, of two values at once.
struct SplitPair
{
    uint32_t high;
    uint32_t low;
};
__device__ __forceinline__ SplitPair splitPair(float first, float second)
{
    SplitPair pair;
    pair.high = packHalves(first, second);
    pair.low =
        packHalves(__fadd_rn(first, -lowHalf(pair.high)), __fadd_rn(second, -highHalf(pair.high)));
    return pair;
}

template <int dim>
class TensorAttention
{
public:
    using Shape = TensorAttentionShape<dim>;

    __device__ explicit TensorAttention(const AttentionParameters &parameters)
        : p(parameters)
        , m_headDim(parameters.args.cache.headDim)
        , m_lane(static_cast<int>(threadIdx.x) % kWarpLanes)
        , m_warp(static_cast<int>(threadIdx.x) / kWarpLanes)
        , m_kvHead(static_cast<int>(blockIdx.y))
        , m_group(parameters.args.heads / parameters.args.cache.kvHeads)
        , m_high(sharedMemory<uint32_t>())
        , m_low(m_high + Shape::kQueryWords)
        , m_keys(m_low + Shape::kQueryWords)
        , m_values(m_keys + Shape::kKeyWords)
    { }

    // Rows firstRow .. endRow - 1 are of one sequence.
    __device__ void runSequence(int32_t firstRow, int32_t endRow)
    {
        m_firstRow = firstRow;
        m_queries = (endRow - firstRow) * m_group;
        m_table = p.args.placement.blockTables
            + int64_t {p.args.placement.sequence[firstRow]} * p.args.placement.maxBlocks;
        for (m_first = 0; m_first < m_queries; m_first += kTensorQueries)
            runQueries();
    }

private:
    // Query q of the sequence's rows: row q / group, head q % group of those that share m_kvHead.
    __device__ int64_t rowOf(int query) const { return m_firstRow + query / m_group; }
    __device__ int64_t firstElementOf(int query) const
    {
        return (int64_t {m_kvHead} * m_group + query % m_group) * m_headDim;
    }
    // The last position that a query sees; none for those behind the last.
    __device__ int32_t lastSeen(int query) const
    {
        return query < m_queries ? p.args.placement.position[rowOf(query)] : -1;
    }

    __device__ void runQueries()
    {
        const int32_t lastPosition =
            p.args.placement.position[rowOf(min(m_first + kTensorQueries, m_queries) - 1)];
        const int query = m_first + m_warp * 16 + m_lane / 4;
        const int32_t seen[2] = {lastSeen(query), lastSeen(query + 8)};
        for (int i = 0; i < 2; ++i) {
            m_largest[i] = kNothing;
            m_total[i] = 0.0f;
        }
#pragma unroll
        for (int n = 0; n < dim / 8; ++n) {
            for (int i = 0; i < 4; ++i)
                m_sums[n][i] = 0.0f;
        }
        __syncthreads(); // the queries before are read
        loadQueries();
        for (int32_t firstKey = 0; firstKey <= lastPosition; firstKey += kTensorKeys) {
            __syncthreads(); // the tile before is read
            loadKeys(firstKey, lastPosition);
            loadValues(firstKey, lastPosition);
            __syncthreads();
            float scores[kTensorKeys / 8][4];
            score(scores);
            weigh(scores, firstKey, seen);
            addValues(scores);
        }
        store(query, 0);
        store(query + 8, 1);
    }

    // Elements 2w, 2w + 1 of a query, split; padding is 0.
    __device__ void loadQueries()
    {
        for (int i = static_cast<int>(threadIdx.x); i < kTensorQueries * (dim / 2);
             i += kTensorThreads) {
            const int query = m_first + i / (dim / 2);
            const int d = i % (dim / 2) * 2;
            float values[2] = {0.0f, 0.0f};
            if (query < m_queries) {
                const float *source = p.args.q.row(rowOf(query)) + firstElementOf(query);
                for (int e = 0; e < 2; ++e)
                    values[e] = d + e < m_headDim ? source[d + e] : 0.0f;
            }
            const SplitPair pair = splitPair(values[0], values[1]);
            const int word = i / (dim / 2) * Shape::kRowWords + i % (dim / 2);
            m_high[word] = pair.high;
            m_low[word] = pair.low;
        }
    }

    // Elements 2w, 2w + 1 of a cached key or value; 0 where no query sees it: what lies in its slot
    // is nobody's.
    __device__ uint32_t cachedPair(const void *cached, int32_t position, int32_t lastPosition,
                                   int w) const
    {
        if (position > lastPosition || 2 * w >= m_headDim)
            return 0;
        const KvLayerView &cache = p.args.cache;
        const int64_t block = m_table[position / cache.blockTokens];
        const int64_t slot =
            (block * cache.kvHeads + m_kvHead) * cache.blockTokens + position % cache.blockTokens;
        return static_cast<const uint32_t *>(cached)[slot * (m_headDim / 2) + w];
    }

    // A key per warp at a time, so that a cache line is read at once.
    __device__ void loadKeys(int32_t firstKey, int32_t lastPosition)
    {
        for (int key = m_warp; key < kTensorKeys; key += kTensorWarps) {
            for (int w = m_lane; w < dim / 2; w += kWarpLanes)
                m_keys[key * Shape::kRowWords + w] =
                    cachedPair(p.args.cache.keys, firstKey + key, lastPosition, w);
        }
    }

    // Two keys per warp at a time: an element of both becomes a word.
    __device__ void loadValues(int32_t firstKey, int32_t lastPosition)
    {
        for (int pair = m_warp; pair < kTensorKeys / 2; pair += kTensorWarps) {
            const int32_t position = firstKey + 2 * pair;
            for (int w = m_lane; w < dim / 2; w += kWarpLanes) {
                const uint32_t even = cachedPair(p.args.cache.values, position, lastPosition, w);
                const uint32_t odd = cachedPair(p.args.cache.values, position + 1, lastPosition, w);
                m_values[2 * w * kValueWords + pair] = (even & 0xffffu) | odd << 16;
                m_values[(2 * w + 1) * kValueWords + pair] = even >> 16 | (odd & 0xffff0000u);
            }
        }
    }

    // The scores of the warp's 16 queries and the tile's keys, not yet scaled.
    __device__ void score(float (&scores)[kTensorKeys / 8][4]) const
    {
#pragma unroll
        for (int n = 0; n < kTensorKeys / 8; ++n) {
            for (int i = 0; i < 4; ++i)
                scores[n][i] = 0.0f;
        }
        const int row = m_warp * 16 + m_lane / 4;
#pragma unroll
        for (int k = 0; k < dim / 16; ++k) {
            const int word = row * Shape::kRowWords + k * 8 + m_lane % 4;
            const uint32_t high[4] = {m_high[word], m_high[word + 8 * Shape::kRowWords],
                                      m_high[word + 4], m_high[word + 8 * Shape::kRowWords + 4]};
            const uint32_t low[4] = {m_low[word], m_low[word + 8 * Shape::kRowWords],
                                     m_low[word + 4], m_low[word + 8 * Shape::kRowWords + 4]};
#pragma unroll
            for (int n = 0; n < kTensorKeys / 8; ++n) {
                const uint32_t *key =
                    m_keys + (n * 8 + m_lane / 4) * Shape::kRowWords + k * 8 + m_lane % 4;
                const uint32_t b[2] = {key[0], key[4]};
                multiplyTile(scores[n], low, b);
                multiplyTile(scores[n], high, b);
            }
        }
    }

    // Scores become weights, exp(score - largest so far); what was summed up before is scaled to
    // it. A row lies in the four lanes of a quad: element i of them is of row i / 2.
    __device__ void weigh(float (&scores)[kTensorKeys / 8][4], int32_t firstKey,
                          const int32_t (&seen)[2])
    {
        float largest[2] = {m_largest[0], m_largest[1]};
#pragma unroll
        for (int n = 0; n < kTensorKeys / 8; ++n) {
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int32_t position = firstKey + n * 8 + m_lane % 4 * 2 + i % 2;
                scores[n][i] =
                    position <= seen[i / 2] ? __fmul_rn(scores[n][i], p.args.scale) : kNothing;
                largest[i / 2] = fmaxf(largest[i / 2], scores[n][i]);
            }
        }
        float scale[2];
#pragma unroll
        for (int r = 0; r < 2; ++r) {
            largest[r] = fmaxf(largest[r], __shfl_xor_sync(kWholeWarp, largest[r], 1));
            largest[r] = fmaxf(largest[r], __shfl_xor_sync(kWholeWarp, largest[r], 2));
            // Before the first key that the row sees: -inf - -inf is no number.
            const bool any = largest[r] != kNothing;
            scale[r] = any ? expf(m_largest[r] - largest[r]) : 1.0f;
            m_largest[r] = largest[r];
        }
        float total[2] = {0.0f, 0.0f};
#pragma unroll
        for (int n = 0; n < kTensorKeys / 8; ++n) {
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const float most = largest[i / 2];
                scores[n][i] = most != kNothing ? expf(scores[n][i] - most) : 0.0f;
                total[i / 2] = __fadd_rn(total[i / 2], scores[n][i]);
            }
        }
#pragma unroll
        for (int r = 0; r < 2; ++r) {
            total[r] = __fadd_rn(total[r], __shfl_xor_sync(kWholeWarp, total[r], 1));
            total[r] = __fadd_rn(total[r], __shfl_xor_sync(kWholeWarp, total[r], 2));
            m_total[r] = __fmaf_rn(m_total[r], scale[r], total[r]);
        }
#pragma unroll
        for (int n = 0; n < dim / 8; ++n) {
#pragma unroll
            for (int i = 0; i < 4; ++i)
                m_sums[n][i] = __fmul_rn(m_sums[n][i], scale[i / 2]);
        }
    }

    // The products' results have the places of the next product's left side.
    __device__ void addValues(const float (&weights)[kTensorKeys / 8][4])
    {
#pragma unroll
        for (int k = 0; k < kTensorKeys / 16; ++k) {
            uint32_t high[4];
            uint32_t low[4];
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const float *two = weights[2 * k + i / 2] + i % 2 * 2;
                const SplitPair pair = splitPair(two[0], two[1]);
                high[i] = pair.high;
                low[i] = pair.low;
            }
#pragma unroll
            for (int n = 0; n < dim / 8; ++n) {
                const uint32_t *value =
                    m_values + (n * 8 + m_lane / 4) * kValueWords + k * 8 + m_lane % 4;
                const uint32_t b[2] = {value[0], value[4]};
                multiplyTile(m_sums[n], low, b);
                multiplyTile(m_sums[n], high, b);
            }
        }
    }

    __device__ void store(int query, int row) const
    {
        if (query >= m_queries)
            return;
        float *out = p.args.out.row(rowOf(query)) + firstElementOf(query);
#pragma unroll
        for (int n = 0; n < dim / 8; ++n) {
#pragma unroll
            for (int i = 0; i < 2; ++i) {
                const int d = n * 8 + m_lane % 4 * 2 + i;
                if (d < m_headDim)
                    out[d] = (row == 0 ? m_sums[n][i] : m_sums[n][2 + i]) / m_total[row];
            }
        }
    }

    const AttentionParameters &p;
    int m_headDim;
    int m_lane;
    int m_warp;
    int m_kvHead;
    int m_group;
    uint32_t *m_high;   // [queries][row words]: the larger parts of the queries
    uint32_t *m_low;    // and the smaller
    uint32_t *m_keys;   // [keys][row words]
    uint32_t *m_values; // [dim][value words]: two keys in a word
    const int32_t *m_table = nullptr;
    int32_t m_firstRow = 0;
    int m_queries = 0;
    int m_first = 0;    // of the queries at hand
    float m_largest[2]; // of rows lane / 4 and lane / 4 + 8
    float m_total[2];
    float m_sums[dim / 8][4];
};

} // namespace inferlab::cuda
