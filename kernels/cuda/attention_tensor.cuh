// Attention of prompts on the tensor cores: 64 queries that share a kv head against a tile of keys.
// Keys and values are binary16 as they lie in the cache, and exact; of a Q8_0 cache they become so,
// which rounds less than the cache did. Queries are each the sum of two binary16 numbers (22 bits):
// scores may be large, and softmax makes of their absolute error a relative one. Its weights lie
// between 0 and 1 and are rounded once (11 bits). Sums are float32. (Dao et al., FlashAttention-2,
// 2023, for the shape of the loop.)
#pragma once

#include "attention_worker.cuh"
#include "mma.cuh"

namespace inferlab::cuda {

constexpr int kTensorWarps = 4;
constexpr int kTensorThreads = kTensorWarps * kWarpLanes;
constexpr int kTensorQueries = 16 * kTensorWarps; // a warp takes the 16 rows of a fragment
constexpr int kWideElements = 8;                  // of 16 bytes of binary16

template <int dim>
struct TensorAttentionShape
{
    // More keys at a time leave fewer barriers, and longer heads fewer registers for their scores.
    static constexpr int kKeys = dim <= 64 ? 64 : 32;
    static constexpr int kRowWords = dim / 2 + 4; // of a query, key or value: see loadLeft()
    static_assert(kRowWords % 4 == 0, "rows are aligned to 16 bytes");
    static constexpr int kQueryWords = kTensorQueries * kRowWords;
    static constexpr int kKeyWords = kKeys * kRowWords;
    static constexpr size_t kSharedBytes = sizeof(uint32_t) * 2 * (kQueryWords + kKeyWords);
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

// A code's value, within binary16's range.
__device__ __forceinline__ float q8Half(float scale, uint32_t code)
{
    return withinHalf(__fmul_rn(scale, static_cast<float>(static_cast<int8_t>(code))));
}

// Eight neighbours of a cache as binary16; `element` is a multiple of eight.
template <typename Element>
__device__ __forceinline__ uint4 loadEight(const void *cache, int64_t element)
{
    if constexpr (std::is_same_v<Element, Q8Block>) {
        const Q8Block &block = static_cast<const Q8Block *>(cache)[element / kGroup];
        const float scale = floatFromHalf(block.scale);
        // Blocks are aligned to two bytes.
        const auto *pairs = reinterpret_cast<const uint16_t *>(block.codes + element % kGroup);
        uint32_t words[4];
#pragma unroll
        for (int w = 0; w < 4; ++w) {
            const uint32_t pair = pairs[w];
            words[w] = packHalves(q8Half(scale, pair & 0xffu), q8Half(scale, pair >> 8));
        }
        return make_uint4(words[0], words[1], words[2], words[3]);
    } else {
        return reinterpret_cast<const uint4 *>(cache)[element / kWideElements];
    }
}

template <typename Element, int dim>
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
        for (int32_t firstKey = 0; firstKey <= lastPosition; firstKey += Shape::kKeys) {
            __syncthreads(); // the tile before is read
            loadTile(firstKey, lastPosition);
            __syncthreads();
            float scores[Shape::kKeys / 8][4];
            score(scores);
            weigh(scores, firstKey, seen);
            addValues(scores);
        }
        store(query, 0);
        store(query + 8, 1);
    }

    // Elements 2w, 2w + 1 of a query, scaled and split, so that scores are logarithms to base 2;
    // padding is 0.
    __device__ void loadQueries()
    {
        constexpr float kLog2E = 1.44269504f;
        const float scale = __fmul_rn(p.args.scale, kLog2E);
        for (int i = static_cast<int>(threadIdx.x); i < kTensorQueries * (dim / 2);
             i += kTensorThreads) {
            const int query = m_first + i / (dim / 2);
            const int d = i % (dim / 2) * 2;
            float values[2] = {0.0f, 0.0f};
            if (query < m_queries) {
                const float *source = p.args.q.row(rowOf(query)) + firstElementOf(query);
                for (int e = 0; e < 2; ++e)
                    values[e] =
                        d + e < m_headDim ? withinHalf(__fmul_rn(source[d + e], scale)) : 0.0f;
            }
            const SplitPair pair = splitPair(values[0], values[1]);
            const int word = i / (dim / 2) * Shape::kRowWords + i % (dim / 2);
            m_high[word] = pair.high;
            m_low[word] = pair.low;
        }
    }

    // Keys and values of the tile, eight elements of each at a time; 0 where no query sees them:
    // what lies in their slots is nobody's.
    __device__ void loadTile(int32_t firstKey, int32_t lastPosition)
    {
        constexpr int kWideOfRow = dim / kWideElements;
        const KvLayerView &cache = p.args.cache;
#pragma unroll 4
        for (int i = static_cast<int>(threadIdx.x); i < Shape::kKeys * kWideOfRow;
             i += kTensorThreads) {
            const int key = i / kWideOfRow;
            const int d = i % kWideOfRow * kWideElements;
            const int32_t position = firstKey + key;
            uint4 keys = make_uint4(0, 0, 0, 0);
            uint4 values = make_uint4(0, 0, 0, 0);
            if (position <= lastPosition && d < m_headDim) {
                const int64_t block = m_table[position / cache.blockTokens];
                const int64_t slot = (block * cache.kvHeads + m_kvHead) * cache.blockTokens
                    + position % cache.blockTokens;
                keys = loadEight<Element>(cache.keys, slot * m_headDim + d);
                values = loadEight<Element>(cache.values, slot * m_headDim + d);
            }
            const int word = key * Shape::kRowWords + d / 2;
            *reinterpret_cast<uint4 *>(m_keys + word) = keys;
            *reinterpret_cast<uint4 *>(m_values + word) = values;
        }
    }

    // The scores of the warp's 16 queries and the tile's keys.
    __device__ void score(float (&scores)[Shape::kKeys / 8][4]) const
    {
#pragma unroll
        for (int n = 0; n < Shape::kKeys / 8; ++n) {
            for (int i = 0; i < 4; ++i)
                scores[n][i] = 0.0f;
        }
        const int firstRow = m_warp * 16 * Shape::kRowWords;
#pragma unroll
        for (int k = 0; k < dim / 16; ++k) {
            uint32_t high[4];
            uint32_t low[4];
            loadLeft(m_high + firstRow + k * 8, Shape::kRowWords, high);
            loadLeft(m_low + firstRow + k * 8, Shape::kRowWords, low);
#pragma unroll
            for (int n = 0; n < Shape::kKeys / 16; ++n) {
                uint32_t b[2][2];
                loadRight(m_keys + n * 16 * Shape::kRowWords + k * 8, Shape::kRowWords, b);
                for (int i = 0; i < 2; ++i) {
                    multiplyTile(scores[2 * n + i], low, b[i]);
                    multiplyTile(scores[2 * n + i], high, b[i]);
                }
            }
        }
    }

    // Scores become weights, 2^(score - largest so far); what was summed up before is scaled to it.
    // A row lies in the four lanes of a quad: element i of them is of row i / 2.
    __device__ void weigh(float (&scores)[Shape::kKeys / 8][4], int32_t firstKey,
                          const int32_t (&seen)[2])
    {
        float largest[2] = {m_largest[0], m_largest[1]};
#pragma unroll
        for (int n = 0; n < Shape::kKeys / 8; ++n) {
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int32_t position = firstKey + n * 8 + m_lane % 4 * 2 + i % 2;
                if (position > seen[i / 2])
                    scores[n][i] = kNothing;
                largest[i / 2] = fmaxf(largest[i / 2], scores[n][i]);
            }
        }
        float scale[2];
        float base[2];
#pragma unroll
        for (int r = 0; r < 2; ++r) {
            largest[r] = fmaxf(largest[r], __shfl_xor_sync(kWholeWarp, largest[r], 1));
            largest[r] = fmaxf(largest[r], __shfl_xor_sync(kWholeWarp, largest[r], 2));
            // Before the first key that the row sees: -inf - -inf is no number.
            base[r] = largest[r] != kNothing ? largest[r] : 0.0f;
            scale[r] = exp2f(m_largest[r] - base[r]);
            m_largest[r] = largest[r];
        }
        float total[2] = {0.0f, 0.0f};
#pragma unroll
        for (int n = 0; n < Shape::kKeys / 8; ++n) {
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                scores[n][i] = exp2f(scores[n][i] - base[i / 2]);
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
    __device__ void addValues(const float (&weights)[Shape::kKeys / 8][4])
    {
#pragma unroll
        for (int k = 0; k < Shape::kKeys / 16; ++k) {
            uint32_t a[4];
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const float *two = weights[2 * k + i / 2] + i % 2 * 2;
                a[i] = packHalves(two[0], two[1]);
            }
#pragma unroll
            for (int n = 0; n < dim / 16; ++n) {
                uint32_t b[2][2];
                loadRightTransposed(m_values + k * 16 * Shape::kRowWords + n * 8, Shape::kRowWords,
                                    b);
                for (int i = 0; i < 2; ++i)
                    multiplyTile(m_sums[2 * n + i], a, b[i]);
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
    uint32_t *m_values; // the same
    const int32_t *m_table = nullptr;
    int32_t m_firstRow = 0;
    int m_queries = 0;
    int m_first = 0;    // of the queries at hand
    float m_largest[2]; // of rows lane / 4 and lane / 4 + 8
    float m_total[2];
    float m_sums[dim / 8][4];
};

} // namespace inferlab::cuda
