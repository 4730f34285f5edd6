#include "empty_kernel.h"

namespace inferlab::test {

namespace {

__global__ void emptyKernel() { }

} // namespace

cudaError_t launchEmptyKernel(cudaStream_t stream)
{
    emptyKernel<<<1, 32, 0, stream>>>();
    return cudaGetLastError();
}

} // namespace inferlab::test
