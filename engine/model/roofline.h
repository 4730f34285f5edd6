// How long a step takes at least on a device: for each part of it the larger of moving its bytes
// and computing its operations, and what operators cost beside that.
#pragma once

#include "engine/model/cost_model.h"
#include "kernels/api/read_rate.h"

#include <vector>

namespace inferlab {

// What a device reaches, measured once (app/machine/calibrate.h). All positive.
struct DeviceLimits
{
    double bytesPerSecond = 0;          // read from memory beyond all caches
    std::vector<ReadRate> rereads;      // by rising size; empty: as from memory
    ByProduct productsPerSecond {};     // operations, by what multiplies
    double attentionRowsPerSecond = 0;  // operations of attention, few rows
    double attentionTilesPerSecond = 0; // and many
    double rowElementsPerSecond = 0;    // of norms, rotations, activations and sums
    double drawnElementsPerSecond = 0;  // logits that sampling passes over, of many rows at once
    double drawnOfRowPerSecond = 0;     // and of a single row, which may be one thread's work
    double largeOperatorSeconds = 0;    // of setting threads, or a device, to work
    double smallOperatorSeconds = 0;
    // Of a device to which a step can be given as a whole (Backend::recordsSteps): what operators
    // then cost; the two above are the host's, which gives them out one by one while the device
    // computes. 0: there is no such device.
    double replayedLargeSeconds = 0;
    double replayedSmallSeconds = 0;

    bool operator==(const DeviceLimits &) const = default;
    // Of steps that read so many bytes each, much the same ones every time: a cache that holds a
    // part of them helps. Between two sizes that were measured, by their logarithm.
    double readPerSecond(double stepBytes) const noexcept;
    // Whether a rate is clearly more than memory gives.
    bool needsCaches(double bytesReadPerSecond) const noexcept;
};

enum class StepLimit { Bandwidth, Compute, Overhead };
const char *stepLimitName(StepLimit limit) noexcept; // "bandwidth", "compute", "overhead"

// Where the time of a step goes. A part counts as the longer of its two.
struct StepTime
{
    double bandwidthSeconds = 0; // of parts that wait for what they read
    double computeSeconds = 0;   // of parts that wait for arithmetic
    double overheadSeconds = 0;  // operators' fixed costs, passes over rows, sampling

    double seconds() const noexcept { return bandwidthSeconds + computeSeconds + overheadSeconds; }
    StepLimit limit() const noexcept; // the largest of the three
    StepTime &operator+=(const StepTime &other) noexcept;
};

// isReplayed: given to the device as a whole, where it takes steps so.
StepTime stepTime(const StepCost &cost, const DeviceLimits &limits,
                  bool isReplayed = false) noexcept;

} // namespace inferlab
