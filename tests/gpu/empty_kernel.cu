#include "empty_kernel.h"

#include "kernels/cuda/launch.cuh"

namespace inferlab::test {

namespace {

__global__ void emptyKernel()
{
    cuda::beginKernel();
}

} // namespace

cudaError_t launchEmptyKernel(cudaStream_t stream, bool overlaps)
{
    cudaLaunchAttribute overlap {};
    overlap.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    overlap.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config {};
    config.gridDim = dim3 {1, 1, 1};
    config.blockDim = dim3 {32, 1, 1};
    config.stream = stream;
    config.attrs = &overlap;
    config.numAttrs = overlaps ? 1 : 0;
    return cudaLaunchKernelEx(&config, emptyKernel);
}

} // namespace inferlab::test
