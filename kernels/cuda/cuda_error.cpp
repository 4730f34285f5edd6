#include "cuda_error.h"

#include <new>
#include <stdexcept>
#include <string>

namespace inferlab::cuda {

void check(cudaError_t error, const char *what)
{
    if (error == cudaSuccess)
        return;
    if (error == cudaErrorMemoryAllocation) {
        cudaGetLastError(); // it is reported once and does not stick
        throw std::bad_alloc();
    }
    throw std::runtime_error("the GPU failed in " + std::string(what) + ": "
                             + cudaGetErrorString(error) + " (" + cudaGetErrorName(error) + ", "
                             + std::to_string(static_cast<int>(error))
                             + "); the CPU can go on, the GPU after a new start");
}

} // namespace inferlab::cuda
