#include "preset_durations.h"

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_presets.h"
#include "engine/base/error.h"

#include <algorithm>
#include <utility>

namespace inferlab {

namespace {

bool isOn(const Experiment &experiment, const std::string &device)
{
    const std::vector<ExperimentPoint> points = experimentPoints(experiment);
    return std::all_of(points.begin(), points.end(), [&device](const ExperimentPoint &point) {
        return point.settings.run.device == device;
    });
}

std::optional<double> secondsOf(const ExperimentChoice &choice, PredictionModels &models,
                                const std::atomic<bool> *stop)
{
    try {
        const Experiment experiment = chosenExperiment(choice);
        if (!isOn(experiment, choice.device.value_or(experiment.held.run.device)))
            return std::nullopt;
        return predictedSeconds(experiment,
                                experimentOutlook(emptyResult(experiment), models, 0, stop));
    } catch (const InputError &) {
        return std::nullopt; // it says so when it is chosen
    }
}

} // namespace

std::vector<std::optional<double>> predictedPresetSeconds(const ExperimentChoice &choice,
                                                          const std::filesystem::path &calibrations,
                                                          const std::atomic<bool> *stop)
{
    PredictionModels models(choice.model, calibrations);
    std::vector<std::optional<double>> seconds;
    for (const Experiment &preset : experimentPresets()) {
        throwIfStopped(stop);
        ExperimentChoice of = choice;
        of.preset = preset.name;
        seconds.push_back(secondsOf(of, models, stop));
    }
    return seconds;
}

} // namespace inferlab
