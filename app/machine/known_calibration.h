// The calibration of a device: the one on disk where there is an undisturbed one for this hardware
// and program, else measured now and kept.
#pragma once

#include "app/machine/calibrate.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

// Of this hardware and program, from the file; measures nothing. A file that cannot be used gives
// none, and one line in `warning`.
std::optional<Calibration> storedCalibration(std::string_view hardware, const std::string &program,
                                             const std::filesystem::path &path,
                                             std::string &warning);
std::optional<Calibration> storedCalibration(const Backend &backend, const std::string &program,
                                             const std::filesystem::path &path,
                                             std::string &warning);

// Whether the same bits in every batch are known to cost little on each of these GPUs, none of
// which is open: by their names, as DeviceInfo has them. False without one, or without a file that
// can be used.
bool usualBatchInvariant(const std::vector<std::string> &gpus, const std::string &program,
                         const std::filesystem::path &path);

struct KnownCalibration
{
    Calibration calibration;
    bool measuredNow = false;
    std::string warning; // one line: why it could not be read or kept; it holds for now
};

// One that was measured beside other work is measured again, and kept where the new one is worse.
// redo: measure in any case. path: calibrationPath(); empty: nothing is kept. Throws Cancelled.
KnownCalibration knownCalibration(Backend &backend, std::string_view instructionSet,
                                  const std::string &program, const std::filesystem::path &path,
                                  bool redo = false, const StopCheck &stop = {});

} // namespace inferlab
