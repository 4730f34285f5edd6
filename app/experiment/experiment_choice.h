// Which experiment is asked for, on which model, device and threads: by a command line, or in the
// window.
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
    // Device and threads are chosen for whatever runs: a plan that varies them keeps its own. Else
    // choosing what the plan varies is refused.
    bool givesWay = false;

    bool operator==(const ExperimentChoice &) const = default;
};

// The plan as this machine runs it: presets fitted to its cores and to the files beside the model,
// device and threads as chosen. Throws InputError: an unknown preset, a file that is no plan, or a
// choice of what the plan varies.
Experiment chosenExperiment(const ExperimentChoice &choice);

} // namespace inferlab
