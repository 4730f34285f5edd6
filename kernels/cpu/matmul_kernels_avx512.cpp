// The matrix product with AVX-512 and VNNI. See matmul_kernels.h.
#include "matmul_kernels.h"

#include <immintrin.h>

namespace inferlab {

namespace {

#include "matmul_avx512.inl"

#include "matmul_float.inl"
#include "matmul_quantized.inl"
#include "prepare_tokens.inl"

#include "matmul_tables.inl"

} // namespace

constinit const MatmulKernels kAvx512MatmulKernels = makeMatmulKernels();

} // namespace inferlab
