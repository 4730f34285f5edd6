#include "backend.h"

#include "cache_support.h"

#include <cassert>

namespace inferlab {

CacheSupport Backend::supportsCache(DType cacheType, int32_t headDim) const
{
    return cacheSupport(cacheType, headDim);
}

void Backend::summariseLogits(ConstMatrixView logits, std::span<const float> temperatures,
                              std::span<LogitSummary> out)
{
    assert(hasHostMemory());
    assert(logits.rows == static_cast<int64_t>(out.size()) && out.size() == temperatures.size());
    for (size_t r = 0; r < out.size(); ++r)
        out[r] = summariseRow(logits.rowSpan(static_cast<int64_t>(r)), temperatures[r]);
}

void Backend::normMatmul(std::span<const MatmulOutput> outputs, const NormArgs &norm)
{
    if (norm.rows.empty()) {
        rmsNorm(norm.x, norm.gain, norm.epsilon, norm.scratch);
    } else {
        gatherRows(norm.x, norm.rows, norm.scratch);
        rmsNorm(norm.scratch, norm.gain, norm.epsilon, norm.scratch);
    }
    matmul(outputs, norm.scratch);
}

void Backend::matmulAdd(const Weight &weight, ConstMatrixView x, MatrixView sum, MatrixView scratch)
{
    const MatmulOutput output {&weight, scratch};
    matmul({&output, 1}, x);
    add(sum, scratch);
}

void Backend::siluMatmulAdd(const Weight &weight, MatrixView gate, ConstMatrixView up,
                            MatrixView sum, MatrixView scratch)
{
    siluMultiply(gate, up, gate);
    matmulAdd(weight, gate, sum, scratch);
}

void Backend::ropeAndStore(const RopeStoreArgs &args)
{
    const auto ropeDim = static_cast<int32_t>(args.cosSin.cols);
    rope(args.q, args.cache.headDim, ropeDim, args.cosSin, args.layout);
    rope(args.k, args.cache.headDim, ropeDim, args.cosSin, args.layout);
    writeKv(args.k, args.v, args.cache, args.placement);
}

void Backend::attentionMatmulAdd(const AttentionArgs &args, const Weight &weight, MatrixView sum,
                                 MatrixView scratch)
{
    attention(args);
    matmulAdd(weight, args.out, sum, scratch);
}

} // namespace inferlab
