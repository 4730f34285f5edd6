// Any block type to float32, one row: the definition that every fast kernel is compared with.
// Source of the layouts: ggml-quants; formulas in the .cpp beside each type.
#pragma once

#include "dtype.h"

#include <cstdint>

namespace inferlab {

// src: rowBytes(type, elements) bytes, any alignment. elements: a multiple of the block.
// Each value is one float32 expression without contraction, so the result is the same on every
// machine.
void dequantizeRow(DType type, const void *src, float *dst, int64_t elements) noexcept;

} // namespace inferlab
