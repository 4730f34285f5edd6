#include "nvml_functions.h"

#include <dlfcn.h>

#include <type_traits>

namespace inferlab {

bool NvmlFunctions::find(std::string &reason)
{
    constexpr const char *kLibrary = "libnvidia-ml.so.1";
    // Stays loaded: what it hands out may outlive any handle.
    void *library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        reason = std::string(kLibrary) + ", a part of the NVIDIA driver, was not found";
        return false;
    }
    bool complete = true;
    const auto take = [&](auto &function, const char *name) {
        function =
            reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
        if (function == nullptr && complete) {
            complete = false;
            reason = std::string(kLibrary) + " lacks " + name;
        }
    };
    take(init, "nvmlInit_v2");
    take(shutdown, "nvmlShutdown");
    take(deviceByBusId, "nvmlDeviceGetHandleByPciBusId_v2");
    take(deviceByIndex, "nvmlDeviceGetHandleByIndex_v2");
    take(memory, "nvmlDeviceGetMemoryInfo");
    take(utilization, "nvmlDeviceGetUtilizationRates");
    take(powerMilliwatts, "nvmlDeviceGetPowerUsage");
    take(clockMhz, "nvmlDeviceGetClockInfo");
    take(temperature, "nvmlDeviceGetTemperature");
    take(driverVersion, "nvmlSystemGetDriverVersion");
    take(errorText, "nvmlErrorString");
    // Not of all that is shown: a library without it tells the rest.
    violation =
        reinterpret_cast<decltype(violation)>(dlsym(library, "nvmlDeviceGetViolationStatus"));
    return complete;
}

} // namespace inferlab
