// What the CUDA runtime answers, as exceptions in words.
#pragma once

#include <cuda_runtime_api.h>

namespace inferlab::cuda {

// Whether nothing works on the device any more until the program is started again.
bool staysLost(cudaError_t error) noexcept;

// Whether the driver says that it can use no code of this build.
bool lacksCode(cudaError_t error) noexcept;

// Throws std::bad_alloc where the device has no memory left, else std::runtime_error with `what`,
// the error's name, and for a device that stays lost what can be done.
void check(cudaError_t error, const char *what);

} // namespace inferlab::cuda
