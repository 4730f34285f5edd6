// The vendor's product library by plain loops. INFERLAB_EMULATED_CUBLAS=off: it is not there;
// =broken: it is there and does not start.
#include "kernels/cuda/half_gemm.h"

#include "include/cuda_runtime.h"
#include "kernels/api/half.h"

#include <cstdlib>
#include <string_view>

namespace inferlab::cuda {

namespace {

class EmulatedGemm final : public HalfGemm
{
public:
    explicit EmulatedGemm(cudaStream_t stream)
        : m_stream(stream)
    { }
    void multiply(const uint16_t *weight, int64_t rows, const uint16_t *x, int64_t tokens,
                  int64_t cols, float *y, int64_t stride) override
    {
        emulation::enqueue(m_stream, [=] {
            for (int64_t t = 0; t < tokens; ++t) {
                for (int64_t r = 0; r < rows; ++r) {
                    float sum = 0.0f;
                    for (int64_t c = 0; c < cols; ++c)
                        sum += halfToFloat(weight[r * cols + c]) * halfToFloat(x[t * cols + c]);
                    y[t * stride + r] = sum;
                }
            }
        });
    }

private:
    cudaStream_t m_stream;
};

bool libraryIs(std::string_view state)
{
    const char *library = std::getenv("INFERLAB_EMULATED_CUBLAS");
    return library != nullptr && library == state;
}

} // namespace

std::unique_ptr<HalfGemm> openHalfGemm(cudaStream_t stream, std::string &reason)
{
    reason = libraryIs("broken") ? "the emulated library does not start"
        : libraryIs("off")       ? "the emulated library is off"
                                 : "";
    return reason.empty() ? std::make_unique<EmulatedGemm>(stream) : nullptr;
}

} // namespace inferlab::cuda
