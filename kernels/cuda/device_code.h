// Whether the driver has code of this module for the device, or can make it.
#pragma once

#include <cuda_runtime_api.h>

namespace inferlab::cuda {

// cudaSuccess, or the error with which every kernel would fail: of the code (lacksCode()), or of
// the device, which this starts.
cudaError_t findDeviceCode();

} // namespace inferlab::cuda
