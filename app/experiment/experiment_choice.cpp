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

// Throws where the plan varies it and the choice does not give way.
bool mayHold(const Experiment &experiment, AxisKind kind, const ExperimentChoice &choice,
             const std::string &option)
{
    if (!varies(experiment, kind))
        return true;
    if (!choice.givesWay)
        throw InputError(option, {},
                         "an experiment that does not vary " + std::string(axisInfo(kind).name),
                         "\"" + experiment.name + "\"");
    return false;
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
    // Threads are the CPU's, graphs a GPU's: what varies them stays there unless it is told
    // otherwise.
    const bool isOfOneDevice = choice.givesWay
        && (varies(experiment, AxisKind::Threads) || varies(experiment, AxisKind::StepGraphs));
    if (choice.device && !isOfOneDevice
        && mayHold(experiment, AxisKind::Device, choice, "--device"))
        experiment.held.run.device = *choice.device;
    if (choice.threads && mayHold(experiment, AxisKind::Threads, choice, "--threads"))
        experiment.held.run.threads = *choice.threads;
    checkExperiment(experiment, choice.file.empty() ? choice.preset : choice.file);
    return experiment;
}

} // namespace inferlab
