// Measures what a device reaches: the program's own kernels at sizes where one thing limits them,
// and reading of memory.
#pragma once

#include "app/machine/calibration.h"
#include "kernels/api/backend.h"

#include <string>
#include <string_view>

namespace inferlab {

// Takes less than 2 s on a quiet machine. instructionSet: as openBackend() was told; program and
// date are filled in. Throws Cancelled when `stop` says so.
Calibration calibrate(Backend &backend, std::string_view instructionSet, const std::string &program,
                      const StopCheck &stop = {});

} // namespace inferlab
