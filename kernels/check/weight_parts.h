// What cases with weights share.
#pragma once

#include "guarded_memory.h"
#include "operator_check.h"

#include <cstdint>
#include <memory>
#include <string>

namespace inferlab {

// What a product may be off, over the root mean square of its output.
double matmulTolerance(DType dtype);
std::unique_ptr<Weight> loadRandom(Backend &backend, DType dtype, int64_t rows, int64_t cols);
// With a product's tolerance; its shape and work are the caller's to fill in.
OperatorCase weightCase(std::string op, DType dtype, int64_t out, int64_t in);

} // namespace inferlab
