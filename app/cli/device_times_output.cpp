#include "device_times_output.h"

#include "engine/base/number_text.h"

namespace inferlab::cli {

namespace {

constexpr int kDigits = 3;

Json timesJson(const std::optional<DeviceTimes> &times)
{
    if (!times)
        return nullptr;
    Json phases = nullptr;
    if (times->phasedSteps > 0) {
        phases = Json::object();
        for (size_t i = 0; i < kDevicePhases.size(); ++i)
            phases[std::string(kDevicePhases[i].key)] = times->phaseMs[i];
    }
    return {{"steps", times->steps},
            {"host_step_ms", times->hostMs},
            {"device_step_ms", times->deviceMs},
            {"replayed_steps", times->replayedSteps},
            {"launches", times->launches},
            {"phased_steps", times->phasedSteps},
            {"phase_ms", phases}};
}

std::string counted(int64_t n)
{
    return groupedText(static_cast<uint64_t>(n));
}

std::string ms(double value)
{
    return shortText(value, kDigits) + " ms";
}

std::string timesText(const char *kind, const DeviceTimes &times, const std::string &indent)
{
    std::string text = indent + kind + " step: " + ms(times.hostMs) + ", of which "
        + ms(times.deviceMs) + " on the device";
    if (times.replayedSteps > 0)
        text += "; " + counted(times.replayedSteps) + " of " + counted(times.steps)
            + " replayed as graphs of " + counted(times.launches) + " kernels";
    text += '\n';
    if (times.phasedSteps == 0)
        return text;
    text += indent + "  by phase:";
    for (size_t i = 0; i < kDevicePhases.size(); ++i)
        text +=
            (i > 0 ? ", " : " ") + std::string(kDevicePhases[i].title) + " " + ms(times.phaseMs[i]);
    return text + " (mean of " + counted(times.phasedSteps)
        + (times.phasedSteps == 1 ? " step" : " steps") + " launched kernel by kernel)\n";
}

} // namespace

Json deviceTimesJson(std::span<const StepRecord> steps)
{
    return {{"prefill", timesJson(deviceTimes(steps, StepKind::Prefill))},
            {"decode", timesJson(deviceTimes(steps, StepKind::Decode))}};
}

std::string deviceTimesText(std::span<const StepRecord> steps, const std::string &indent)
{
    std::string text;
    if (const auto prefill = deviceTimes(steps, StepKind::Prefill))
        text += timesText("prefill", *prefill, indent);
    if (const auto decode = deviceTimes(steps, StepKind::Decode))
        text += timesText("decode", *decode, indent);
    return text;
}

} // namespace inferlab::cli
