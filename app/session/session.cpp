#include "session.h"

#include "app/session/frame_pacer.h"
#include "app/session/worker.h"
#include "engine/base/clock.h"
#include "engine/measure/recorder.h"
#include "kernels/api/devices.h"

#include <QTimer>
#include <type_traits>
#include <utility>

namespace inferlab {

namespace {

constexpr int kFrameMs = 16; // one screen frame at 60 Hz
// Of an experiment only progress is shown, some times a second.
constexpr int kExperimentMs = 100;
// Of one core, for drawing while a run goes on: where the engine computes on all of them, so that
// it loses less than 2%; where a core is free, what keeps the window answering at once.
constexpr double kShareOfBusyCore = 0.014;
constexpr double kShareOfFreeCore = 0.5;

} // namespace

class Session::Private
{
public:
    Private(Session *session, EngineSource source, RunKeeper keeper)
        : q(session)
        , worker(std::move(source), Worker::kMailboxCapacity, std::move(keeper))
    {
        timer.setInterval(kFrameMs);
        QObject::connect(&timer, &QTimer::timeout, q, [this] { drain(); });
    }

    void post(Worker::Command command)
    {
        ++openCommands;
        worker.post(std::move(command));
        timer.start(leastMs);
    }

    void drain()
    {
        Worker::Box::Contents contents = worker.mailbox().drain();
        bool advanced = false;
        for (SessionEvent &event : contents.events) {
            // A signal's receiver must see all that came before it.
            if (!event.droppable() && std::exchange(advanced, false))
                emit q->runAdvanced();
            std::visit([&](auto &what) { advanced = take(what) || advanced; }, event.what);
        }
        if (contents.status)
            status = *contents.status;
        // The end of a command may come a drain later than its last status; isBusy() changes with
        // it.
        if (contents.status || std::exchange(commandEnded, false))
            emit q->statusChanged(status);
        if (advanced)
            emit q->runAdvanced();
        if (openCommands == 0)
            timer.stop();
        else if (const int next = live ? pacer.nextMs(threadCpuNs())
                     : experimenting   ? kExperimentMs
                                       : leastMs;
                 next != timer.interval())
            timer.setInterval(next);
    }

    // Each returns whether the live run grew.
    bool take(ModelReadyEvent &event)
    {
        model = std::move(event.summary);
        loaded = event.model;
        emit q->modelReady(*model);
        return false;
    }
    bool take(const ModelGoneEvent &)
    {
        model.reset();
        loaded.reset();
        modelHash.clear();
        return false;
    }
    bool take(ModelIdentifiedEvent &event)
    {
        modelHash = std::move(event.hash);
        return false;
    }
    bool take(RunStartedEvent &event)
    {
        finished.reset();
        const RunSettings settings = event.head.settings;
        const bool allCores = settings.threads >= defaultThreads();
        pacer.begin(allCores ? kShareOfBusyCore : kShareOfFreeCore);
        live.emplace(std::move(event.head));
        emit q->runStarted(settings);
        return false;
    }
    bool take(const SubmittedEvent &event)
    {
        live->submitted(event.id, event.scheduledNs, event.submittedNs, event.promptTokens);
        return true;
    }
    bool take(const StepReport &report)
    {
        live->add(report);
        return true;
    }
    bool take(const SnapshotEvent &event)
    {
        live.emplace(*event.record);
        return true;
    }
    bool take(const RunFinishedEvent &event)
    {
        finished = event.record;
        live.reset();
        emit q->runFinished(finished);
        return false;
    }
    bool take(const KneeFinishedEvent &event)
    {
        emit q->kneeFinished(event.runs);
        return false;
    }
    bool take(const ExperimentProgressEvent &event)
    {
        emit q->experimentProgressed(event.progress);
        return false;
    }
    bool take(const ExperimentAdvancedEvent &event)
    {
        emit q->experimentAdvanced(event.result);
        return false;
    }
    bool take(const ExperimentFinishedEvent &event)
    {
        emit q->experimentFinished(event.result);
        return false;
    }
    bool take(const FailedEvent &event)
    {
        emit q->failed(QString::fromStdString(event.line));
        if (event.cpuMay)
            emit q->cpuOffered(QString::fromStdString(event.line));
        return false;
    }
    bool take(const CommandDoneEvent &)
    {
        --openCommands;
        experimenting = experimenting && openCommands > 0;
        commandEnded = true;
        return false;
    }

    Session *q;
    Worker worker;
    QTimer timer;
    int leastMs = kFrameMs; // between two frames
    FramePacer pacer {kFrameMs};
    int openCommands = 0; // posted and not yet done
    bool commandEnded = false;
    bool experimenting = false;
    PhaseStatus status;
    std::optional<ModelSummary> model;
    std::string modelHash;
    std::weak_ptr<LoadedModel>
        loaded; // the worker owns it: it frees one model before it loads another
    std::optional<RunRecorder> live; // while a run goes on
    RunRecordPtr finished;           // the last run, whole
};

Session::Session(EngineSource source, QObject *parent, RunKeeper keeper)
    : QObject(parent)
    , d(std::make_unique<Private>(this, std::move(source), std::move(keeper)))
{ }

Session::~Session() = default;

const PhaseStatus &Session::status() const noexcept
{
    return d->status;
}

bool Session::isBusy() const noexcept
{
    return d->openCommands > 0;
}

bool Session::isExperimenting() const noexcept
{
    return d->experimenting;
}

const std::optional<ModelSummary> &Session::model() const noexcept
{
    return d->model;
}

const std::string &Session::modelHash() const noexcept
{
    return d->modelHash;
}

std::shared_ptr<LoadedModel> Session::loadedModel() const noexcept
{
    return d->loaded.lock();
}

int64_t Session::liveTokens() const noexcept
{
    return d->live ? d->live->outputTokens() : 0;
}

const RunRecord *Session::liveRun() const noexcept
{
    return d->live ? &d->live->record() : d->finished.get();
}

void Session::setFrameInterval(int milliseconds)
{
    d->leastMs = milliseconds;
    d->pacer.setLeastMs(milliseconds);
    d->timer.setInterval(milliseconds);
}

bool Session::isShortOfTime() const noexcept
{
    return d->live && d->pacer.isOverdrawn();
}

void Session::load(const ModelChoice &choice)
{
    d->post(choice);
}

void Session::run(const RunPlan &plan)
{
    d->post(plan);
}

void Session::findKnee(const KneePlan &plan)
{
    d->post(plan);
}

void Session::runExperiment(const ExperimentPlan &plan)
{
    d->experimenting = true;
    d->post(plan);
}

void Session::skipPoint(size_t point)
{
    d->worker.skipPoint(point);
}

void Session::stop()
{
    d->worker.stop();
}

void Session::pause(bool on)
{
    d->worker.setPaused(on);
}

} // namespace inferlab
