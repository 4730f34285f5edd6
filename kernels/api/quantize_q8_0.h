// Rounding to Q8_0, for the cache: d = largest / 127 as binary16, codes the nearest whole numbers
// of x * 127 / largest. The same bits on every device.
#pragma once

#include <cstdint>

namespace inferlab {

// elements: a multiple of 32. out: rowBytes(DType::Q8_0, elements).
void quantizeQ8_0(const float *x, int64_t elements, void *out) noexcept;

} // namespace inferlab
