// Cases of the operators on the paged cache.
#include "placed_cache.h"
#include "random_tensor.h"

#include <algorithm>

namespace inferlab {

namespace {

// Scores, exponentials and sums in float32; the largest outputs are some times the root mean
// square.
constexpr double kAttentionTolerance = 2e-5;

double elementBytes(DType dtype)
{
    const DTypeInfo &info = dtypeInfo(dtype);
    return static_cast<double>(info.blockBytes) / info.blockElements;
}

class AttentionOperator final : public PreparedOperator
{
public:
    AttentionOperator(Backend &backend, const CacheShape &shape,
                      std::vector<SequenceShape> sequences)
        : m_backend(&backend)
        , m_shape(shape)
        , m_sequences(std::move(sequences))
        , m_cache(backend, shape, m_sequences)
        , m_q(backend, totalNewTokens(m_sequences), int64_t {shape.heads} * shape.headDim,
              randomFloats(
                  static_cast<size_t>(totalNewTokens(m_sequences) * shape.heads * shape.headDim),
                  24))
        , m_out(backend, totalNewTokens(m_sequences), int64_t {shape.heads} * shape.headDim)
    {
        m_cache.fill();
        backend.reserve(cacheLimits(shape, m_sequences));
    }
    void run() override
    {
        m_backend->attention(attentionArgs(m_cache, m_shape, m_q.view(), m_out.view()));
    }
    std::vector<float> output() const override { return m_out.download(); }
    bool guardsIntact() const override
    {
        return m_cache.intact() && m_q.intact() && m_out.intact();
    }

private:
    Backend *m_backend;
    CacheShape m_shape;
    std::vector<SequenceShape> m_sequences;
    PlacedCache m_cache;
    GuardedMatrix m_q;
    GuardedMatrix m_out;
};

class WriteKvOperator final : public PreparedOperator
{
public:
    WriteKvOperator(Backend &backend, const CacheShape &shape, std::vector<SequenceShape> sequences)
        : m_backend(&backend)
        , m_sequences(std::move(sequences))
        , m_cache(backend, shape, m_sequences)
        , m_k(random(backend, shape, 25))
        , m_v(random(backend, shape, 26))
    { }
    void run() override
    {
        m_backend->writeKv(m_k.view(), m_v.view(), m_cache.view(), m_cache.rows());
    }
    std::vector<float> output() const override { return m_cache.contents(); }
    bool guardsIntact() const override { return m_cache.intact() && m_k.intact() && m_v.intact(); }

private:
    GuardedMatrix random(Backend &backend, const CacheShape &shape, uint64_t seed) const
    {
        const int64_t rows = totalNewTokens(m_sequences);
        const int64_t cols = int64_t {shape.kvHeads} * shape.headDim;
        return {backend, rows, cols, randomFloats(static_cast<size_t>(rows * cols), seed)};
    }

    Backend *m_backend;
    std::vector<SequenceShape> m_sequences;
    PlacedCache m_cache;
    GuardedMatrix m_k;
    GuardedMatrix m_v;
};

} // namespace

OperatorCase attentionCase(const CacheShape &cache, const std::vector<SequenceShape> &sequences)
{
    OperatorCase result = cacheCase("attention", cache, sequences);
    if (cache.scoreScale != 1.0f) // as in "scores x 1000"
        result.shape += ", scores x " + std::to_string(static_cast<int>(cache.scoreScale));
    // A score's rounding error is relative to the score, and the exponential makes it absolute.
    result.tolerance = kAttentionTolerance * std::max(1.0, static_cast<double>(cache.scoreScale));
    result.tensorTolerance = attentionTensorTolerance(cache, sequences);
    const double headDim = cache.headDim;
    for (const SequenceShape &sequence : sequences) {
        const double rows = sequence.newTokens;
        const double seen = rows * (sequence.tokens - (rows - 1) / 2); // keys over all rows
        result.flops += 4.0 * seen * cache.heads * headDim;
        result.bytes += 2.0 * sequence.tokens * cache.kvHeads * headDim * elementBytes(cache.dtype)
            + 2.0 * rows * cache.heads * headDim * sizeof(float);
    }
    result.prepare = [=](Backend &backend) {
        return std::make_unique<AttentionOperator>(backend, cache, sequences);
    };
    return result;
}

OperatorCase writeKvCase(const CacheShape &cache, const std::vector<SequenceShape> &sequences)
{
    OperatorCase result = cacheCase("writeKv", cache, sequences);
    result.tolerance = 0.0;
    const double values =
        2.0 * static_cast<double>(totalNewTokens(sequences)) * cache.kvHeads * cache.headDim;
    result.bytes = values * (sizeof(float) + elementBytes(cache.dtype));
    result.prepare = [=](Backend &backend) {
        return std::make_unique<WriteKvOperator>(backend, cache, sequences);
    };
    return result;
}

} // namespace inferlab
