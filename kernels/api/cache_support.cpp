#include "cache_support.h"

namespace inferlab {

CacheSupport cacheSupport(DType cacheType, int32_t headDim)
{
    CacheSupport support;
    const DTypeInfo &info = dtypeInfo(cacheType);
    if (cacheType != DType::F32 && cacheType != DType::F16 && cacheType != DType::Q8_0) {
        support.reason =
            "attention: a cache of F32, F16 or Q8_0 was expected, found " + std::string(info.name);
    } else if (headDim % static_cast<int32_t>(info.blockElements) != 0) {
        support.reason = "attention: with a cache of " + std::string(info.name)
            + ", heads of a multiple of " + std::to_string(info.blockElements)
            + " elements were expected, found " + std::to_string(headDim);
    } else {
        support.supported = true;
    }
    return support;
}

} // namespace inferlab
