// What steps took on the device's own clock, as JSON and as lines for people.
#pragma once

#include "engine/base/json.h"
#include "engine/measure/device_times.h"

#include <span>
#include <string>

namespace inferlab::cli {

// {"prefill": .., "decode": ..}: each {"steps", "host_step_ms", "device_step_ms",
// "replayed_steps", "launches", "phased_steps", "phase_ms": {"upload", ..} or null}, or null where
// the device timed none.
Json deviceTimesJson(std::span<const StepRecord> steps);

// "decode step: 1.31 ms, of which 1.2 ms on the device; 97 of 100 replayed as graphs of 412
// kernels", and a line with its phases; each begins with `indent`. Empty where the device timed
// nothing.
std::string deviceTimesText(std::span<const StepRecord> steps, const std::string &indent);

} // namespace inferlab::cli
