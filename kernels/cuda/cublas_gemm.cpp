#include "half_gemm.h"

#include "device_buffer.h"

#include <cublas_v2.h>
#include <dlfcn.h>

#include <stdexcept>

namespace inferlab::cuda {

namespace {

// Taken once, so that cuBLAS takes nothing while a step is recorded. Its manual asks for 32 MiB on
// Hopper and 4 MiB before.
constexpr size_t kWorkspaceBytes = size_t {32} << 20;

// The functions of the library that belongs to the toolkit this was built with.
struct Functions
{
    decltype(&cublasCreate_v2) create = nullptr;
    decltype(&cublasDestroy_v2) destroy = nullptr;
    decltype(&cublasSetStream_v2) setStream = nullptr;
    decltype(&cublasSetWorkspace_v2) setWorkspace = nullptr;
    // Spelled out, since the header overloads it.
    cublasStatus_t (*gemmEx)(cublasHandle_t, cublasOperation_t, cublasOperation_t, int rows,
                             int tokens, int cols, const void *alpha, const void *a,
                             cudaDataType typeOfA, int strideOfA, const void *b,
                             cudaDataType typeOfB, int strideOfB, const void *beta, void *c,
                             cudaDataType typeOfC, int strideOfC, cublasComputeType_t,
                             cublasGemmAlgo_t) = nullptr;
};

template <typename Function>
bool find(void *library, const char *name, Function &function)
{
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
}

void require(cublasStatus_t status, const char *what)
{
    if (status == CUBLAS_STATUS_ALLOC_FAILED)
        throw std::bad_alloc();
    if (status != CUBLAS_STATUS_SUCCESS)
        throw std::runtime_error("cuBLAS failed in " + std::string(what) + " (status "
                                 + std::to_string(static_cast<int>(status)) + ")");
}

class CublasGemm final : public HalfGemm
{
public:
    CublasGemm(const Functions &functions, cudaStream_t stream)
        : m_functions(functions)
        , m_workspace(kWorkspaceBytes)
    {
        require(m_functions.create(&m_handle), "starting");
        require(m_functions.setStream(m_handle, stream), "starting");
        require(m_functions.setWorkspace(m_handle, m_workspace.data(), m_workspace.bytes()),
                "starting");
    }
    ~CublasGemm() override { m_functions.destroy(m_handle); }
    CublasGemm(const CublasGemm &) = delete;
    CublasGemm &operator=(const CublasGemm &) = delete;

    // In cuBLAS's columns: y [rows, tokens] = weight^T [rows, cols] x [cols, tokens].
    void multiply(const uint16_t *weight, int64_t rows, const uint16_t *x, int64_t tokens,
                  int64_t cols, float *y, int64_t stride) override
    {
        const float one = 1.0f;
        const float zero = 0.0f;
        require(m_functions.gemmEx(
                    m_handle, CUBLAS_OP_T, CUBLAS_OP_N, static_cast<int>(rows),
                    static_cast<int>(tokens), static_cast<int>(cols), &one, weight, CUDA_R_16F,
                    static_cast<int>(cols), x, CUDA_R_16F, static_cast<int>(cols), &zero, y,
                    CUDA_R_32F, static_cast<int>(stride), CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
                "a product");
    }

private:
    Functions m_functions;
    DeviceBuffer m_workspace;
    cublasHandle_t m_handle = nullptr;
};

} // namespace

std::unique_ptr<HalfGemm> openHalfGemm(cudaStream_t stream, std::string &reason)
{
    const std::string name = "libcublas.so." + std::to_string(CUBLAS_VER_MAJOR);
    // Stays loaded: the handles of several devices share it.
    void *library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        const char *error = dlerror();
        reason = error != nullptr ? error : name + " was not found";
        return nullptr;
    }
    Functions functions;
    if (!find(library, "cublasCreate_v2", functions.create)
        || !find(library, "cublasDestroy_v2", functions.destroy)
        || !find(library, "cublasSetStream_v2", functions.setStream)
        || !find(library, "cublasSetWorkspace_v2", functions.setWorkspace)
        || !find(library, "cublasGemmEx", functions.gemmEx)) {
        reason = name + " lacks functions that were expected";
        return nullptr;
    }
    return std::make_unique<CublasGemm>(functions, stream);
}

} // namespace inferlab::cuda
