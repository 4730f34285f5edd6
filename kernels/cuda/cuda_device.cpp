#include "cuda_device.h"

#include "cuda_error.h"

#include <cuda_runtime_api.h>

#include <array>
#include <exception>

namespace inferlab::cuda {

namespace {

// 12040 -> "12.4"
std::string versionText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

// Why cudaGetDeviceCount() found nothing.
std::string reasonOf(cudaError_t error)
{
    int driver = 0;
    int runtime = 0;
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    if (driver == 0)
        return "no NVIDIA driver is installed";
    if (error == cudaErrorInsufficientDriver)
        return "the NVIDIA driver is too old: it supports CUDA " + versionText(driver)
            + ", and this build needs " + versionText(runtime);
    if (error == cudaErrorNoDevice || error == cudaSuccess)
        return "there is a driver for CUDA " + versionText(driver) + ", and no NVIDIA GPU";
    return std::string("the NVIDIA driver does not start: ") + cudaGetErrorString(error) + " ("
        + cudaGetErrorName(error) + ")";
}

} // namespace

DeviceInfo findDevice()
{
    DeviceInfo info;
    info.kind = "cuda";
    int devices = 0;
    const cudaError_t error = cudaGetDeviceCount(&devices);
    if (error != cudaSuccess || devices == 0) {
        info.reason = reasonOf(error);
        return info;
    }
    try {
        const DeviceProperties properties = deviceProperties();
        info.name = properties.name;
        info.memoryBytes = properties.memoryBytes;
        info.busId = properties.busId;
        info.available = true;
    } catch (const std::exception &failure) {
        info.reason = failure.what();
    }
    return info;
}

DeviceProperties deviceProperties()
{
    cudaDeviceProp properties;
    check(cudaGetDeviceProperties(&properties, 0), "looking at the device");
    DeviceProperties result;
    result.name = std::string(properties.name) + ", compute capability "
        + std::to_string(properties.major) + "." + std::to_string(properties.minor);
    result.memoryBytes = properties.totalGlobalMem;
    result.multiprocessors = properties.multiProcessorCount;
    result.sharedBytes = properties.sharedMemPerBlockOptin;
    std::array<char, 32> busId {};
    check(cudaDeviceGetPCIBusId(busId.data(), static_cast<int>(busId.size()), 0),
          "looking at the device");
    result.busId = busId.data();
    return result;
}

} // namespace inferlab::cuda
