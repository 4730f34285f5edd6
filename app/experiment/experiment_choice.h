// Which experiment a command line asks for, on which model and where to.
#pragma once

#include "app/experiment/experiment.h"

#include <optional>
#include <string>

namespace inferlab {

struct ExperimentChoice
{
    std::string preset;                // or:
    std::string file;                  // a plan as JSON
    std::string model;                 // for points that name no file
    std::optional<std::string> device; // instead of what the plan holds
    std::optional<int> threads;        // as well
};

// The plan as this machine runs it: presets fitted to its cores and to the files beside the model,
// device and threads as chosen. Throws InputError: an unknown preset, a file that is no plan, or a
// choice of what the plan varies.
Experiment chosenExperiment(const ExperimentChoice &choice);

} // namespace inferlab
