// The engine on a thread of its own, as the window sees it. All members are called, and all signals
// come, on the thread that made the session. The worker never waits for that thread: it puts what
// happened into a bounded mailbox, which a timer here drains once a frame.
#pragma once

#include "app/session/engine_source.h"
#include "app/session/run_keeper.h"
#include "app/session/session_types.h"

#include <QObject>
#include <memory>

namespace inferlab {

class Session : public QObject
{
    Q_OBJECT

public:
    explicit Session(EngineSource source, QObject *parent = nullptr, RunKeeper keeper = {});
    ~Session() override; // stops the worker and waits; under 100 ms while a model computes

    const PhaseStatus &status() const noexcept;
    bool isBusy() const noexcept;          // loading or running
    bool isExperimenting() const noexcept; // one was asked for and has not ended
    const std::optional<ModelSummary> &model() const noexcept;
    // Of the model's file, as records name it; empty until it is known.
    const std::string &modelHash() const noexcept;
    std::shared_ptr<LoadedModel> loadedModel() const noexcept; // null until ready; for planMemory()

    // The run as far as the screen knows it: grows with every drain, replaced by the worker's own
    // record at the end. Null before the first run.
    const RunRecord *liveRun() const noexcept;
    int64_t liveTokens() const noexcept; // so far, of all its requests; 0 once it has ended

    // The least time between two drains; 16 ms unless set. While a run takes every core the drains
    // come further apart, see frame_pacer.h.
    void setFrameInterval(int milliseconds);
    // Frames come as seldom as they may and still cost more than they should: draw less in each.
    bool isShortOfTime() const noexcept;

public slots:
    void load(const inferlab::ModelChoice &choice); // in the background
    void run(const inferlab::RunPlan &plan);        // loads first when needed
    void findKnee(const inferlab::KneePlan &plan);
    void runExperiment(const inferlab::ExperimentPlan &plan);
    void skipPoint(size_t point); // of the experiment in progress
    void stop();                  // load, run or sweep; what was measured is kept
    void pause(bool on);          // between two steps

signals:
    void statusChanged(const inferlab::PhaseStatus &status);
    void modelReady(const inferlab::ModelSummary &model);
    void runStarted(const inferlab::RunSettings &settings); // liveRun() is new and empty
    void runAdvanced();                                     // liveRun() grew; at most once a frame
    void runFinished(
        const inferlab::RunRecordPtr &run); // complete, stopped or failed; the record says which
    void kneeFinished(const std::vector<inferlab::RunRecordPtr> &runs);
    void experimentProgressed(const inferlab::RunnerProgress &progress);
    void experimentAdvanced(const inferlab::ExperimentResultPtr &result); // with every run
    void experimentFinished(const inferlab::ExperimentResultPtr &result);
    void failed(const QString &line);     // one line for the person; the session goes on
    void cpuOffered(const QString &line); // after failed(): another device was at fault

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace inferlab
