#include "kernels/api/gpu_monitor.h"

#include "nvml_functions.h"

#include <array>

namespace inferlab {

namespace {

class NvmlMonitor final : public GpuMonitor
{
public:
    // The library is initialised, and is shut down with the object.
    NvmlMonitor(const NvmlFunctions &nvml, NvmlFunctions::Device device)
        : m_nvml(nvml)
        , m_device(device)
    { }
    ~NvmlMonitor() override { m_nvml.shutdown(); }
    NvmlMonitor(const NvmlMonitor &) = delete;
    NvmlMonitor &operator=(const NvmlMonitor &) = delete;

    std::string driverVersion() const override
    {
        std::array<char, 96> text {};
        if (m_nvml.driverVersion(text.data(), text.size()) != NvmlFunctions::kSuccess)
            return {};
        return text.data();
    }

    std::optional<GpuStatus> read() override
    {
        NvmlFunctions::Memory memory {};
        if (m_nvml.memory(m_device, &memory) != NvmlFunctions::kSuccess)
            return std::nullopt;
        GpuStatus status;
        status.memoryBytes = memory.total;
        status.memoryUsedBytes = memory.used;
        NvmlFunctions::Utilization load {};
        if (m_nvml.utilization(m_device, &load) == NvmlFunctions::kSuccess)
            status.busyPercent = static_cast<int>(load.gpu);
        unsigned value = 0;
        if (m_nvml.powerMilliwatts(m_device, &value) == NvmlFunctions::kSuccess)
            status.powerWatts = value / 1000.0;
        if (m_nvml.clockMhz(m_device, NvmlFunctions::kCoreClock, &value) == NvmlFunctions::kSuccess)
            status.coreMhz = static_cast<int>(value);
        if (m_nvml.clockMhz(m_device, NvmlFunctions::kMemoryClock, &value)
            == NvmlFunctions::kSuccess)
            status.memoryMhz = static_cast<int>(value);
        if (m_nvml.temperature(m_device, NvmlFunctions::kCoreSensor, &value)
            == NvmlFunctions::kSuccess)
            status.celsius = static_cast<int>(value);
        NvmlFunctions::ViolationTime heat {};
        if (m_nvml.violation != nullptr
            && m_nvml.violation(m_device, NvmlFunctions::kHeatPolicy, &heat)
                == NvmlFunctions::kSuccess)
            status.heldDownForHeatNs = heat.violation;
        return status;
    }

private:
    NvmlFunctions m_nvml;
    NvmlFunctions::Device m_device;
};

} // namespace

std::unique_ptr<GpuMonitor> openGpuMonitor(const std::string &busId, std::string &reason)
{
    NvmlFunctions nvml;
    if (!nvml.find(reason))
        return nullptr;
    int result = nvml.init();
    if (result != NvmlFunctions::kSuccess) {
        reason = std::string("the NVIDIA driver tells nothing: ") + nvml.errorText(result);
        return nullptr;
    }
    NvmlFunctions::Device device = nullptr;
    result =
        busId.empty() ? nvml.deviceByIndex(0, &device) : nvml.deviceByBusId(busId.c_str(), &device);
    if (result != NvmlFunctions::kSuccess) {
        reason =
            std::string("the NVIDIA driver does not tell of this GPU: ") + nvml.errorText(result);
        nvml.shutdown();
        return nullptr;
    }
    return std::make_unique<NvmlMonitor>(nvml, device);
}

} // namespace inferlab
