// How long each preset takes here, from costs alone.
#pragma once

#include "app/experiment/experiment_choice.h"

#include <atomic>
#include <filesystem>
#include <optional>
#include <vector>

namespace inferlab {

// In seconds, one for each of experimentPresets(), on the model, device and threads of the choice;
// none where the cost model cannot say, or where a preset also runs on another device, which would
// have to be opened to be asked. calibrations: calibrationPath(). Throws Cancelled soon after *stop
// became true.
std::vector<std::optional<double>> predictedPresetSeconds(const ExperimentChoice &choice,
                                                          const std::filesystem::path &calibrations,
                                                          const std::atomic<bool> *stop = nullptr);

} // namespace inferlab
