// The worker alone, without an event loop: commands in, mailbox out, stop and quit at any moment.
#include "app/session/worker.h"
#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/measure/metrics.h"
#include "support/synthetic_engine.h"
#include "worker_events.h"

#include <QTest>
#include <chrono>
#include <thread>

using namespace inferlab;
using test::collect;
using test::only;
using namespace std::chrono_literals;

namespace {

// A stop is promised within 100 ms; the rest is for a machine that is busy with other tests.
constexpr double kStopMs = 250;

// Drains until the worker says that it is there; what else comes meanwhile is lost.
PhaseStatus waitForPhase(Worker &worker, Phase phase)
{
    while (true) {
        const auto status = worker.mailbox().drain().status;
        if (status && status->phase == phase)
            return *status;
        std::this_thread::sleep_for(1ms);
    }
}

} // namespace

class TestWorker : public QObject
{
    Q_OBJECT

private slots:
    void runsABatchAndRecordsEveryToken()
    {
        Worker worker(test::syntheticSource({}));
        worker.post(test::syntheticPlan(50, 4));
        const std::vector<SessionEvent> events = collect(worker, 1);
        QCOMPARE(only<ModelReadyEvent>(events).size(), size_t(1));
        QCOMPARE(only<RunStartedEvent>(events).size(), size_t(1));
        QCOMPARE(only<SubmittedEvent>(events).size(), size_t(4));
        const auto finished = only<RunFinishedEvent>(events);
        QCOMPARE(finished.size(), size_t(1));
        const RunRecord &record = *finished[0].record;
        QCOMPARE(record.requests.size(), size_t(4));
        for (const RequestRecord &request : record.requests) {
            QCOMPARE(request.tokens.size(), size_t(50));
            QCOMPARE(request.endReason, EndReason::Length);
            QCOMPARE(request.promptTokens, 5);
        }
        QCOMPARE(record.provenance.modelHash, std::string("sha256:synthetic"));
        QVERIFY(!record.provenance.date.empty());
    }

    void aRunIsKeptBeforeTheScreenHearsOfIt()
    {
        std::vector<std::string> kept;
        bool heardFirst = false;
        Worker *told = nullptr;
        Worker worker(test::syntheticSource({}), Worker::kMailboxCapacity,
                      [&](const RunRecord &run, const std::optional<RunPlace> &place) {
                          QVERIFY(!place); // of no experiment
                          for (const SessionEvent &event : told->mailbox().drain().events)
                              heardFirst = heardFirst
                                  || std::holds_alternative<RunFinishedEvent>(event.what);
                          kept.push_back(run.provenance.modelHash);
                      });
        told = &worker;
        worker.post(test::syntheticPlan(5));
        const auto finished = only<RunFinishedEvent>(collect(worker, 1));
        QCOMPARE(finished.size(), size_t(1));
        QVERIFY(!heardFirst);
        QCOMPARE(kept, std::vector<std::string> {"sha256:synthetic"}); // whole, with its hash
    }

    void aRunThatCannotBeKeptIsShownAllTheSame()
    {
        Worker worker(test::syntheticSource({}), Worker::kMailboxCapacity,
                      [](const RunRecord &, const std::optional<RunPlace> &) {
                          throw std::runtime_error("no room left");
                      });
        worker.post(test::syntheticPlan(5));
        const std::vector<SessionEvent> events = collect(worker, 1);
        QCOMPARE(only<RunFinishedEvent>(events).size(), size_t(1));
        const auto failed = only<FailedEvent>(events);
        QCOMPARE(failed.size(), size_t(1));
        QVERIFY(failed[0].line.ends_with("no room left"));
    }

    void aScreenThatDoesNotDrainSlowsNothingAndLosesNothing()
    {
        Worker worker(test::syntheticSource({}), 100); // room for 50 tokens
        worker.post(test::syntheticPlan(5000, 2));
        RunRecordPtr record;
        // One look in 50 ms, until the run is over.
        std::vector<SessionEvent> all;
        bool done = false;
        while (!done) {
            std::this_thread::sleep_for(50ms);
            for (SessionEvent &event : worker.mailbox().drain().events) {
                done = done || std::holds_alternative<CommandDoneEvent>(event.what);
                all.push_back(std::move(event));
            }
        }
        const auto finished = only<RunFinishedEvent>(all);
        QCOMPARE(finished.size(), size_t(1));
        for (const RequestRecord &request : finished[0].record->requests)
            QCOMPARE(request.tokens.size(), size_t(5000));
        QVERIFY2(only<StepReport>(all).size() < 5000, "the bound was never reached");
    }

    void stopEndsARunSoonAndKeepsWhatWasMeasured()
    {
        test::SyntheticPace pace;
        pace.step = 2ms;
        Worker worker(test::syntheticSource(pace));
        worker.post(test::syntheticPlan(100000));
        while (worker.mailbox().isEmpty())
            std::this_thread::sleep_for(1ms);
        std::this_thread::sleep_for(30ms);
        worker.stop();
        const auto finished = only<RunFinishedEvent>(collect(worker, 1));
        QCOMPARE(finished.size(), size_t(1));
        const RequestRecord &request = finished[0].record->requests.at(0);
        QCOMPARE(request.endReason, EndReason::Cancelled);
        QVERIFY(!request.tokens.empty());
        QVERIFY(request.tokens.size() < 100000);
    }

    void stopEndsLoadingAndPrefill()
    {
        test::SyntheticPace pace;
        pace.load = 60s;
        pace.prefill = 60s;
        const auto begin = std::chrono::steady_clock::now();
        {
            Worker worker(test::syntheticSource(pace));
            worker.post(test::syntheticPlan(10));
            std::this_thread::sleep_for(20ms);
            worker.stop();
            const auto events = collect(worker, 1);
            QVERIFY(only<RunStartedEvent>(events).empty());
            QVERIFY(only<FailedEvent>(events).empty());
        }
        pace.load = 0s;
        Worker worker(test::syntheticSource(pace));
        worker.post(test::syntheticPlan(10));
        std::this_thread::sleep_for(20ms);
        worker.stop();
        const auto finished = only<RunFinishedEvent>(collect(worker, 1));
        QCOMPARE(finished.size(), size_t(1));
        QVERIFY(finished[0].record->requests.at(0).tokens.empty());
        // Long before either would have ended; how long exactly is the benchmark's business.
        QVERIFY(std::chrono::steady_clock::now() - begin < 20s);
    }

    void aRunThatIsStoppedAtOnceHasTheModelsHash()
    {
        test::SyntheticPace pace;
        pace.hash = 30ms;
        pace.prefill = 60s;
        Worker worker(test::syntheticSource(pace));
        worker.post(test::syntheticPlan(10));
        std::vector<SessionEvent> events;
        while (only<RunStartedEvent>(events).empty()) {
            for (SessionEvent &event : worker.mailbox().drain().events)
                events.push_back(std::move(event));
            std::this_thread::sleep_for(1ms);
        }
        worker.stop();
        const auto finished = only<RunFinishedEvent>(collect(worker, 1));
        QCOMPARE(finished.size(), size_t(1));
        QVERIFY(finished[0].record->requests.at(0).tokens.empty());
        QCOMPARE(finished[0].record->provenance.modelHash, std::string("sha256:synthetic"));
        QCOMPARE(only<RunStartedEvent>(events)[0].head.provenance.modelHash,
                 std::string("sha256:synthetic"));
    }

    void stopEndsIdentifyingAndTheNextRunIdentifies()
    {
        test::SyntheticPace pace;
        pace.hash = 300ms;
        Worker worker(test::syntheticSource(pace));
        worker.post(test::syntheticPlan(10).model);
        const PhaseStatus identifying = waitForPhase(worker, Phase::Identifying);
        QVERIFY(identifying.done > 0 && identifying.total == 300);
        const int64_t begin = nowNs();
        worker.stop();
        QVERIFY(only<FailedEvent>(collect(worker, 1)).empty());
        QVERIFY(static_cast<double>(nowNs() - begin) / 1e6 < kStopMs);
        worker.post(test::syntheticPlan(3)); // the model is there all the same and not loaded again
        const auto events = collect(worker, 1);
        QVERIFY(only<ModelReadyEvent>(events).empty());
        const auto finished = only<RunFinishedEvent>(events);
        QCOMPARE(finished.size(), size_t(1));
        QCOMPARE(finished[0].record->provenance.modelHash, std::string("sha256:synthetic"));
    }

    void aRunThatArrivesWhileIdentifyingWaitsForTheHash()
    {
        test::SyntheticPace pace;
        pace.hash = 50ms;
        Worker worker(test::syntheticSource(pace));
        worker.post(test::syntheticPlan(3).model);
        waitForPhase(worker, Phase::Identifying);
        worker.post(test::syntheticPlan(3));
        const auto finished = only<RunFinishedEvent>(collect(worker, 2));
        QCOMPARE(finished.size(), size_t(1));
        QCOMPARE(finished[0].record->provenance.modelHash, std::string("sha256:synthetic"));
    }

    void aFileThatCannotBeIdentifiedIsNotRun()
    {
        EngineSource source = test::syntheticSource({});
        bool readable = false; // the worker's thread alone looks, between commands
        source.hash = [&readable](const ModelChoice &, const auto &, const std::atomic<bool> *) {
            if (!readable)
                throw InputError("synthetic.gguf", "", "a file that can be read", "no such file");
            return std::string("sha256:late");
        };
        Worker worker(std::move(source));
        worker.post(test::syntheticPlan(3));
        const auto refused = collect(worker, 1);
        QCOMPARE(only<FailedEvent>(refused).size(), size_t(1));
        QVERIFY(only<RunFinishedEvent>(refused).empty());
        readable = true;
        worker.post(test::syntheticPlan(3));
        const auto finished = only<RunFinishedEvent>(collect(worker, 1));
        QCOMPARE(finished.size(), size_t(1));
        QCOMPARE(finished[0].record->provenance.modelHash, std::string("sha256:late"));
    }

    void quittingDuringARunIsClean()
    {
        test::SyntheticPace pace;
        pace.step = 1ms;
        for (int i = 0; i < 20; ++i) {
            Worker worker(test::syntheticSource(pace));
            worker.post(test::syntheticPlan(100000, 8));
            worker.post(test::syntheticPlan(100000, 8));
            std::this_thread::sleep_for(std::chrono::milliseconds(i));
        }
    }

    void quittingWhileIdentifyingIsClean()
    {
        test::SyntheticPace pace;
        pace.hash = 60s;
        for (int i = 0; i < 10; ++i) {
            Worker worker(test::syntheticSource(pace));
            worker.post(test::syntheticPlan(100));
            std::this_thread::sleep_for(std::chrono::milliseconds(i));
        }
    }

    void stopAlsoEndsWaitingCommands()
    {
        test::SyntheticPace pace;
        pace.step = 1ms;
        Worker worker(test::syntheticSource(pace));
        for (int i = 0; i < 5; ++i)
            worker.post(test::syntheticPlan(100000));
        std::this_thread::sleep_for(10ms);
        worker.stop();
        QVERIFY(only<RunFinishedEvent>(collect(worker, 5)).size() <= 1);
        worker.post(test::syntheticPlan(3)); // goes on afterwards
        QCOMPARE(only<RunFinishedEvent>(collect(worker, 1)).size(), size_t(1));
    }

    void whatFailsBecomesOneLineAndTheWorkerGoesOn()
    {
        Worker worker(test::syntheticSource({}));
        RunPlan missing = test::syntheticPlan(3);
        missing.model.path = QStringLiteral("missing.gguf");
        RunPlan empty = test::syntheticPlan(3);
        empty.settings.prompt.clear();
        worker.post(missing);
        worker.post(empty);
        worker.post(test::syntheticPlan(3));
        const auto events = collect(worker, 3);
        const auto failures = only<FailedEvent>(events);
        QCOMPARE(failures.size(), size_t(2));
        QVERIFY(failures[0].line.find("missing.gguf") != std::string::npos);
        QVERIFY(failures[1].line.find("prompt") != std::string::npos);
        QCOMPARE(only<RunFinishedEvent>(events).size(), size_t(1));
    }

    void anErrorInAStepEndsTheRunWithItsReason()
    {
        test::SyntheticPace pace;
        pace.failInStep = true;
        Worker worker(test::syntheticSource(pace));
        worker.post(test::syntheticPlan(100));
        const auto finished = only<RunFinishedEvent>(collect(worker, 1));
        QCOMPARE(finished.size(), size_t(1));
        const RequestRecord &request = finished[0].record->requests.at(0);
        QCOMPARE(request.endReason, EndReason::Error);
        QCOMPARE(request.message, std::string("device memory ran out"));
        QCOMPARE(request.tokens.size(), size_t(3));
    }

    void theRecordsClockStandsStillInAPause()
    {
        test::SyntheticPace pace;
        pace.step = 1ms;
        Worker worker(test::syntheticSource(pace));
        worker.post(test::syntheticPlan(200));
        std::this_thread::sleep_for(20ms);
        worker.setPaused(true);
        std::this_thread::sleep_for(1500ms);
        worker.setPaused(false);
        const auto finished = only<RunFinishedEvent>(collect(worker, 1));
        QCOMPARE(finished.size(), size_t(1));
        for (const double gapMs : itlMs(finished[0].record->requests.at(0)))
            QVERIFY2(gapMs < 1400.0, "a gap holds the pause");
    }

    void aSweepGivesOneRunForEachBatch()
    {
        Worker worker(test::syntheticSource({}));
        KneePlan knee;
        knee.base = test::syntheticPlan(10);
        knee.batches = {1, 2, 4};
        worker.post(knee);
        const auto events = collect(worker, 1);
        const auto done = only<KneeFinishedEvent>(events);
        QCOMPARE(done.size(), size_t(1));
        QCOMPARE(done[0].runs.size(), size_t(3));
        for (size_t i = 0; i < 3; ++i) {
            QCOMPARE(done[0].runs[i]->settings.batch, knee.batches[i]);
            QCOMPARE(done[0].runs[i]->requests.size(), static_cast<size_t>(knee.batches[i]));
        }
        QCOMPARE(only<RunFinishedEvent>(events).size(), size_t(3)); // the warm-up is nobody's run
    }
};

QTEST_APPLESS_MAIN(TestWorker)
#include "test_worker.moc"
