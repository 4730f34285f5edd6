// Finding and loading the CUDA module, which lies beside the program.
#pragma once

#include "kernels/api/backend.h"

#include <filesystem>
#include <memory>

namespace inferlab {

// The file that is looked for: inferlab-cuda.so in the folder of the program.
std::filesystem::path cudaModulePath();

// The device, or the reason in words: there is no module, it cannot be loaded, it is of another
// build, there is no driver, the driver is too old, there is no device.
DeviceInfo findCudaDevice();

// Throws std::runtime_error with that reason.
std::unique_ptr<Backend> openCudaBackend();

} // namespace inferlab
