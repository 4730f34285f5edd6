// What an experiment showed, in sentences: comparisons with their intervals, the knee by every
// method, and what speaks against trusting it.
#pragma once

#include "app/experiment/experiment_result.h"

#include <string>
#include <vector>

namespace inferlab {

// In the order of importance; empty without runs. All figures come from engine/measure.
std::vector<std::string> experimentVerdicts(const ExperimentResult &result);

} // namespace inferlab
