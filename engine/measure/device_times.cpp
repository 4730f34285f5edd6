#include "engine/measure/device_times.h"

#include <algorithm>

namespace inferlab {

std::optional<DeviceTimes> deviceTimes(std::span<const StepRecord> steps, StepKind kind)
{
    constexpr double kMsPerNs = 1e-6;
    DeviceTimes times;
    int64_t hostNs = 0;
    int64_t deviceNs = 0;
    DevicePhases phases;
    for (const StepRecord &step : steps) {
        if (step.deviceNs == 0 || step.isPrefill() != (kind == StepKind::Prefill))
            continue;
        ++times.steps;
        hostNs += step.endNs - step.startNs;
        deviceNs += step.deviceNs;
        times.replayedSteps += step.replayed ? 1 : 0;
        times.launches = std::max(times.launches, step.launches);
        if (step.devicePhases) {
            ++times.phasedSteps;
            phases += *step.devicePhases;
        }
    }
    if (times.steps == 0)
        return std::nullopt;
    const auto meanMs = [](int64_t ns, int64_t count) {
        return kMsPerNs * static_cast<double>(ns)
            / static_cast<double>(std::max<int64_t>(count, 1));
    };
    times.hostMs = meanMs(hostNs, times.steps);
    times.deviceMs = meanMs(deviceNs, times.steps);
    for (size_t i = 0; i < kDevicePhases.size(); ++i)
        times.phaseMs[i] = meanMs(phases.*kDevicePhases[i].ns, times.phasedSteps);
    return times;
}

} // namespace inferlab
