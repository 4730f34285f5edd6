#include "cuda_error.h"

#include <new>
#include <stdexcept>
#include <string>

namespace inferlab::cuda {

// Those of which the runtime's manual says that all further work fails with the same error until
// the process is started again, and those of a device that is gone or broken.
bool staysLost(cudaError_t error) noexcept
{
    switch (error) {
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorAssert:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorUnknown:
        return true;
    default:
        return false;
    }
}

bool lacksCode(cudaError_t error) noexcept
{
    switch (error) {
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorInvalidKernelImage:
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorInvalidPtx:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorJitCompilerNotFound:
    case cudaErrorJitCompilationDisabled:
        return true;
    default:
        return false;
    }
}

void check(cudaError_t error, const char *what)
{
    if (error == cudaSuccess)
        return;
    cudaGetLastError(); // what does not stick is reported once
    if (error == cudaErrorMemoryAllocation)
        throw std::bad_alloc();
    throw std::runtime_error(
        "the GPU failed in " + std::string(what) + ": " + cudaGetErrorString(error) + " ("
        + cudaGetErrorName(error) + ", " + std::to_string(static_cast<int>(error)) + ")"
        + (staysLost(error) ? "; the CPU can go on, the GPU after a new start" : ""));
}

} // namespace inferlab::cuda
