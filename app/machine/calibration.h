// What one machine reaches with this program's kernels: measured once, kept on disk, used for every
// prediction.
#pragma once

#include "engine/model/roofline.h"

#include <optional>
#include <string>

namespace inferlab {

struct Calibration
{
    std::string hardware; // hardwareId(): to whom these limits belong
    std::string date;     // ISO 8601 with offset
    std::string program;  // "InferLab 0.1.0": kernels change from one to the next
    // What other work took of the machine meanwhile, in words: the limits are lower than they
    // should be. Empty: nothing that counts.
    std::string disturbed;
    DeviceLimits limits;
    // What the CPU's instructions could do, whatever kernels use of it: the roof of a roofline. 0
    // where nobody can measure it.
    double peakInt8PerSecond = 0; // operations
    double peakFloatPerSecond = 0;
    // Of a device where it is a choice (Backend::setBatchInvariant): how much longer steps take
    // with kernels that give the same bits in every batch; 0.07 is 7%. The largest of some steps
    // (batchInvariantCost()).
    std::optional<double> batchInvariantCost;

    bool operator==(const Calibration &) const = default;
};

// Whether a sequence gets the same bits in every batch where nobody says: where that is known to
// cost little. Experiments say it themselves, by RunSettings::batchInvariant.
inline bool isBatchInvariantByDefault(const std::optional<double> &cost) noexcept
{
    constexpr double kLittle = 0.10;
    return cost && *cost < kLittle;
}

// "Intel Xeon, AVX-512 VNNI and AMX; 2 cores; 2 threads": whatever changes the limits. Of a GPU its
// name.
std::string hardwareId(const Backend &backend);

} // namespace inferlab
