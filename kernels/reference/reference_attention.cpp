// Softmax attention over the paged cache, one row and head after the other:
// out = sum over p of softmax(scale * q . k_p) v_p, the largest score subtracted before exp().
#include "kernels/api/half.h"
#include "reference_operators.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace inferlab::reference {

namespace {

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
    return static_cast<double>(static_cast<const float *>(cache)[element]);
}

void store(void *cache, DType dtype, int64_t element, float value)
{
    if (dtype == DType::F16)
        static_cast<uint16_t *>(cache)[element] = floatToHalf(value);
    else
        static_cast<float *>(cache)[element] = value;
}

} // namespace

void writeKv(ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
             const RowPlacement &placement)
{
    assert(cache.dtype == DType::F32 || cache.dtype == DType::F16);
    assert(k.rows == placement.rows && k.cols == int64_t {cache.kvHeads} * cache.headDim);
    assert(v.rows == k.rows && v.cols == k.cols);
    for (int32_t r = 0; r < placement.rows; ++r) {
        for (int32_t head = 0; head < cache.kvHeads; ++head) {
            const int64_t first = elementOf(cache, placement, r, placement.position[r], head);
            for (int32_t d = 0; d < cache.headDim; ++d) {
                const int64_t column = int64_t {head} * cache.headDim + d;
                store(cache.keys, cache.dtype, first + d, k.row(r)[column]);
                store(cache.values, cache.dtype, first + d, v.row(r)[column]);
            }
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
