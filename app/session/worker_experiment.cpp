// An experiment on the worker's thread: the runner uses the worker's model, so that there is one at
// a time, and what it measures goes to the folder before the screen hears of it.
#include "worker.h"

#include "app/experiment/experiment_runner.h"
#include "app/experiment/folder_run.h"
#include "app/experiment/model_check.h"
#include "app/machine/machine_note.h"
#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <exception>
#include <optional>

namespace inferlab {

namespace {

ModelChoice choiceOf(const ModelWanted &wanted)
{
    ModelChoice choice;
    choice.path = QString::fromStdString(wanted.file);
    choice.device = QString::fromStdString(wanted.device);
    choice.threads = wanted.threads;
    return choice;
}

// What the first point on another device failed with, where the CPU may stand in for that device:
// it is lost, or measured nothing at all. A point that fails beside others that do not, such as a
// batch that does not fit, is a finding.
std::optional<std::string> deviceFailure(const ExperimentResult &result, bool deviceIsLost)
{
    std::optional<std::string> first;
    bool hasMeasured = false;
    for (const PointResult &point : result.points) {
        if (point.point.settings.run.device == "cpu")
            continue;
        hasMeasured = hasMeasured || !point.runs.empty();
        if (point.state == PointState::Failed && !first)
            first = point.message;
    }
    return deviceIsLost || !hasMeasured ? first : std::nullopt;
}

// A GPU that does not even tell its free memory any more.
bool isLost(const Backend &backend)
{
    return !backend.hasHostMemory() && !backend.device().freeBytes;
}

} // namespace

EngineAccess Worker::engineAccess(const std::atomic<bool> &stop)
{
    EngineAccess access;
    access.load = [this, &stop](const ModelWanted &wanted, const std::atomic<bool> *) {
        dropIfChanged(wanted.file, stop);
        // A pause or a skipped point gives a run up, but never a model that is on its way.
        ensureModel(choiceOf(wanted), stop);
        setPhase(Phase::Experiment);
        return m_model;
    };
    access.encode = m_source.encode;
    access.open = m_source.open;
    access.hash = [this](const std::string &file, const std::atomic<bool> *interrupted) {
        ModelChoice choice;
        choice.path = QString::fromStdString(file);
        return m_source.hash ? m_source.hash(choice, {}, interrupted) : std::string();
    };
    access.calibrate = m_source.calibrate;
    access.gpuMonitor = gpuMonitorOf;
    return access;
}

// The file may have been replaced under its name: then what is in memory is another model.
void Worker::dropIfChanged(const std::string &file, const std::atomic<bool> &stop)
{
    if (!m_hasModel || !m_hash || !m_source.hash || m_choice.path.toStdString() != file)
        return;
    if (m_source.hash(m_choice, {}, &stop) != *m_hash)
        dropModel();
}

void Worker::publishExperiment(RunControl *control)
{
    const std::lock_guard lock(m_mutex);
    m_experiment = control;
    if (control != nullptr && m_paused)
        control->setPaused(true);
}

void Worker::executeExperiment(const ExperimentPlan &plan, const std::atomic<bool> &stop)
{
    setPhase(Phase::Experiment);
    const EngineAccess engines = engineAccess(stop);
    const std::string model = plan.model.path.toStdString();
    OpenFolder open;
    if (plan.folder.isEmpty()) {
        requireRunnablePoint(plan.experiment, model);
        open.result = emptyResult(plan.experiment);
        beginIfNew(open.result);
    } else {
        open = openFolder({plan.experiment, model, plan.folder.toStdString(), engines}, stop);
    }
    const std::unique_ptr<ExperimentFolder> &folder = open.folder;
    ExperimentResult &result = open.result;
    const auto tell = [&] {
        send(ExperimentAdvancedEvent {std::make_shared<const ExperimentResult>(result)});
    };
    tell();
    RunnerEvents events;
    events.progress = [this](const RunnerProgress &progress) {
        send(ExperimentProgressEvent {progress});
    };
    events.runMeasured = [&](size_t point, int32_t repeat) {
        // First: the folder's disk may be full.
        kept([&] { keepMeasured(m_keeper, result, point, repeat); });
        if (folder)
            folder->writeRun(result, point, repeat);
        tell();
    };
    // Asked while the point's model is still there: the next point may load another file.
    bool deviceIsLost = false;
    const auto noteLoss = [&] {
        deviceIsLost = deviceIsLost || (m_model != nullptr && isLost(m_model->backend()));
    };
    events.pointChanged = [&](size_t point) {
        if (result.points[point].state == PointState::Failed)
            noteLoss();
        if (folder)
            folder->writeProgress(result);
        tell();
    };
    ExperimentRunner runner(result, engines, model, events);
    publishExperiment(&runner.control());
    if (stop) // it may have been asked before the control was known
        runner.control().stop();
    std::exception_ptr failure;
    try {
        runner.run();
        if (folder) {
            const ExperimentOutlook outlook =
                outlookFrom(result, model, m_source.calibrations, {}, &stop);
            folder->finish(result, &outlook);
        }
    } catch (...) {
        failure = std::current_exception();
    }
    publishExperiment(nullptr);
    // The runner may have left the model with another number of threads than it was chosen with.
    if (m_model != nullptr)
        m_model->backend().setThreads(m_choice.threads > 0 ? m_choice.threads : defaultThreads());
    noteLoss(); // a point that failed as it did before tells nobody
    if (const auto line = deviceFailure(result, deviceIsLost))
        send(FailedEvent {*line, true});
    // What was measured is kept, whatever ended it.
    send(ExperimentFinishedEvent {std::make_shared<const ExperimentResult>(result)});
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace inferlab
