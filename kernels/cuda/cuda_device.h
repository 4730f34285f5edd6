// Whether there is a device that this build has code for, and which.
#pragma once

#include "kernels/api/backend.h"

#include <cuda_runtime_api.h>

namespace inferlab::cuda {

// Starts nothing on the device; freeBytes and the note stay unknown.
DeviceInfo findDevice();

// What the kernels' launches go by.
struct DeviceProperties
{
    std::string name; // "NVIDIA H100 80GB HBM3, compute capability 9.0"
    size_t memoryBytes = 0;
    int multiprocessors = 0;
    size_t sharedBytes = 0;   // that a block may ask for
    int major = 0, minor = 0; // compute capability
    std::string busId;        // "0000:65:00.0"
};
// Throws std::runtime_error.
DeviceProperties deviceProperties();

// What DeviceInfo::note says of openHalfGemm()'s reason; empty where that is.
std::string libraryNote(const std::string &reason);

// For a device that should run this module and for which the driver has no code of it.
std::string noCodeReason(const std::string &name, cudaError_t error);

} // namespace inferlab::cuda
