// The one symbol of the CUDA module, and what it gives. The module and the program are built from
// the same headers with the same compiler; a module of another build says so instead of misreading
// the interface.
#pragma once

#include "kernels/api/backend.h"

#include <memory>

namespace inferlab::cuda {

struct ModuleApi
{
    // The device, or why there is none: no driver, an old driver, no device, or an error in words.
    DeviceInfo (*device)();
    // Throws std::runtime_error with that reason, std::bad_alloc.
    std::unique_ptr<Backend> (*open)();
};

// Null when `interface` is not that of the module's own build. interface: kInterfaceHash of
// interface_hash.h, made from the headers of kernels/api.
using ModuleFactory = const ModuleApi *(*)(const char *interface);
constexpr const char *kFactoryName = "inferlabCudaModule";

} // namespace inferlab::cuda
