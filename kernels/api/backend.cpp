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

} // namespace inferlab
