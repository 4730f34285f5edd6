#include "empty_kernel.h"

#include "kernels/cuda/launch.cuh"

namespace inferlab::test {

namespace {

__global__ void emptyKernel()
{
    cuda::beginKernel();
}

} // namespace

cudaError_t launchEmptyKernel(cuda::LaunchQueue &queue)
{
    cuda::Grid grid;
    grid.blocks = 1;
    grid.threads = cuda::kWarpLanes;
    return cuda::tryLaunch(emptyKernel, grid, queue);
}

} // namespace inferlab::test
