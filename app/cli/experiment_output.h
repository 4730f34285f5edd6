// What `experiment` prints on stdout: the list of presets, and an experiment's points and findings.
#pragma once

#include "app/experiment/experiment_result.h"

#include <string>

namespace inferlab::cli {

std::string presetList();

// A line for each point: state, runs, throughput with its interval, percentiles.
std::string pointTable(const ExperimentResult &result);

// What it showed: an empty line, then a sentence in each line; empty where there is nothing to say.
std::string findings(const ExperimentResult &result);

} // namespace inferlab::cli
