// Cases of what is done round the paged cache in one go: rotation on the way into it, and the
// product of what attention reads from it.
#include "placed_cache.h"
#include "random_tensor.h"
#include "weight_parts.h"

#include <algorithm>

namespace inferlab {

namespace {

std::vector<float> randomMatrix(int64_t rows, int64_t cols, uint64_t seed)
{
    return randomFloats(static_cast<size_t>(rows * cols), seed);
}

class RopeStoreOperator final : public PreparedOperator
{
public:
    RopeStoreOperator(Backend &backend, const CacheShape &shape,
                      const std::vector<SequenceShape> &sequences, int32_t ropeDim,
                      RopeLayout layout)
        : m_backend(&backend)
        , m_layout(layout)
        , m_cache(backend, shape, sequences)
        , m_q(random(backend, totalNewTokens(sequences), shape.heads * shape.headDim, 41))
        , m_k(random(backend, totalNewTokens(sequences), shape.kvHeads * shape.headDim, 42))
        , m_v(random(backend, totalNewTokens(sequences), shape.kvHeads * shape.headDim, 43))
        , m_cosSin(backend, totalNewTokens(sequences), ropeDim,
                   ropeAngles(totalNewTokens(sequences), ropeDim))
    { }
    void run() override
    {
        m_backend->ropeAndStore({m_q.view(), m_k.view(), m_v.view(), m_cosSin.view(), m_layout,
                                 m_cache.view(), m_cache.rows()});
    }
    std::vector<float> output() const override
    {
        std::vector<float> all = m_q.download();
        const std::vector<float> cached = m_cache.contents();
        all.insert(all.end(), cached.begin(), cached.end());
        return all;
    }
    bool guardsIntact() const override
    {
        return m_cache.intact() && m_q.intact() && m_k.intact() && m_v.intact();
    }

private:
    static GuardedMatrix random(Backend &backend, int64_t rows, int64_t cols, uint64_t seed)
    {
        return {backend, rows, cols, randomMatrix(rows, cols, seed)};
    }

    Backend *m_backend;
    RopeLayout m_layout;
    PlacedCache m_cache;
    GuardedMatrix m_q;
    GuardedMatrix m_k;
    GuardedMatrix m_v;
    GuardedMatrix m_cosSin;
};

class AttentionProductOperator final : public PreparedOperator
{
public:
    AttentionProductOperator(Backend &backend, DType dtype, int64_t out, const CacheShape &shape,
                             const std::vector<SequenceShape> &sequences)
        : m_backend(&backend)
        , m_shape(shape)
        , m_cache(backend, shape, sequences)
        , m_weight(loadRandom(backend, dtype, out, int64_t {shape.heads} * shape.headDim))
        , m_q(backend, totalNewTokens(sequences), m_weight->cols(),
              randomMatrix(totalNewTokens(sequences), m_weight->cols(), 44))
        , m_attention(backend, totalNewTokens(sequences), m_weight->cols())
        , m_sum(backend, totalNewTokens(sequences), out,
                randomMatrix(totalNewTokens(sequences), out, 45))
        , m_scratch(backend, totalNewTokens(sequences), out)
    {
        m_cache.fill();
        StepLimits limits = cacheLimits(shape, sequences);
        limits.cols = m_weight->cols();
        backend.reserve(limits);
    }
    void run() override
    {
        m_backend->attentionMatmulAdd(
            attentionArgs(m_cache, m_shape, m_q.view(), m_attention.view()), *m_weight,
            m_sum.view(), m_scratch.view());
    }
    std::vector<float> output() const override { return m_sum.download(); }
    bool guardsIntact() const override
    {
        return m_cache.intact() && m_q.intact() && m_attention.intact() && m_sum.intact()
            && m_scratch.intact();
    }

private:
    Backend *m_backend;
    CacheShape m_shape;
    PlacedCache m_cache;
    std::unique_ptr<Weight> m_weight;
    GuardedMatrix m_q;
    GuardedMatrix m_attention;
    GuardedMatrix m_sum;
    GuardedMatrix m_scratch;
};

} // namespace

OperatorCase ropeAndStoreCase(const CacheShape &cache, const std::vector<SequenceShape> &sequences,
                              int32_t ropeDim, RopeLayout layout)
{
    OperatorCase result = cacheCase("ropeAndStore", cache, sequences);
    result.shape += layout == RopeLayout::AdjacentPairs ? ", adjacent " : ", half split ";
    result.shape += std::to_string(ropeDim);
    // A last bit may round to the next number of the cache's type.
    result.tolerance = cache.dtype == DType::F32 ? 2e-6 : cache.dtype == DType::F16 ? 2e-3 : 2e-2;
    const double elements = static_cast<double>(totalNewTokens(sequences)) * cache.headDim
        * (2 * cache.heads + 4 * cache.kvHeads);
    result.bytes = elements * sizeof(float);
    result.prepare = [=](Backend &backend) {
        return std::make_unique<RopeStoreOperator>(backend, cache, sequences, ropeDim, layout);
    };
    return result;
}

OperatorCase attentionMatmulAddCase(DType dtype, int64_t out, const CacheShape &cache,
                                    const std::vector<SequenceShape> &sequences)
{
    const int64_t in = int64_t {cache.heads} * cache.headDim;
    OperatorCase result = cacheCase("attentionMatmulAdd", cache, sequences);
    result.shape += " * " + std::to_string(out) + " " + std::string(dtypeInfo(dtype).name);
    result.tolerance = matmulTolerance(dtype);
    result.tensorTolerance = attentionTensorTolerance(cache, sequences);
    const double rows = static_cast<double>(totalNewTokens(sequences));
    result.flops = 2.0 * rows * static_cast<double>(in * out);
    result.bytes = static_cast<double>(rowBytes(dtype, in) * static_cast<size_t>(out));
    const auto unsupportedCache = result.unsupported;
    result.unsupported = [=](Backend &backend) {
        const WeightSupport support = backend.supportsWeight(dtype, out, in);
        return support.supported ? unsupportedCache(backend) : support.reason;
    };
    result.prepare = [=](Backend &backend) {
        return std::make_unique<AttentionProductOperator>(backend, dtype, out, cache, sequences);
    };
    return result;
}

} // namespace inferlab
