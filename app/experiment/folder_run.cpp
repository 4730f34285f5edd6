#include "folder_run.h"

#include "app/experiment/experiment_runner.h"
#include "app/experiment/model_check.h"
#include "app/experiment/progress_words.h"
#include "app/machine/known_calibration.h"
#include "app/run_setup/run_setup.h"
#include "engine/base/error.h"
#include "engine/base/interrupt_watch.h"
#include "engine/model/loaded_model.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace inferlab {

namespace {

// The hash of a file that is there still; empty for one that is not.
std::string hashIfThere(const EngineAccess &engines, const std::string &file,
                        const std::atomic<bool> &interrupted)
{
    try {
        return engines.hash(file, &interrupted);
    } catch (const InputError &) {
        return {};
    }
}

std::string dayOf(const std::string &date)
{
    return date.substr(0, date.find('T'));
}

// Known or measured now, it says which: predictions stand on it.
std::function<void(LoadedModel &, const std::atomic<bool> *)>
tellingCalibration(const FolderRun &plan, const std::function<void(const ProgressLine &)> &tell)
{
    return [&plan, &tell](LoadedModel &model, const std::atomic<bool> *stop) {
        try {
            const KnownCalibration known = knownCalibration(
                model.backend(), plan.instructionSet, programName(), plan.calibrations, false,
                [stop] { return stop != nullptr && stop->load(); });
            const Calibration &of = known.calibration;
            tell({(known.measuredNow
                       ? "measured once what this machine reaches, for predictions: "
                       : "predictions by what this machine reached on " + dayOf(of.date) + ": ")
                  + of.hardware
                  + (of.disturbed.empty() ? "" : "; too low, since " + of.disturbed)});
            if (!known.warning.empty())
                tell({known.warning});
        } catch (const Cancelled &) {
            throw;
        } catch (const std::exception &error) {
            tell({std::string("no predictions: ") + error.what()});
        }
    };
}

} // namespace

OpenFolder openFolder(const FolderRun &plan, const std::atomic<bool> &interrupted)
{
    requireRunnablePoint(plan.experiment, plan.modelFile);
    const std::string modelHash = plan.engines.hash(plan.modelFile, &interrupted);
    OpenFolder open;
    open.folder = std::make_unique<ExperimentFolder>(plan.folder, plan.experiment, modelHash);
    open.result = open.folder->read();
    requireSameModels(open.result, [&](const std::string &file) {
        return hashIfThere(plan.engines, file, interrupted);
    });
    beginIfNew(open.result);
    // Before its first run, which may be kept elsewhere alone when this is killed.
    open.folder->writeProgress(open.result);
    return open;
}

FolderRunEnd runInFolder(const FolderRun &plan, const std::atomic<bool> &interrupted,
                         const std::function<void(const ProgressLine &)> &tell)
{
    OpenFolder open = openFolder(plan, interrupted);
    ExperimentFolder &folder = *open.folder;
    ExperimentResult &result = open.result;
    tell({plan.experiment.name + ": " + planLine(plan.experiment)});
    if (!plan.experiment.note.empty())
        tell({plan.experiment.note});
    if (result.runCount() > 0)
        tell({"going on in " + plan.folder.string() + ": " + endLine(result)});

    RunnerEvents events;
    RunnerProgress latest;
    events.progress = [&](const RunnerProgress &progress) {
        latest = progress;
        if (progress.phase != RunnerPhase::Ended && progress.phase != RunnerPhase::RunDone)
            tell({"[" + countText(progress) + "] " + activityText(result, progress), false});
    };
    events.runMeasured = [&](size_t point, int32_t repeat) {
        if (plan.keep)
            plan.keep(result, point, repeat);
        folder.writeRun(result, point, repeat);
        tell({"[" + countText(latest) + "] " + runLine(result, point, repeat)});
    };
    events.pointChanged = [&](size_t point) {
        folder.writeProgress(result);
        const PointResult &changed = result.points[point];
        if (changed.state == PointState::Failed)
            tell({changed.point.label + " failed: " + changed.message});
    };
    EngineAccess engines = plan.engines;
    if (!plan.calibrations.empty())
        engines.calibrate = tellingCalibration(plan, tell);
    ExperimentRunner runner(result, engines, plan.modelFile, events);
    {
        const InterruptWatch watch(interrupted, [&runner] { runner.control().stop(); });
        runner.run();
    }
    ExperimentOutlook outlook =
        outlookFrom(result, plan.modelFile, plan.calibrations, plan.instructionSet, &interrupted);
    folder.finish(result, &outlook);
    tell({endLine(result)});
    if (!outlook.missing.empty())
        tell({outlook.missing});
    return {std::move(result), std::move(outlook)};
}

int exitCodeOf(const ExperimentResult &result, bool interrupted)
{
    if (interrupted && !result.complete())
        return 130;
    const bool failed =
        std::any_of(result.points.begin(), result.points.end(),
                    [](const PointResult &point) { return point.state == PointState::Failed; });
    return failed ? 1 : 0;
}

} // namespace inferlab
