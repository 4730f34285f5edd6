// The compute capabilities that a build of the module has code for, and which devices that serves.
#pragma once

#include <string>
#include <string_view>

namespace inferlab::cuda {

// targets: as CMake names them, "80-real 90". Machine code ("-real", or no ending) runs on devices
// of the same major number from that capability on; PTX ("-virtual", or no ending) on every device
// from it on, which the driver translates (CUDA C++ Programming Guide, "Application
// Compatibility").
bool hasCodeFor(std::string_view targets, int major, int minor);

// "8.0 and 9.0, and later ones"; the end where there is PTX.
std::string targetsText(std::string_view targets);

} // namespace inferlab::cuda
