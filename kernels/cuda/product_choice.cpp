#include "product_choice.h"

#include "matvec.h"

namespace inferlab::cuda {

ProductKernel chooseProduct(DType stored, int64_t tokens, const ProductOptions &options) noexcept
{
    if (stored == DType::F32)
        return ProductKernel::MatvecFloat; // eight tokens at a time
    if (options.batchInvariant)
        return ProductKernel::Tiles;
    if (tokens <= kMatvecTokens)
        return isFloatType(stored) ? ProductKernel::MatvecFloat : ProductKernel::MatvecInt8;
    const bool isHalf = stored == DType::F16;
    const int64_t fromTokens = isHalf ? kLibraryTokensHalf : kLibraryTokensQuantized;
    return options.library && tokens >= fromTokens ? ProductKernel::Library : ProductKernel::Tiles;
}

} // namespace inferlab::cuda
