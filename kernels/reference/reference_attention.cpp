// Softmax attention over the paged cache, one row and head after the other:
// out = sum over p of softmax(scale * q . k_p) v_p, the largest score subtracted before exp().
#include "kernels/api/cache_support.h"
#include "kernels/api/dequantize.h"
#include "kernels/api/half.h"
#include "kernels/api/quantize_q8_0.h"
#include "reference_operators.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace inferlab::reference {

namespace {

constexpr int64_t kBlock = 32; // of Q8_0

// Index of the first element of a token's key or value for one head.
int64_t elementOf(const KvLayerView &cache, const RowPlacement &placement, int32_t row,
                  int32_t position, int32_t kvHead)
{
    const int32_t *table =
        placement.blockTables + int64_t {placement.sequence[row]} * placement.maxBlocks;
    const int32_t block = table[position / cache.blockTokens];
    const int32_t slot = position % cache.blockTokens;
    assert(block >= 0 && block < cache.blocks);
    return ((int64_t {block} * cache.kvHeads + kvHead) * cache.blockTokens + slot) * cache.headDim;
}

double load(const void *cache, DType dtype, int64_t element)
{
    if (dtype == DType::F16)
        return static_cast<double>(halfToFloat(static_cast<const uint16_t *>(cache)[element]));
    if (dtype == DType::Q8_0) {
        float block[kBlock];
        dequantizeRow(dtype,
                      static_cast<const unsigned char *>(cache)
                          + rowBytes(dtype, element / kBlock * kBlock),
                      block, kBlock);
        return static_cast<double>(block[element % kBlock]);
    }
    return static_cast<double>(static_cast<const float *>(cache)[element]);
}

// One head of one token.
void store(void *cache, DType dtype, int64_t element, const float *values, int64_t count)
{
    if (dtype == DType::F16) {
        for (int64_t i = 0; i < count; ++i)
            static_cast<uint16_t *>(cache)[element + i] = floatToHalf(values[i]);
    } else if (dtype == DType::Q8_0) {
        quantizeQ8_0(values, count, static_cast<unsigned char *>(cache) + rowBytes(dtype, element));
    } else {
        std::copy_n(values, count, static_cast<float *>(cache) + element);
    }
}

} // namespace

void writeKv(ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
             const RowPlacement &placement)
{
    assert(cacheSupport(cache.dtype, cache.headDim).supported);
    assert(k.rows == placement.rows && k.cols == int64_t {cache.kvHeads} * cache.headDim);
    assert(v.rows == k.rows && v.cols == k.cols);
    for (int32_t r = 0; r < placement.rows; ++r) {
        for (int32_t head = 0; head < cache.kvHeads; ++head) {
            const int64_t first = elementOf(cache, placement, r, placement.position[r], head);
            const int64_t column = int64_t {head} * cache.headDim;
            store(cache.keys, cache.dtype, first, k.row(r) + column, cache.headDim);
            store(cache.values, cache.dtype, first, v.row(r) + column, cache.headDim);
        }
    }
}

void attention(const AttentionArgs &args, std::span<double> workspace, const StopCheck &stop)
{
    const KvLayerView &cache = args.cache;
    const int32_t headDim = cache.headDim;
    assert(args.heads % cache.kvHeads == 0 && args.q.cols == int64_t {args.heads} * headDim);
    assert(args.q.rows == args.placement.rows && args.out.rows == args.q.rows);
    const int32_t group = args.heads / cache.kvHeads;
    const std::span<double> sums = workspace.first(static_cast<size_t>(headDim));
    const std::span<double> scores = workspace.subspan(static_cast<size_t>(headDim));

    for (int32_t r = 0; r < args.placement.rows; ++r) {
        const int32_t tokens = args.placement.position[r] + 1;
        assert(static_cast<size_t>(tokens) <= scores.size());
        for (int32_t head = 0; head < args.heads; ++head) {
            if (stop && stop())
                return;
            const float *q = args.q.row(r) + int64_t {head} * headDim;
            double largest = -HUGE_VAL;
            for (int32_t p = 0; p < tokens; ++p) {
                const int64_t key = elementOf(cache, args.placement, r, p, head / group);
                double sum = 0.0;
                for (int32_t d = 0; d < headDim; ++d)
                    sum += static_cast<double>(q[d]) * load(cache.keys, cache.dtype, key + d);
                scores[static_cast<size_t>(p)] = sum * static_cast<double>(args.scale);
                largest = std::fmax(largest, scores[static_cast<size_t>(p)]);
            }
            double total = 0.0;
            for (int32_t p = 0; p < tokens; ++p) {
                double &score = scores[static_cast<size_t>(p)];
                score = std::exp(score - largest);
                total += score;
            }
            std::fill(sums.begin(), sums.end(), 0.0);
            for (int32_t p = 0; p < tokens; ++p) {
                const int64_t value = elementOf(cache, args.placement, r, p, head / group);
                for (int32_t d = 0; d < headDim; ++d) {
                    sums[static_cast<size_t>(d)] +=
                        scores[static_cast<size_t>(p)] * load(cache.values, cache.dtype, value + d);
                }
            }
            float *out = args.out.row(r) + int64_t {head} * headDim;
            for (int32_t d = 0; d < headDim; ++d)
                out[d] = static_cast<float>(sums[static_cast<size_t>(d)] / total);
        }
    }
}

} // namespace inferlab::reference
