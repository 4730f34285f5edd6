// What the CUDA runtime answers, as exceptions in words.
#pragma once

#include <cuda_runtime_api.h>

namespace inferlab::cuda {

// Throws std::bad_alloc where the device has no memory left, else std::runtime_error with `what`,
// the error's name, and what can be done: after the loss of a device nothing works on it any more
// until the program is started again.
void check(cudaError_t error, const char *what);

} // namespace inferlab::cuda
