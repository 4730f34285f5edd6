// A kernel that does nothing, to time what launching costs.
#pragma once

#include "kernels/cuda/launch_queue.h"

namespace inferlab::test {

cudaError_t launchEmptyKernel(cuda::LaunchQueue &queue);

} // namespace inferlab::test
