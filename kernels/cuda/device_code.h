// What the driver makes of this module's code on the device.
#pragma once

#include <cuda_runtime_api.h>

namespace inferlab::cuda {

// Whether the driver has code of this module for the device, or can make it: cudaSuccess, or the
// error with which every kernel would fail: of the code (lacksCode()), or of the device, which this
// starts.
cudaError_t findDeviceCode();

// Whether waitForKernelBefore() does so in the code for the device. No: it is of a target before
// 9.0.
bool codeWaits();

// Launches two kernels of which the second overlaps with the first, one by one and recorded.
cudaError_t tryOverlap(cudaStream_t stream);

} // namespace inferlab::cuda
