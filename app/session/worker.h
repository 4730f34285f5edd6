// The thread that owns the engine. Takes commands, tells what happens through a mailbox, never
// waits for whoever reads it. Knows no event loop: the session around it drains.
#pragma once

#include "app/session/engine_source.h"
#include "app/session/mailbox.h"
#include "app/session/run_keeper.h"
#include "app/session/session_events.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>

namespace inferlab {

class Worker
{
public:
    using Box = Mailbox<SessionEvent, PhaseStatus>;
    // load, run, find the knee, carry an experiment out
    using Command = std::variant<ModelChoice, RunPlan, KneePlan, ExperimentPlan>;

    // Weight of step reports held for a screen that does not drain: a report counts 1 + its tokens,
    // so this is some seconds of the fastest producer at about 100 bytes each.
    static constexpr size_t kMailboxCapacity = 65536;

    explicit Worker(EngineSource source, size_t mailboxCapacity = kMailboxCapacity,
                    RunKeeper keeper = {});
    ~Worker(); // stops what runs and waits for the thread

    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    // From any thread.
    void post(Command command);
    void stop();                  // the command in progress and all that wait
    void setPaused(bool paused);  // between two steps; the record's clock stands still meanwhile
    void skipPoint(size_t point); // of the experiment in progress
    Box &mailbox() noexcept { return m_mailbox; }

private:
    struct Job
    {
        Command command;
        std::shared_ptr<std::atomic<bool>> stop;
    };

    void loop();
    void execute(const Job &job);
    void executeRun(const RunPlan &plan, const std::atomic<bool> &stop);
    void executeKnee(const KneePlan &plan, const std::atomic<bool> &stop);
    void executeExperiment(const ExperimentPlan &plan, const std::atomic<bool> &stop);
    EngineAccess engineAccess(const std::atomic<bool> &stop);
    void publishExperiment(RunControl *control);
    void dropIfChanged(const std::string &file, const std::atomic<bool> &stop);

    void ensureModel(const ModelChoice &choice, const std::atomic<bool> &stop);
    void dropModel();
    void identify(const std::atomic<bool> &stop);
    RunRecordPtr runOnce(const RunPlan &plan, const std::atomic<bool> &stop);
    void kept(const std::function<void()> &keep); // where there is a keeper; says what went wrong
    void warmUp(RunPlan plan, const std::atomic<bool> &stop);
    // Steps the engine until it is idle. `consume` gets each report with its times on the run's
    // clock, and for how long that stood still until now.
    void drive(Engine &engine, const std::atomic<bool> &stop,
               const std::function<void(const StepReport &, int64_t pausedNs)> &consume);
    int64_t waitWhilePaused(const std::atomic<bool> &stop); // nanoseconds spent waiting

    void setPhase(Phase phase, uint64_t done = 0, uint64_t total = 0);
    template <typename Event>
    void send(Event event)
    {
        m_mailbox.post(SessionEvent {std::move(event)});
    }

    // Shared with other threads.
    Box m_mailbox;
    std::mutex m_mutex; // of everything in this group
    std::condition_variable m_wake;
    std::deque<Job> m_jobs;
    std::shared_ptr<std::atomic<bool>> m_currentStop;
    Engine *m_runningEngine = nullptr;
    RunControl *m_experiment = nullptr; // of the experiment in progress
    bool m_paused = false;
    bool m_quit = false;

    // The worker's own.
    EngineSource m_source;
    RunKeeper m_keeper;
    ModelChoice m_choice;
    std::shared_ptr<LoadedModel> m_model;
    bool m_hasModel = false;
    std::optional<std::string> m_hash; // of m_choice's file; none until computed
    PhaseStatus m_status;
    std::optional<PhaseStatus> m_sentStatus; // the last that was posted

    std::thread m_thread; // last: starts when all else is ready
};

} // namespace inferlab
