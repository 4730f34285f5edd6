// Where calibrations are kept: one JSON file in the user's data folder, an entry for each device
// and number of threads.
#pragma once

#include "app/machine/calibration.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

// In the user's data folder. Empty where there is none.
std::filesystem::path calibrationPath();

// {"format": "inferlab-calibration", "version": 2, "calibrations": [{"hardware", "date", "program",
// "read_gb_s", "int8_gop_s", "bf16_gflop_s", "f32_gflop_s", ..}]}
std::string calibrationsToJson(const std::vector<Calibration> &calibrations);
// None of a file of an earlier version, whose machines are to be measured anew. Throws InputError:
// not JSON, another format, a later version, a key that is missing, a limit that is not positive.
std::vector<Calibration> calibrationsFromJson(std::string_view json, const std::string &source);

// Those of the file; none where there is no file. Throws InputError where it cannot be used.
std::vector<Calibration> readCalibrations(const std::filesystem::path &path);

const Calibration *findCalibration(const std::vector<Calibration> &calibrations,
                                   std::string_view hardware) noexcept;

// Adds it to the file, in the place of an earlier one of the same hardware. A file that cannot be
// used is kept aside under the name calibration.json.damaged. Throws InputError or
// std::runtime_error with the path where it cannot be written.
void saveCalibration(const std::filesystem::path &path, const Calibration &calibration);

} // namespace inferlab
