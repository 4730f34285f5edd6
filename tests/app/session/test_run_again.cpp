// A run of an experiment, made once more from its record alone: the same requests, the same tokens.
// On the real engine and a small random model.
#include "app/session/worker.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <QTest>
#include <algorithm>
#include <chrono>
#include <thread>

using namespace inferlab;
using namespace std::chrono_literals;

namespace {

// The last event of that kind, once the command is done; nullopt where there was none.
template <typename Event>
std::optional<Event> runAndGet(Worker &worker, Worker::Command command)
{
    std::optional<Event> found;
    worker.post(std::move(command));
    for (bool done = false; !done; std::this_thread::sleep_for(1ms)) {
        for (SessionEvent &event : worker.mailbox().drain().events) {
            done = done || std::holds_alternative<CommandDoneEvent>(event.what);
            if (const auto *failed = std::get_if<FailedEvent>(&event.what))
                qWarning("%s", failed->line.c_str());
            if (auto *match = std::get_if<Event>(&event.what))
                found = std::move(*match);
        }
    }
    return found;
}

std::vector<std::vector<int32_t>> answers(const RunRecord &record)
{
    std::vector<RequestRecord> requests = record.requests;
    std::sort(requests.begin(), requests.end(),
              [](const auto &a, const auto &b) { return a.id < b.id; });
    std::vector<std::vector<int32_t>> all;
    for (const RequestRecord &request : requests) {
        all.emplace_back();
        for (const TokenRecord &token : request.tokens)
            all.back().push_back(token.id);
    }
    return all;
}

Experiment mixedExperiment()
{
    Experiment experiment;
    experiment.name = "mixed";
    experiment.prompts = {"abc", "the cat sat", "one two three four"};
    experiment.axes = {{AxisKind::ChunkTokens, {4.0, 64.0}}};
    experiment.repeats = 3;
    experiment.seed = 11;
    RunSettings &run = experiment.held.run;
    run.chat = false;
    run.ignoreEnd = true;
    run.batch = 2;
    run.concurrency = 3;
    run.requests = 7;
    run.promptTokens = 9;
    run.leastNewTokens = 2;
    run.maxNewTokens = 8;
    run.scheduler = BatchPolicy::Continuous;
    run.threads = 2;
    run.sampling.temperature = 0.8f;
    return experiment;
}

} // namespace

class TestRunAgain : public QObject
{
    Q_OBJECT

private slots:
    void aRunOfAnExperimentIsMadeFromItsRecord()
    {
        const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
        const std::filesystem::path file = scratch / "model.gguf";
        test::makeRandomModel({}).write(file);
        Worker worker(EngineSource::real({}));
        ExperimentPlan plan;
        plan.experiment = mixedExperiment();
        plan.model.path = QString::fromStdString(file.string());
        plan.model.threads = 2;
        const auto ended = runAndGet<ExperimentFinishedEvent>(worker, plan);
        QVERIFY(ended && ended->result->complete());

        size_t compared = 0;
        for (const PointResult &point : ended->result->points) {
            for (const MeasuredRun &measured : point.runs) {
                RunPlan again;
                again.model = plan.model;
                again.settings = measured.record->settings;
                const auto finished = runAndGet<RunFinishedEvent>(worker, again);
                QVERIFY(finished.has_value());
                const RunRecord &record = *finished->record;
                QCOMPARE(answers(record), answers(*measured.record));
                QCOMPARE(record.requests.size(), size_t(7));
                for (const RequestRecord &request : record.requests)
                    QCOMPARE(request.promptTokens, 9);
                QCOMPARE(record.settings.contextTokens, measured.record->settings.contextTokens);
                QCOMPARE(record.settings.round, measured.repeat);
                ++compared;
            }
        }
        QCOMPARE(compared, size_t(6));
        // The repeats differ, or equal answers would prove nothing.
        const auto &runs = ended->result->points[0].runs;
        QVERIFY(answers(*runs[0].record) != answers(*runs[1].record));
    }
};

QTEST_GUILESS_MAIN(TestRunAgain)
#include "test_run_again.moc"
