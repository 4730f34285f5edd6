// What one machine reaches with this program's kernels: measured once, kept on disk, used for every
// prediction.
#pragma once

#include "engine/model/roofline.h"

#include <string>

namespace inferlab {

struct Calibration
{
    std::string hardware; // hardwareId(): to whom these limits belong
    std::string date;     // ISO 8601 with offset
    std::string program;  // "InferLab 0.1.0": kernels change from one to the next
    DeviceLimits limits;
    // What the CPU's instructions could do, whatever kernels use of it: the roof of a roofline. 0
    // where nobody can measure it.
    double peakInt8PerSecond = 0; // operations
    double peakFloatPerSecond = 0;

    bool operator==(const Calibration &) const = default;
};

// "Intel Xeon, AVX-512 VNNI and AMX; 2 cores; 2 threads": whatever changes the limits. Of a GPU its
// name.
std::string hardwareId(const Backend &backend);

} // namespace inferlab
