#include "experiment_runner.h"

#include "app/experiment/stop_rule.h"
#include "app/run_setup/run_requests.h"
#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/measure/run_head.h"
#include "engine/model/loaded_model.h"
#include "kernels/api/devices.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

namespace inferlab {

namespace {

// Progress within a run is told this often; a person reads no faster.
constexpr int64_t kTellEveryNs = 200'000'000;

bool hasRepeat(const PointResult &point, int32_t repeat)
{
    return std::any_of(point.runs.begin(), point.runs.end(),
                       [repeat](const MeasuredRun &run) { return run.repeat == repeat; });
}

double secondsSince(int64_t ns)
{
    return static_cast<double>(nowNs() - ns) * 1e-9;
}

} // namespace

ExperimentRunner::ExperimentRunner(ExperimentResult &result, EngineAccess engines,
                                   std::string modelFile, RunnerEvents events)
    : m_result(result)
    , m_engines(std::move(engines))
    , m_modelFile(std::move(modelFile))
    , m_events(std::move(events))
    , m_timeLeft(result.points.size())
{
    std::vector<ExperimentPoint> points;
    for (const PointResult &point : m_result.points) {
        points.push_back(point.point);
        if (!point.runs.empty())
            m_timeLeft.add(point.point.index, measuredSeconds(point.runs.back()));
    }
    m_order = runOrder(m_result.experiment, points);
    m_done = m_result.runCount();
}

void ExperimentRunner::run()
{
    beginIfNew(m_result);
    for (PointResult &point : m_result.points) {
        // The cause of a failure may be gone; what was skipped is wanted, as it is gone on with.
        if (point.state == PointState::Failed || point.state == PointState::Skipped)
            setState(point, point.runs.empty() ? PointState::Waiting : PointState::Partial);
    }
    for (m_next = 0; m_next < m_order.size(); ++m_next) {
        markSkipped();
        if (hasEnough(m_result.experiment.stop, m_result)) {
            endByRule();
            break;
        }
        if (!isWanted(m_order[m_next]))
            continue;
        countWanted(m_next);
        runPlanned(m_order[m_next]);
        if (m_control.stopped())
            break;
    }
    markSkipped();
    m_next = m_order.size();
    countWanted(m_next);
    tell(RunnerPhase::Ended, {});
}

bool ExperimentRunner::isWanted(const PlannedRun &planned) const
{
    const PointResult &point = m_result.points[planned.point];
    const bool isOpen = point.state == PointState::Waiting || point.state == PointState::Partial;
    return isOpen && (planned.repeat < 0 || !hasRepeat(point, planned.repeat));
}

// Until it is made, or nobody wants it any more.
void ExperimentRunner::runPlanned(const PlannedRun &planned)
{
    while (!m_control.stopped() && isWanted(planned)) {
        if (m_control.paused()) {
            tell(RunnerPhase::Paused, planned);
            m_control.waitWhilePaused();
        }
        markSkipped();
        if (m_control.stopped() || !isWanted(planned))
            return;
        if (attempt(planned) == Attempt::Finished)
            return;
        markSkipped();
    }
}

ExperimentRunner::Attempt ExperimentRunner::attempt(const PlannedRun &planned)
{
    const Experiment &experiment = m_result.experiment;
    PointResult &point = m_result.points[planned.point];
    m_control.begin(planned.point);
    if (experiment.coolDownSeconds > 0 && m_done > 0) {
        tell(RunnerPhase::CoolingDown, planned);
        m_control.waitSeconds(experiment.coolDownSeconds);
    }
    std::optional<MeasuredRun> run;
    std::string failure;
    try {
        throwIfStopped(&m_control.interrupted());
        ensureModel(point.point);
        const RunnerPhase phase =
            planned.repeat < 0 ? RunnerPhase::WarmingUp : RunnerPhase::Measuring;
        tell(phase, planned);
        const int64_t begin = nowNs();
        run = runOnce(experiment, point.point, planned.repeat, *m_ready, m_engines, m_control,
                      [&](int64_t done, int64_t total) {
                          if (nowNs() - m_toldNs >= kTellEveryNs)
                              tell(phase, planned,
                                   static_cast<double>(done) / static_cast<double>(total));
                      });
        m_timeLeft.add(planned.point, secondsSince(begin));
    } catch (const Cancelled &) {
        return Attempt::Interrupted;
    } catch (const std::bad_alloc &) {
        failure = "out of memory: try a smaller batch, a shorter prompt or a smaller model";
    } catch (const std::exception &error) {
        failure = error.what();
    }
    ++m_done;
    countWanted(m_next + 1);
    tell(RunnerPhase::RunDone, planned);
    if (run)
        keep(planned, *std::move(run));
    else
        setState(point, PointState::Failed, failure);
    return Attempt::Finished;
}

void ExperimentRunner::ensureModel(const ExperimentPoint &point)
{
    ModelWanted wanted;
    wanted.file = point.settings.modelFile.empty() ? m_modelFile : point.settings.modelFile;
    wanted.device = point.settings.run.device;
    wanted.threads = point.settings.run.threads;
    if (!m_ready || m_ready->file != wanted.file || m_ready->device != wanted.device)
        loadModel(wanted);
    else if (m_ready->model != nullptr)
        m_ready->model->backend().setThreads(wanted.threads > 0 ? wanted.threads
                                                                : defaultThreads());
    calibrate(wanted);
}

void ExperimentRunner::loadModel(const ModelWanted &wanted)
{
    m_ready.reset(); // the old one goes first
    tell(RunnerPhase::Loading, m_order[m_next]);
    ReadyModel ready;
    ready.file = wanted.file;
    ready.device = wanted.device;
    ready.model = m_engines.load(wanted, &m_control.interrupted());
    RunSettings prompts = m_result.experiment.held.run;
    prompts.promptPool = m_result.experiment.prompts;
    ready.pool = encodePool(prompts, [&](const RunSettings &settings) {
        return m_engines.encode(ready.model.get(), settings);
    });
    ready.hash = m_engines.hash(wanted.file, &m_control.interrupted());
    if (m_engines.gpuMonitor && ready.model != nullptr)
        ready.gpu = m_engines.gpuMonitor(ready.model->backend());
    m_ready = std::move(ready);
}

// Before the first run on a device, so that there is something to expect of it.
void ExperimentRunner::calibrate(const ModelWanted &wanted)
{
    if (!m_engines.calibrate || m_ready->model == nullptr
        || m_calibrated.count({wanted.device, wanted.threads}) > 0)
        return;
    tell(RunnerPhase::Calibrating, m_order[m_next]);
    m_engines.calibrate(*m_ready->model, &m_control.interrupted());
    m_calibrated.insert({wanted.device, wanted.threads});
}

void ExperimentRunner::keep(const PlannedRun &planned, MeasuredRun run)
{
    if (planned.repeat < 0)
        return;
    PointResult &point = m_result.points[planned.point];
    // An earlier call may have measured later repeats: rounds differ after a pause.
    const auto later =
        std::find_if(point.runs.begin(), point.runs.end(), [&planned](const MeasuredRun &other) {
            return other.repeat > planned.repeat;
        });
    point.runs.insert(later, std::move(run));
    const bool isDone = point.runs.size() >= static_cast<size_t>(m_result.experiment.repeats)
        || hasEnough(m_result.experiment.stop, point);
    point.state = isDone ? PointState::Done : PointState::Partial;
    if (m_events.runMeasured)
        m_events.runMeasured(planned.point, planned.repeat);
}

void ExperimentRunner::setState(PointResult &point, PointState state, const std::string &message)
{
    if (point.state == state && point.message == message)
        return;
    point.state = state;
    point.message = message;
    if (m_events.pointChanged)
        m_events.pointChanged(point.point.index);
}

void ExperimentRunner::markSkipped()
{
    for (PointResult &point : m_result.points) {
        const bool isOpen =
            point.state == PointState::Waiting || point.state == PointState::Partial;
        if (isOpen && m_control.isSkipped(point.point.index))
            setState(point, PointState::Skipped);
    }
}

void ExperimentRunner::endByRule()
{
    for (PointResult &point : m_result.points) {
        if (point.state == PointState::Partial)
            setState(point, PointState::Done);
    }
}

void ExperimentRunner::tell(RunnerPhase phase, const PlannedRun &planned, double share)
{
    m_toldNs = nowNs();
    if (!m_events.progress)
        return;
    RunnerProgress progress;
    progress.phase = phase;
    progress.point = planned.point;
    progress.repeat = planned.repeat;
    progress.done = m_done;
    progress.total = m_done;
    for (const size_t runs : m_wantedRuns)
        progress.total += runs;
    progress.runShare = std::clamp(share, 0.0, 1.0);
    progress.secondsLeft = secondsLeft(share);
    m_events.progress(progress);
}

std::optional<double> ExperimentRunner::secondsLeft(double share) const
{
    const Experiment &experiment = m_result.experiment;
    double seconds = 0;
    for (size_t point = 0; point < m_wantedRuns.size(); ++point) {
        if (m_wantedRuns[point] == 0)
            continue;
        const std::optional<double> one = m_timeLeft.runSeconds(point);
        if (!one)
            return experiment.expectedSeconds > 0 ? std::optional(experiment.expectedSeconds)
                                                  : std::nullopt;
        seconds += static_cast<double>(m_wantedRuns[point]) * (*one + experiment.coolDownSeconds);
    }
    if (m_next < m_order.size())
        seconds -= share * m_timeLeft.runSeconds(m_order[m_next].point).value_or(0);
    return std::max(seconds, 0.0);
}

void ExperimentRunner::countWanted(size_t from)
{
    m_wantedRuns.assign(m_result.points.size(), 0);
    for (size_t i = from; i < m_order.size(); ++i)
        m_wantedRuns[m_order[i].point] += isWanted(m_order[i]) ? 1 : 0;
}

} // namespace inferlab
