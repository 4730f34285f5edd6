#include "cuda_device.h"

#include "code_targets.h"
#include "cuda_error.h"

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

std::string capabilityText(int major, int minor)
{
    return std::to_string(major) + "." + std::to_string(minor);
}

// Empty where there is code for the device.
std::string reasonOf(const DeviceProperties &properties)
{
    constexpr int kLeastMajor = 7; // 7.5: older cards lack operations that the kernels use
    constexpr int kLeastMinor = 5;
    const int major = properties.major;
    const int minor = properties.minor;
    if (hasCodeFor(INFERLAB_CUDA_TARGETS, major, minor))
        return {};
    std::string reason =
        properties.name + ": this build has code for " + targetsText(INFERLAB_CUDA_TARGETS);
    if (major > kLeastMajor || (major == kLeastMajor && minor >= kLeastMinor))
        return reason + "; one with -DINFERLAB_CUDA_ARCHITECTURES=" + std::to_string(major)
            + std::to_string(minor) + " would run on it";
    return reason + ", and the kernels need " + capabilityText(kLeastMajor, kLeastMinor);
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
        info.reason = reasonOf(properties);
        info.available = info.reason.empty();
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
        + capabilityText(properties.major, properties.minor);
    result.major = properties.major;
    result.minor = properties.minor;
    result.memoryBytes = properties.totalGlobalMem;
    result.multiprocessors = properties.multiProcessorCount;
    result.sharedBytes = properties.sharedMemPerBlockOptin;
    std::array<char, 32> busId {};
    check(cudaDeviceGetPCIBusId(busId.data(), static_cast<int>(busId.size()), 0),
          "looking at the device");
    result.busId = busId.data();
    return result;
}

std::string libraryNote(const std::string &reason)
{
    return reason.empty() ? reason : "own kernels multiply alone, without cuBLAS: " + reason;
}

std::string noCodeReason(const std::string &name, cudaError_t error)
{
    return name + ": the driver has no use for this build's code, which is for "
        + targetsText(INFERLAB_CUDA_TARGETS) + ": " + cudaGetErrorString(error) + " ("
        + cudaGetErrorName(error) + ")";
}

} // namespace inferlab::cuda
