// Device memory where the device is the CPU.
#pragma once

#include "kernels/api/backend.h"

#include <memory>

namespace inferlab {

// Zeroed, aligned to 64 bytes. Large buffers take their pages when they are first touched.
// Throws std::bad_alloc.
std::unique_ptr<Buffer> allocateHostMemory(size_t bytes);

} // namespace inferlab
