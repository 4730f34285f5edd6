// The matrix product with AVX-512 and VNNI. See matmul_kernels.h.
#include "matmul_kernels.h"

#include <immintrin.h>

namespace inferlab {

namespace {

#include "matmul_avx512.inl"

#include "matmul_float.inl"
#include "matmul_quantized.inl"
#include "prepare_tokens.inl"

// One panel by sixteen tokens: sixteen chains of integer sums hide each other's latency, and a
// block is unpacked once for all of them. The float sums that find no register wait in the
// first-level cache. A batch of up to sixteen reads each panel once, without a break in the stream
// from memory.
constexpr int kQuantizedTokens = 16;
constexpr int kQuantizedPanels = 1;
constexpr int kQuantizedPanelsOfOne = 1;

#include "matmul_tables.inl"

} // namespace

constinit const MatmulKernels kAvx512MatmulKernels = makeMatmulKernels();

} // namespace inferlab
