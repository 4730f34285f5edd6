// Times of one product by the number of tokens, by whichever kernel the backend chooses; one JSON
// document. INFERLAB_CUDA_LIBRARY_TOKENS moves the choice.
#include "engine/base/json.h"
#include "kernels/api/devices.h"
#include "kernels/check/operator_check.h"

#include <cstdio>
#include <exception>

using namespace inferlab;

int main()
{
    constexpr int64_t kRows = 4096;
    constexpr int64_t kCols = 4096;
    constexpr double kSeconds = 0.02;
    try {
        const std::unique_ptr<Backend> backend = openBackend("cuda", 1);
        Json list = Json::array();
        for (const DType dtype : {DType::F16, DType::BF16, DType::Q8_0, DType::Q4_0, DType::Q4_K}) {
            for (const int64_t tokens : {9, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024}) {
                const OperatorCase product = matmulCase(dtype, tokens, kRows, kCols, false);
                list.push_back({{"type", dtypeInfo(dtype).name},
                                {"tokens", tokens},
                                {"seconds", timeOperator(product, *backend, kSeconds)}});
            }
        }
        std::printf("%s\n", jsonText(list, 1).c_str());
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "product_times: %s\n", error.what());
        return 1;
    }
}
