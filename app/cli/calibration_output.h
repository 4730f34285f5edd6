// A calibration for people and as JSON, and where the commands get it from.
#pragma once

#include "commands.h"

#include "app/machine/known_calibration.h"
#include "engine/base/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace inferlab::cli {

// As `devices --calibrate` says: the one on disk, or measured now and kept. What could not be read
// or kept is one line on stderr.
Calibration calibrationOf(Backend &backend, std::string_view instructionSet, bool redo,
                          const Context &context);

// The one on disk for this device and program, if any; measures nothing.
std::optional<Calibration> storedCalibrationOf(const Backend &backend);

Json calibrationJson(const Calibration &calibration);
std::string calibrationText(const Calibration &calibration);

} // namespace inferlab::cli
