// What the steps of a run took on the device's own clock, beside the host's, and how a step divides
// into phases there.
#pragma once

#include "engine/measure/run_record.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace inferlab {

struct DevicePhaseInfo
{
    std::string_view key;   // in files: "attention"
    std::string_view title; // on the screen
    int64_t DevicePhases::*ns;
};
// In the order of a step.
inline constexpr std::array<DevicePhaseInfo, 6> kDevicePhases {{
    {"upload", "upload", &DevicePhases::uploadNs},
    {"embed", "embedding", &DevicePhases::embedNs},
    {"attention", "attention", &DevicePhases::attentionNs},
    {"products", "products and norms", &DevicePhases::productsNs},
    {"logits", "logits", &DevicePhases::logitsNs},
    {"sampling", "sampling", &DevicePhases::samplingNs},
}};

enum class StepKind { Prefill, Decode };

// Of those steps of one kind that the device timed; means, so that parts add up.
struct DeviceTimes
{
    int64_t steps = 0;
    double hostMs = 0;   // of a step, as the engine stamps it
    double deviceMs = 0; // of it, from its first kernel to the end of its last
    int64_t replayedSteps = 0;
    int32_t launches = 0;    // kernels of a step that was replayed
    int64_t phasedSteps = 0; // that were timed by phase: launched kernel by kernel
    std::array<double, kDevicePhases.size()> phaseMs {}; // of one of these; 0 where there is none
};

// None where the device timed no step of this kind: the host's clock tells as much there.
std::optional<DeviceTimes> deviceTimes(std::span<const StepRecord> steps, StepKind kind);

} // namespace inferlab
