// What an NVIDIA GPU is doing, as its driver tells: memory, load, power and clocks. By NVML, the
// driver's own library, which is loaded at run time: where it is not there, nothing is told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace inferlab {

// Of one moment. What a card does not tell is absent.
struct GpuStatus
{
    size_t memoryUsedBytes = 0; // by all programs
    size_t memoryBytes = 0;
    std::optional<int> busyPercent; // of the last period of some 20 to 200 ms
    std::optional<double> powerWatts;
    std::optional<int> coreMhz;
    std::optional<int> memoryMhz;
    std::optional<int> celsius;
    // How long its clocks were held down for heat, counted from a moment of the driver's own.
    std::optional<uint64_t> heldDownForHeatNs;
};

class GpuMonitor
{
public:
    virtual ~GpuMonitor() = default;
    virtual std::string driverVersion() const = 0; // "570.124.06"; empty: unknown
    // None when the driver does not answer any more.
    virtual std::optional<GpuStatus> read() = 0;
};

// busId: of DeviceInfo; empty takes the first GPU. Null with the reason in words.
std::unique_ptr<GpuMonitor> openGpuMonitor(const std::string &busId, std::string &reason);

} // namespace inferlab
