// A kernel that does nothing, to time what launching costs.
#pragma once

#include <cuda_runtime_api.h>

namespace inferlab::test {

// overlaps: with the kernel before, as this program's kernels do from compute capability 9.0 on.
cudaError_t launchEmptyKernel(cudaStream_t stream, bool overlaps);

} // namespace inferlab::test
