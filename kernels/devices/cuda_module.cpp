#include "cuda_module.h"

#include "interface_hash.h"
#include "kernels/cuda/module_interface.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>
#include <system_error>

namespace inferlab {

namespace {

// Null with the reason.
const cuda::ModuleApi *loadModule(std::string &reason)
{
    const std::filesystem::path path = cudaModulePath();
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        reason = "this build has no CUDA module (" + path.filename().string()
            + " beside the program): it is built where the CUDA toolkit is installed";
        return nullptr;
    }
    // Never unloaded: backends and their errors may outlive any handle.
    void *module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (module == nullptr) {
        const char *text = dlerror();
        reason = "the CUDA module cannot be loaded: "
            + std::string(text != nullptr ? text : path.string());
        return nullptr;
    }
    const auto factory = reinterpret_cast<cuda::ModuleFactory>(dlsym(module, cuda::kFactoryName));
    const cuda::ModuleApi *api = factory != nullptr ? factory(cuda::kInterfaceHash) : nullptr;
    if (api == nullptr)
        reason = "the CUDA module is of another build: " + path.string();
    return api;
}

} // namespace

std::filesystem::path cudaModulePath()
{
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    return program.parent_path() / "inferlab-cuda.so";
}

DeviceInfo findCudaDevice()
{
    DeviceInfo info;
    info.kind = "cuda";
    if (const cuda::ModuleApi *api = loadModule(info.reason))
        info = api->device();
    return info;
}

std::unique_ptr<Backend> openCudaBackend()
{
    std::string reason;
    const cuda::ModuleApi *api = loadModule(reason);
    if (api != nullptr) {
        const DeviceInfo info = api->device();
        if (info.available)
            return api->open();
        reason = info.reason;
    }
    throw std::runtime_error("device cuda is not available: " + reason);
}

} // namespace inferlab
