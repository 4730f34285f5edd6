// The matrix product with AVX-512 and VNNI. See matmul_kernels.h.
#include "matmul_kernels.h"

#include <immintrin.h>

namespace inferlab {

namespace {

#include "matmul_avx512.inl"

#include "matmul_float.inl"
#include "matmul_quantized.inl"
#include "prepare_tokens.inl"

// One panel by eight tokens: eight int32 and eight float sums in registers, and a batch of up to
// eight reads each panel once, without a break in the stream from memory.
constexpr int kQuantizedTokens = 8;
constexpr int kQuantizedPanels = 1;
constexpr int kQuantizedPanelsOfOne = 1;
// Two by eight: each weight vector serves eight multiply-adds, each broadcast two. With one token
// two chains of additions: one would be barely as fast as memory.
constexpr int kFloatTokens = 8;
constexpr int kFloatPanels = 2;
constexpr int kFloatPanelsOfOne = 2;

#include "matmul_tables.inl"

} // namespace

constinit const MatmulKernels kAvx512MatmulKernels = makeMatmulKernels();

} // namespace inferlab
