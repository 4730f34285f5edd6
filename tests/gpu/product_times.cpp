// Times of one product by the number of tokens, and the kernel that the module would choose for it,
// by its own function; one JSON document. INFERLAB_CUDA_LIBRARY_TOKENS moves the choice.
#include "engine/base/json.h"
#include "kernels/api/devices.h"
#include "kernels/check/operator_check.h"
#include "kernels/cuda/product_choice.h"

#include <cstdio>
#include <exception>

using namespace inferlab;

namespace {

const char *kernelName(cuda::ProductKernel kernel)
{
    switch (kernel) {
    case cuda::ProductKernel::MatvecInt8:
        return "matvec_int8";
    case cuda::ProductKernel::MatvecFloat:
        return "matvec_float";
    case cuda::ProductKernel::Tiles:
        return "tiles";
    case cuda::ProductKernel::Library:
        return "library";
    }
    return "";
}

} // namespace

int main()
{
    constexpr int64_t kRows = 4096;
    constexpr int64_t kCols = 4096;
    constexpr double kSeconds = 0.02;
    try {
        const std::unique_ptr<Backend> backend = openBackend("cuda", 1);
        // Computed here by the function that the module chooses with: nobody asked the module.
        cuda::ProductOptions options;
        const std::string note = backend->device().note;
        options.library = note.empty();
        options.from = cuda::libraryTokens();
        Json list = Json::array();
        for (const DType dtype : {DType::F16, DType::BF16, DType::Q8_0, DType::Q4_0, DType::Q4_K}) {
            for (const int64_t tokens : {9, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024}) {
                const OperatorCase product = matmulCase(dtype, tokens, kRows, kCols, false);
                list.push_back({{"type", dtypeInfo(dtype).name},
                                {"tokens", tokens},
                                {"kernel", kernelName(chooseProduct(dtype, tokens, options))},
                                {"seconds", timeOperator(product, *backend, kSeconds)}});
            }
        }
        std::printf("%s\n", jsonText({{"note", note}, {"times", list}}, 1).c_str());
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "product_times: %s\n", error.what());
        return 1;
    }
}
