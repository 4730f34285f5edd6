// An experiment's progress in lines for a person.
#pragma once

#include "app/experiment/experiment_result.h"
#include "app/experiment/experiment_runner.h"

#include <optional>
#include <string>
#include <vector>

namespace inferlab {

// "6 points, 5 runs of each after 1 warm-up; about 1 min 20 s on two cores with the default model";
// with what the cost model predicts for this machine and model: "about 40 s here, as predicted".
std::string planLine(const Experiment &experiment, std::optional<double> predictedSeconds = {});

// What it runs on: "CPU, all cores", "CPU and GPU, 2 threads", "CPU, 1 to 8 threads".
std::string deviceWords(const Experiment &experiment);

// What is going on: "loading the model", "warm-up of batch 8", "run 2 of 5 of batch 8".
std::string activityText(const ExperimentResult &result, const RunnerProgress &progress);
// "9 of 36", and "about 41 s left" where that is known.
std::string countText(const RunnerProgress &progress);
// "4 s", "45 s", "1 min 20 s", "3 min", "2 h 10 min"
std::string roughDurationText(double seconds);

// A run that is done: "batch 8, run 2 of 5: 152 tok/s total, first token after 93 ms (other
// processes took 31% of the cores)".
std::string runLine(const ExperimentResult &result, size_t point, int32_t repeat);

// How far it came: "30 of 30 runs, complete", "12 of 30 runs; 1 point failed, 1 point was skipped".
std::string stateLine(size_t runs, size_t planned, const std::vector<PointState> &states);
// The same of a result, and whether its rule ended it.
std::string endLine(const ExperimentResult &result);

} // namespace inferlab
