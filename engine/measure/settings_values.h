// Settings that are words, as records and plans of experiments write them.
#pragma once

#include "engine/base/json.h"
#include "engine/run/request.h"
#include "kernels/api/dtype.h"

namespace inferlab {

// "F16", "F32" or "Q8_0". Throws InputError for anything else.
DType readCacheType(const JsonCursor &value);
// "static" or "continuous". Throws InputError for anything else.
BatchPolicy readBatchPolicy(const JsonCursor &value);

} // namespace inferlab
