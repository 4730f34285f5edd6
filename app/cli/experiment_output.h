// What `experiment` prints on stdout: the list of presets, and an experiment's points and findings.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"

#include <string>

namespace inferlab::cli {

std::string presetList();

// A line for each point: state, runs, throughput with its interval, what was predicted of it where
// anything was, percentiles.
std::string pointTable(const ExperimentResult &result, const ExperimentOutlook &outlook);

// What it showed: an empty line, then a sentence in each line; empty where there is nothing to say.
std::string findings(const ExperimentResult &result, const ExperimentOutlook &outlook);

} // namespace inferlab::cli
