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
// weight). These are computed from those bytes, not timed: packaging/gpu_check.sh times both
// kernels around them on the card at hand, and says what to set INFERLAB_CUDA_LIBRARY_TOKENS to
// where others are better there.
struct LibraryTokens
{
    int64_t half = 64;       // F16: cuBLAS reads the weight as it lies
    int64_t quantized = 256; // and BF16
};
// Of "64,256" in INFERLAB_CUDA_LIBRARY_TOKENS; the above where that is not set. Throws
// std::runtime_error for anything else than two whole numbers from 1.
LibraryTokens libraryTokens();

struct ProductOptions
{
    bool batchInvariant = false; // one kernel for any number of tokens
    bool library = false;        // cuBLAS is there
    LibraryTokens from;
};

// stored: as in device memory.
ProductKernel chooseProduct(DType stored, int64_t tokens, const ProductOptions &options) noexcept;

} // namespace inferlab::cuda
