// What `experiment` prints on stdout: the list of presets, and an experiment's points.
#pragma once

#include "app/experiment/experiment_result.h"

#include <string>

namespace inferlab::cli {

std::string presetList();

// A line for each point: state, runs, throughput with its interval, percentiles.
std::string pointTable(const ExperimentResult &result);

} // namespace inferlab::cli
