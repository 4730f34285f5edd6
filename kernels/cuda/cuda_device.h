// Whether there is a device, and which.
#pragma once

#include "kernels/api/backend.h"

namespace inferlab::cuda {

// Starts nothing on the device; freeBytes stays unknown.
DeviceInfo findDevice();

// What the kernels' launches go by.
struct DeviceProperties
{
    std::string name; // "NVIDIA H100 80GB HBM3, compute capability 9.0"
    size_t memoryBytes = 0;
    int multiprocessors = 0;
    size_t sharedBytes = 0; // that a block may ask for
    std::string busId;      // "0000:65:00.0"
};
// Throws std::runtime_error.
DeviceProperties deviceProperties();

} // namespace inferlab::cuda
