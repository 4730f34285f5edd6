#include "half_gemm.h"

#include "cuda_error.h"
#include "device_buffer.h"

#include <cublas_v2.h>
#include <dlfcn.h>

#include <memory>
#include <new>
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
    decltype(&cublasGetStatusName) statusName = nullptr;
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

// The library's functions; some are null and `reason` says why where it cannot be used.
Functions findFunctions(std::string &reason)
{
    Functions functions;
    const std::string name = "libcublas.so." + std::to_string(CUBLAS_VER_MAJOR);
    // Stays loaded: the handles of several devices share it.
    void *library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        const char *error = dlerror();
        reason = error != nullptr ? error : name + " was not found";
    } else if (!find(library, "cublasCreate_v2", functions.create)
               || !find(library, "cublasDestroy_v2", functions.destroy)
               || !find(library, "cublasSetStream_v2", functions.setStream)
               || !find(library, "cublasSetWorkspace_v2", functions.setWorkspace)
               || !find(library, "cublasGetStatusName", functions.statusName)
               || !find(library, "cublasGemmEx", functions.gemmEx)) {
        reason = name + " lacks functions that were expected";
    }
    return functions;
}

// The library says of a device that is lost only that it failed: the stream says what to do.
void throwIfLost(cudaStream_t stream, const char *what)
{
    const cudaError_t error = cudaStreamQuery(stream);
    cudaGetLastError(); // work that is still under way would be reported next
    if (staysLost(error))
        check(error, what);
}

void require(const Functions &functions, cudaStream_t stream, cublasStatus_t status,
             const char *what)
{
    if (status == CUBLAS_STATUS_SUCCESS)
        return;
    throwIfLost(stream, what);
    if (status == CUBLAS_STATUS_ALLOC_FAILED)
        throw std::bad_alloc();
    throw std::runtime_error("cuBLAS failed in " + std::string(what) + ": "
                             + functions.statusName(status) + " ("
                             + std::to_string(static_cast<int>(status)) + ")");
}

struct DestroyHandle
{
    decltype(&cublasDestroy_v2) destroy = nullptr;
    void operator()(cublasHandle_t handle) const noexcept { destroy(handle); }
};
using Handle = std::unique_ptr<cublasContext, DestroyHandle>;

Handle makeHandle(const Functions &functions, cudaStream_t stream)
{
    cublasHandle_t handle = nullptr;
    require(functions, stream, functions.create(&handle), "starting");
    return Handle(handle, {functions.destroy});
}

class CublasGemm final : public HalfGemm
{
public:
    CublasGemm(const Functions &functions, cudaStream_t stream)
        : m_functions(functions)
        , m_stream(stream)
        , m_workspace(kWorkspaceBytes)
        , m_handle(makeHandle(functions, stream))
    {
        require(functions, stream, functions.setStream(m_handle.get(), stream), "starting");
        require(functions, stream,
                functions.setWorkspace(m_handle.get(), m_workspace.data(), m_workspace.bytes()),
                "starting");
    }

    // In cuBLAS's columns: y [rows, tokens] = weight^T [rows, cols] x [cols, tokens].
    void multiply(const uint16_t *weight, int64_t rows, const uint16_t *x, int64_t tokens,
                  int64_t cols, float *y, int64_t stride) override
    {
        const float one = 1.0f;
        const float zero = 0.0f;
        require(m_functions, m_stream,
                m_functions.gemmEx(
                    m_handle.get(), CUBLAS_OP_T, CUBLAS_OP_N, static_cast<int>(rows),
                    static_cast<int>(tokens), static_cast<int>(cols), &one, weight, CUDA_R_16F,
                    static_cast<int>(cols), x, CUDA_R_16F, static_cast<int>(cols), &zero, y,
                    CUDA_R_32F, static_cast<int>(stride), CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
                "a product");
    }

private:
    Functions m_functions;
    cudaStream_t m_stream;
    DeviceBuffer m_workspace;
    Handle m_handle; // destroyed before the workspace that it uses
};

} // namespace

std::unique_ptr<HalfGemm> openHalfGemm(cudaStream_t stream, std::string &reason)
{
    const Functions functions = findFunctions(reason);
    if (!reason.empty())
        return nullptr;
    try {
        return std::make_unique<CublasGemm>(functions, stream);
    } catch (const std::bad_alloc &) {
        reason = "the device has no memory for it";
    } catch (const std::runtime_error &error) {
        reason = error.what();
    }
    return nullptr;
}

} // namespace inferlab::cuda
