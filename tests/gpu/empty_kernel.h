// A kernel that does nothing, to time what launching costs.
#pragma once

#include <cuda_runtime_api.h>

namespace inferlab::test {

cudaError_t launchEmptyKernel(cudaStream_t stream);

} // namespace inferlab::test
