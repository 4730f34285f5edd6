#include "worker.h"

#include "app/run_setup/run_requests.h"
#include "app/run_setup/run_setup.h"
#include "app/session/run_describe.h"
#include "app/session/run_forwarder.h"
#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace inferlab {

namespace {

bool sameStatus(const PhaseStatus &a, const PhaseStatus &b)
{
    return a.phase == b.phase && a.sinceNs == b.sinceNs && a.done == b.done && a.total == b.total
        && a.sweepIndex == b.sweepIndex && a.sweepCount == b.sweepCount;
}

// Whether a command is for a device that the CPU could stand in for.
bool isForOtherDevice(const Worker::Command &command)
{
    const auto *choice = std::get_if<ModelChoice>(&command);
    if (const auto *run = std::get_if<RunPlan>(&command))
        choice = &run->model;
    else if (const auto *knee = std::get_if<KneePlan>(&command))
        choice = &knee->base.model;
    // An experiment says itself at its end whether a device was at fault.
    return choice != nullptr && choice->device != QLatin1String("cpu");
}

// Times of a report on a clock that stood still for pausedNs.
StepReport onRunClock(StepReport report, int64_t pausedNs)
{
    report.startNs -= pausedNs;
    report.endNs -= pausedNs;
    for (TokenEvent &token : report.tokens)
        token.ns -= pausedNs;
    for (FinishedRequest &finished : report.finished)
        finished.ns -= pausedNs;
    return report;
}

} // namespace

Worker::Worker(EngineSource source, size_t mailboxCapacity, RunKeeper keeper)
    : m_mailbox(mailboxCapacity)
    , m_source(std::move(source))
    , m_keeper(std::move(keeper))
    , m_thread([this] { loop(); })
{ }

Worker::~Worker()
{
    {
        const std::lock_guard lock(m_mutex);
        m_quit = true;
    }
    stop();
    m_wake.notify_all();
    m_thread.join();
}

void Worker::post(Command command)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back({std::move(command), std::make_shared<std::atomic<bool>>(false)});
    }
    m_wake.notify_all();
}

void Worker::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        for (const Job &job : m_jobs)
            *job.stop = true;
        if (m_currentStop != nullptr)
            *m_currentStop = true;
        if (m_runningEngine != nullptr)
            m_runningEngine->requestStop();
        if (m_experiment != nullptr)
            m_experiment->stop();
    }
    m_wake.notify_all();
}

void Worker::skipPoint(size_t point)
{
    const std::lock_guard lock(m_mutex);
    if (m_experiment != nullptr)
        m_experiment->skip(point);
}

void Worker::setPaused(bool paused)
{
    {
        const std::lock_guard lock(m_mutex);
        m_paused = paused;
        if (m_experiment != nullptr)
            m_experiment->setPaused(paused);
    }
    m_wake.notify_all();
}

void Worker::loop()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_quit || !m_jobs.empty(); });
        if (m_quit)
            return;
        const Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        m_currentStop = job.stop;
        lock.unlock();
        execute(job);
        lock.lock();
        m_currentStop = nullptr;
    }
}

// The one place where what goes wrong becomes a line for the person.
void Worker::execute(const Job &job)
{
    try {
        if (*job.stop)
            throw Cancelled();
        if (const auto *choice = std::get_if<ModelChoice>(&job.command))
            ensureModel(*choice, *job.stop);
        else if (const auto *plan = std::get_if<RunPlan>(&job.command))
            executeRun(*plan, *job.stop);
        else if (const auto *knee = std::get_if<KneePlan>(&job.command))
            executeKnee(*knee, *job.stop);
        else
            executeExperiment(std::get<ExperimentPlan>(job.command), *job.stop);
    } catch (const Cancelled &) {
        // Asked for: the status below says all there is to say.
    } catch (const std::bad_alloc &) {
        send(
            FailedEvent {"Out of memory: try a smaller batch, a shorter context or a smaller model",
                         isForOtherDevice(job.command)});
    } catch (const DeviceRefusal &error) {
        send(FailedEvent {error.what(), isForOtherDevice(job.command)});
    } catch (const InputError &error) {
        send(FailedEvent {error.what()});
    } catch (const std::exception &error) { // a driver's, where there is one
        send(FailedEvent {error.what(), isForOtherDevice(job.command)});
    }
    m_status.sweepIndex = m_status.sweepCount = 0;
    setPhase(m_hasModel ? Phase::Ready : Phase::Empty);
    send(CommandDoneEvent {});
}

void Worker::dropModel()
{
    m_model.reset();
    m_hasModel = false;
    m_hash.reset();
    send(ModelGoneEvent {});
}

void Worker::ensureModel(const ModelChoice &choice, const std::atomic<bool> &stop)
{
    const bool sameModel =
        m_hasModel && choice.path == m_choice.path && choice.device == m_choice.device;
    if (sameModel && choice.threads == m_choice.threads) {
        identify(stop); // where it was stopped before
        return;
    }
    if (sameModel && m_model != nullptr) {
        m_model->backend().setThreads(choice.threads > 0 ? choice.threads : defaultThreads());
    } else {
        // The old one goes first: two models at once may not fit.
        dropModel();
        setPhase(Phase::Loading);
        m_model = m_source.load(
            choice,
            [this](const LoadProgress &progress) {
                setPhase(Phase::Loading, progress.doneBytes, progress.totalBytes);
            },
            &stop);
        m_hasModel = true;
    }
    m_choice = choice;
    send(ModelReadyEvent {summariseModel(choice, m_model.get()), m_model});
    identify(stop);
}

// Before the first run: a record says which file it measured, also that of a run that is stopped.
void Worker::identify(const std::atomic<bool> &stop)
{
    if (m_hash)
        return;
    m_hash = m_source.hash(
        m_choice,
        [this](uint64_t done, uint64_t total) { setPhase(Phase::Identifying, done, total); },
        &stop);
    send(ModelIdentifiedEvent {*m_hash});
}

void Worker::executeRun(const RunPlan &plan, const std::atomic<bool> &stop)
{
    ensureModel(plan.model, stop);
    runOnce(plan, stop);
}

void Worker::executeKnee(const KneePlan &plan, const std::atomic<bool> &stop)
{
    ensureModel(plan.base.model, stop);
    std::vector<RunRecordPtr> runs;
    m_status.sweepCount = static_cast<int>(plan.batches.size());
    std::exception_ptr failure;
    try {
        warmUp(plan.base, stop);
        for (const int batch : plan.batches) {
            ++m_status.sweepIndex;
            RunPlan run = plan.base;
            run.settings.batch = batch;
            run.settings.ignoreEnd = true; // equal lengths, so that the batch size alone differs
            run.label.clear();
            runs.push_back(runOnce(run, stop));
            if (stop)
                break;
        }
    } catch (...) {
        failure = std::current_exception();
    }
    // What was measured is kept, whatever ended the sweep.
    send(KneeFinishedEvent {std::move(runs)});
    if (failure)
        std::rethrow_exception(failure);
}

void Worker::warmUp(RunPlan plan, const std::atomic<bool> &stop)
{
    constexpr int kWarmUpTokens = 4; // enough to touch every weight and buffer once
    plan.settings.batch = 1;
    const std::vector<int32_t> prompt = m_source.encode(m_model.get(), plan.settings);
    EngineOptions options = engineOptions(plan.settings, prompt.size(), m_model.get());
    const std::unique_ptr<Engine> engine = m_source.open(m_model, options);
    Request request = makeRequest(plan.settings, prompt, 0);
    request.maxNewTokens = kWarmUpTokens;
    engine->submit(std::move(request));
    setPhase(Phase::Queued);
    drive(*engine, stop, [](const StepReport &, int64_t) {});
    if (stop)
        throw Cancelled();
}

RunRecordPtr Worker::runOnce(const RunPlan &plan, const std::atomic<bool> &stop)
{
    setPhase(Phase::Queued);
    std::vector<Request> requests =
        makeRequests(plan.settings, encodePool(plan.settings, [this](const RunSettings &settings) {
                         return m_source.encode(m_model.get(), settings);
                     }));
    RunPlan actual = plan;
    const EngineOptions options =
        engineOptions(plan.settings, longestPrompt(requests), m_model.get());
    actual.settings.contextTokens = options.contextTokens;
    if (stop)
        throw Cancelled();
    const std::unique_ptr<Engine> engine = m_source.open(m_model, options);

    RunRecord head = describeRun(actual, m_model.get());
    head.provenance.modelHash = *m_hash;
    RunForwarder forwarder(std::move(head), m_mailbox);
    uint64_t promptTotal = 0; // of those that are under way
    RunSubmission submission(std::move(requests), *engine,
                             [&](RequestId id, int64_t ns, int32_t promptTokens) {
                                 forwarder.submitted({id, ns, ns, promptTokens});
                                 promptTotal += static_cast<uint64_t>(promptTokens);
                             });
    submission.begin(plan.settings);

    uint64_t promptDone = 0;
    drive(*engine, stop, [&](const StepReport &report, int64_t pausedNs) {
        forwarder.add(report);
        if (stop)
            return;
        submission.ended(report.finished.size(), pausedNs);
        promptDone =
            std::min(promptTotal, promptDone + static_cast<uint64_t>(report.prefillTokens));
        // While prompts are read, the first answers may grow already: the rest still waits.
        if (report.prefillTokens > 0 && promptDone < promptTotal)
            setPhase(Phase::Prefill, promptDone, promptTotal);
        else if (!report.tokens.empty())
            setPhase(Phase::Generating);
    });

    RunRecordPtr run = forwarder.take();
    kept([&] { m_keeper(*run, {}); }); // first on the disk, then on the screen
    send(RunFinishedEvent {run});
    return run;
}

void Worker::kept(const std::function<void()> &keep)
{
    if (!m_keeper)
        return;
    try {
        keep();
    } catch (const std::exception &error) {
        send(FailedEvent {notKeptLine(error)});
    }
}

void Worker::drive(Engine &engine, const std::atomic<bool> &stop,
                   const std::function<void(const StepReport &, int64_t)> &consume)
{
    // stop() reaches the engine in the middle of a step only while it is published here.
    const auto publish = [this](Engine *running) {
        const std::lock_guard lock(m_mutex);
        m_runningEngine = running;
    };
    struct Unpublish
    {
        const decltype(publish) &set;
        ~Unpublish() { set(nullptr); }
    };
    publish(&engine);
    const Unpublish unpublish {publish};

    int64_t pausedNs = 0;
    while (!engine.idle()) {
        pausedNs += waitWhilePaused(stop);
        if (stop) {
            setPhase(Phase::Stopping);
            engine.requestStop();
        }
        consume(onRunClock(engine.step(), pausedNs), pausedNs);
    }
}

int64_t Worker::waitWhilePaused(const std::atomic<bool> &stop)
{
    std::unique_lock lock(m_mutex);
    if (!m_paused)
        return 0;
    const int64_t begin = nowNs();
    m_wake.wait(lock, [&] { return !m_paused || stop || m_quit; });
    return nowNs() - begin;
}

void Worker::setPhase(Phase phase, uint64_t done, uint64_t total)
{
    if (phase != m_status.phase)
        m_status.sinceNs = nowNs();
    m_status.phase = phase;
    m_status.done = done;
    m_status.total = total;
    // Every token says "generating" anew; the window need not look at it again.
    if (m_sentStatus && sameStatus(*m_sentStatus, m_status))
        return;
    m_sentStatus = m_status;
    m_mailbox.setStatus(m_status);
}

} // namespace inferlab
