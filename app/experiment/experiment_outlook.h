// What the cost model says of a whole experiment: what each point should reach, what limited it,
// and the roofs of the device it ran on.
#pragma once

#include "app/experiment/predicted_points.h"
#include "app/experiment/prediction_models.h"
#include "engine/model/roofline.h"

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace inferlab {

struct ExperimentOutlook
{
    std::vector<PredictedPoint> points; // one for each point of the result, in its order
    std::optional<ModelCost> cost;      // of the first point that has one
    std::string missing; // why something has no prediction: one line; empty: all have one
};

// cores: of the machine, for advice; 0: unknown. Throws Cancelled once *stop became true, with the
// next point.
ExperimentOutlook experimentOutlook(const ExperimentResult &result, PredictionModels &models,
                                    int cores = 0, const std::atomic<bool> *stop = nullptr);

// How long all runs of the experiment take by the cost model, warm-ups too; models being loaded are
// not in it. None unless it expects something of every point.
std::optional<double> predictedSeconds(const Experiment &experiment,
                                       const ExperimentOutlook &outlook);

// The same from files alone; without points where calibrations is empty. Throws nothing: what goes
// wrong is in `missing`, also that it was stopped. Arguments: those of PredictionModels.
ExperimentOutlook outlookFrom(const ExperimentResult &result, const std::string &modelFile,
                              const std::filesystem::path &calibrations,
                              const std::string &instructionSet = {},
                              const std::atomic<bool> *stop = nullptr);

// In sentences: what limited the slowest and the fastest point and what would change it, and each
// figure of which the prediction is more than 30% off. Empty without a verdict.
std::vector<std::string> outlookSentences(const ExperimentResult &result,
                                          const ExperimentOutlook &outlook);

// All that an experiment showed, in sentences: what was measured, then the above. outlook: null
// where nobody asked the cost model.
std::vector<std::string> experimentFindings(const ExperimentResult &result,
                                            const ExperimentOutlook *outlook);

} // namespace inferlab
