// The CUDA backend: one device, one stream. Operators are queued and return at once; download()
// waits. Every sum has one order, so a run repeats itself bit for bit.
#pragma once

#include "kernels/api/backend.h"

#include <memory>

namespace inferlab::cuda {

// Throws std::runtime_error when there is no device, std::bad_alloc when it has no memory.
std::unique_ptr<Backend> makeCudaBackend();

} // namespace inferlab::cuda
