// Kernels that begin while the one before them ends: programmatic dependent launches, of compute
// capability 9.0 on. The blocks of a step's next kernel take their places, and fetch weights, while
// the one before still computes, and wait there until it has ended (waitForKernelBefore() of
// launch.cuh, first in every kernel). What is saved is most of what starting a kernel costs.
#pragma once

#include <cuda_runtime_api.h>

#include <string>

namespace inferlab::cuda {

struct LaunchOverlap
{
    bool works = false;
    std::string note; // why not where it should; empty elsewhere
};
// computeMajor: of the device's compute capability. Tries it, recorded as well.
// INFERLAB_CUDA_OVERLAP=off: it is not used. Throws std::runtime_error for other values than on and
// off.
LaunchOverlap findLaunchOverlap(int computeMajor, cudaStream_t stream);

} // namespace inferlab::cuda
