// The module's one symbol.
#include "cuda_backend.h"
#include "cuda_device.h"
#include "interface_hash.h"
#include "module_interface.h"

#include <cstring>

using namespace inferlab;

// NOLINTNEXTLINE(misc-use-internal-linkage): found by dlsym().
extern "C" __attribute__((visibility("default"))) const cuda::ModuleApi *
inferlabCudaModule(const char *interface)
{
    static constexpr cuda::ModuleApi kApi {&cuda::findDevice, &cuda::makeCudaBackend};
    return std::strcmp(interface, cuda::kInterfaceHash) == 0 ? &kApi : nullptr;
}
