// What is wrong with a plan, in one line that names the field as the plan editor does.
#pragma once

#include "app/experiment/axis.h"

#include <QString>
#include <vector>

namespace inferlab {

class InputError;

// error: of checkExperiment(), whose places are those of the JSON file. axes: of the plan.
QString planProblem(const InputError &error, const std::vector<ExperimentAxis> &axes);

} // namespace inferlab
