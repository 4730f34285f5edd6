// What limited a run: its phases beside the same run predicted, the share of the limit that was
// reached, and the switch that would change it, in words.
#pragma once

#include "engine/measure/prediction.h"

#include <optional>
#include <string>

namespace inferlab {

enum class RunLimit {
    Bandwidth, // weights and cache are read as fast as they can be, or nearly
    Compute,
    Overhead,     // launches, barriers, passes over rows, sampling
    Queue,        // requests wait longer than they run
    Configuration // a cap leaves places of the batch empty
};
const char *runLimitName(RunLimit limit) noexcept; // "memory bandwidth", "a cap in the settings"

// One phase, measured beside predicted.
struct PhaseComparison
{
    double measuredSeconds = 0;
    double predictedSeconds = 0;
    StepLimit limit = StepLimit::Bandwidth; // what takes most of the predicted time
    // Of that limit, reached: bytes / (limit x measured time), or the time that computing or the
    // overhead takes at the limits / measured time.
    double share = 0;
    double bytesPerSecond = 0;      // read in the measured time
    double readLimitPerSecond = 0;  // bytes; of steps that read so much
    double operationsPerSecond = 0; // computed in it
};

// Beyond this a prediction is said to have missed.
inline constexpr double kMissedBy = 0.30;

struct RunVerdict
{
    std::optional<PhaseComparison> prefill, decode; // those that the record has steps of
    RunLimit limit = RunLimit::Bandwidth;
    std::string limited; // "Decode, 93% of the time, was limited by memory bandwidth: ..."
    std::string change;  // "A larger batch ..."
    // Empty within 30%: "Prediction and measurement differ by 45%: predicted 12.1 ms, measured ..."
    std::string missed;

    // All of it, one sentence after the other.
    std::string words() const;
};

// Nullopt for a record without steps or without a token: not enough data. cores: that the machine
// has, for the advice on threads; 0: unknown.
std::optional<RunVerdict> runVerdict(const RunRecord &record, const PredictionModel &model,
                                     int cores = 0);

// (measured - predicted) / predicted of a time or a rate; the sentence is empty within kMissedBy.
// what: "TTFT", unit: "ms".
std::string missedWords(const std::string &what, double predicted, double measured,
                        const std::string &unit);

} // namespace inferlab
