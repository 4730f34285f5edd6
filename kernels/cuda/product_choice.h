// Which kernel multiplies, by the number of tokens.
#pragma once

#include "kernels/api/dtype.h"

#include <cstdint>

namespace inferlab::cuda {

enum class ProductKernel {
    MatvecInt8,  // activations rounded to 8 bits
    MatvecFloat, // activations as they are
    Tiles,       // tensor cores, own kernel
    Library,     // cuBLAS on binary16
};

// From so many tokens on cuBLAS multiplies, where it is there. The own kernel reads a weight once
// per 128 tokens in its own type; for cuBLAS it is written and read once as binary16 (4 bytes a
// weight). These are computed from those bytes, not timed: packaging/gpu_check.sh prints both
// kernels' times around them on the card at hand.
constexpr int64_t kLibraryTokensQuantized = 256;
constexpr int64_t kLibraryTokensHalf = 64;

struct ProductOptions
{
    bool batchInvariant = false; // one kernel for any number of tokens
    bool library = false;        // cuBLAS is there
};

// stored: as in device memory.
ProductKernel chooseProduct(DType stored, int64_t tokens, const ProductOptions &options) noexcept;

} // namespace inferlab::cuda
