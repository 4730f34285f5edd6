#include "experiment_choice.h"

#include "app/experiment/experiment_json.h"
#include "app/experiment/experiment_presets.h"
#include "app/experiment/model_variants.h"
#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <algorithm>

namespace inferlab {

namespace {

bool varies(const Experiment &experiment, AxisKind kind)
{
    return std::any_of(experiment.axes.begin(), experiment.axes.end(),
                       [kind](const ExperimentAxis &axis) { return axis.kind == kind; });
}

void requireHeld(const Experiment &experiment, AxisKind kind, const std::string &option)
{
    if (varies(experiment, kind))
        throw InputError(option, {},
                         "an experiment that does not vary " + std::string(axisInfo(kind).name),
                         "\"" + experiment.name + "\"");
}

Experiment fittedPreset(const ExperimentChoice &choice)
{
    const Experiment &preset = experimentPreset(choice.preset);
    const bool comparesFiles = varies(preset, AxisKind::ModelFile);
    Experiment experiment =
        fitted(preset, defaultThreads(),
               comparesFiles ? modelVariants(choice.model) : std::vector<std::string> {});
    const bool hasOne = comparesFiles && experiment.axes.front().values.size() == 1;
    if (hasOne)
        experiment.note = "There is no other file of this model beside it to compare with";
    return experiment;
}

} // namespace

Experiment chosenExperiment(const ExperimentChoice &choice)
{
    Experiment experiment =
        choice.file.empty() ? fittedPreset(choice) : readExperiment(choice.file);
    if (choice.device) {
        requireHeld(experiment, AxisKind::Device, "--device");
        experiment.held.run.device = *choice.device;
    }
    if (choice.threads) {
        requireHeld(experiment, AxisKind::Threads, "--threads");
        experiment.held.run.threads = *choice.threads;
    }
    checkExperiment(experiment, choice.file.empty() ? choice.preset : choice.file);
    return experiment;
}

} // namespace inferlab
