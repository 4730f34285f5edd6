// Any block type to float32, one row: the definition that every fast kernel is compared with.
// Source of the formulas: ggml-quants (see README, "Formats").
#pragma once

#include "dtype.h"

#include <cstdint>

namespace inferlab {

// src: rowBytes(type, elements) bytes, any alignment. elements: a multiple of the block.
void dequantizeRow(DType type, const void *src, float *dst, int64_t elements) noexcept;

} // namespace inferlab
