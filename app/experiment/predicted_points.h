// What the cost model expects of an experiment's points, beside what they measured.
#pragma once

#include "app/experiment/experiment_result.h"
#include "engine/measure/metrics.h"
#include "engine/measure/run_verdict.h"

#include <functional>
#include <optional>
#include <vector>

namespace inferlab {

// Costs and limits for a point's settings: of its model file, its device, its threads. None where
// one of them is not known, such as a device that was never calibrated.
using PredictionModelOf = std::function<std::optional<PredictionModel>(const PointSettings &)>;

struct PredictedPoint
{
    std::optional<PredictionModel> model; // costs and roofs of its own file, device and threads
    std::optional<RunMetrics> metrics;    // of the predicted run; absent where nothing can be said
    // Weights, and keys and values of all sequences at their longest: W + B k n. 0: not known.
    double memoryBytes = 0;
    std::optional<RunVerdict> verdict; // on the run of median speed; absent without runs
    std::vector<std::string> missed;   // figures of which the prediction is more than 30% off
};

// The lengths in tokens of the experiment's pool of prompts, for the model of a point's settings;
// empty where they are not known.
using PoolLengthsOf = std::function<std::vector<int32_t>(const PointSettings &)>;

// One for each point of the result, in its order. A point without runs is predicted with the
// prompts that its first run will draw; where their lengths are not known, with the median prompt
// of other points' runs, or with what its settings say.
// cores: of the machine, for advice; 0: unknown.
std::vector<PredictedPoint> predictedPoints(const ExperimentResult &result,
                                            const PredictionModelOf &modelOf, int cores = 0,
                                            const PoolLengthsOf &poolLengths = {});

} // namespace inferlab
