// Which types of cache every backend of this program computes with.
#pragma once

#include "backend.h"

namespace inferlab {

// F32, F16, and Q8_0 where a head is whole blocks of 32.
CacheSupport cacheSupport(DType cacheType, int32_t headDim);

} // namespace inferlab
