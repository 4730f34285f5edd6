#include "settings_values.h"

#include <optional>

namespace inferlab {

DType readCacheType(const JsonCursor &value)
{
    const std::optional<DType> found = dtypeFromName(value.text());
    if (!found || (*found != DType::F16 && *found != DType::F32 && *found != DType::Q8_0))
        value.fail("F16, F32 or Q8_0", jsonText(value.value()));
    return *found;
}

BatchPolicy readBatchPolicy(const JsonCursor &value)
{
    const std::optional<BatchPolicy> found = batchPolicyFromName(value.text());
    if (!found)
        value.fail("static or continuous", jsonText(value.value()));
    return *found;
}

} // namespace inferlab
