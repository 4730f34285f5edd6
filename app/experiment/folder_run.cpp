#include "folder_run.h"

#include "app/experiment/experiment_folder.h"
#include "app/experiment/experiment_runner.h"
#include "app/experiment/model_check.h"
#include "app/experiment/progress_words.h"
#include "engine/base/error.h"
#include "engine/base/interrupt_watch.h"

#include <algorithm>

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

} // namespace

ExperimentResult runInFolder(const FolderRun &plan, const std::atomic<bool> &interrupted,
                             const std::function<void(const ProgressLine &)> &tell)
{
    requireRunnablePoint(plan.experiment, plan.modelFile);
    const std::string modelHash = plan.engines.hash(plan.modelFile, &interrupted);
    ExperimentFolder folder(plan.folder, plan.experiment, modelHash);
    ExperimentResult result = folder.read();
    requireSameModels(result, [&](const std::string &file) {
        return hashIfThere(plan.engines, file, interrupted);
    });
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
        folder.writeRun(result, point, repeat);
        tell({"[" + countText(latest) + "] " + runLine(result, point, repeat)});
    };
    events.pointChanged = [&](size_t point) {
        folder.writeProgress(result);
        const PointResult &changed = result.points[point];
        if (changed.state == PointState::Failed)
            tell({changed.point.label + " failed: " + changed.message});
    };
    ExperimentRunner runner(result, plan.engines, plan.modelFile, events);
    {
        const InterruptWatch watch(interrupted, [&runner] { runner.control().stop(); });
        runner.run();
    }
    folder.finish(result);
    tell({endLine(result)});
    return result;
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
