#include "product_choice.h"

#include "matvec.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>

namespace inferlab::cuda {

LibraryTokens libraryTokens()
{
    LibraryTokens tokens;
    const char *text = std::getenv("INFERLAB_CUDA_LIBRARY_TOKENS");
    if (text == nullptr)
        return tokens;
    const char *end = text + std::strlen(text);
    const auto half = std::from_chars(text, end, tokens.half);
    const auto comma = half.ptr != end && *half.ptr == ',' ? half.ptr + 1 : end;
    const auto quantized = std::from_chars(comma, end, tokens.quantized);
    if (half.ec != std::errc() || quantized.ec != std::errc() || quantized.ptr != end
        || tokens.half < 1 || tokens.quantized < 1)
        throw std::runtime_error("INFERLAB_CUDA_LIBRARY_TOKENS: two numbers from 1, such as "
                                 "64,256, were expected, found \""
                                 + std::string(text) + "\"");
    return tokens;
}

ProductKernel chooseProduct(DType stored, int64_t tokens, const ProductOptions &options) noexcept
{
    if (stored == DType::F32)
        return ProductKernel::MatvecFloat; // eight tokens at a time
    if (options.batchInvariant)
        return ProductKernel::Tiles;
    if (tokens <= kMatvecTokens)
        return isFloatType(stored) ? ProductKernel::MatvecFloat : ProductKernel::MatvecInt8;
    const bool isHalf = stored == DType::F16;
    const int64_t fromTokens = isHalf ? options.from.half : options.from.quantized;
    return options.library && tokens >= fromTokens ? ProductKernel::Library : ProductKernel::Tiles;
}

} // namespace inferlab::cuda
