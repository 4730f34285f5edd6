// Experiments on the worker with model files that change under its feet: what was measured on one
// model is never gone on with on another, and what cannot run leaves no folder. Where runs are
// kept, and what a device that fails is.
#include "app/experiment/experiment_folder.h"
#include "app/session/worker.h"
#include "support/random_model.h"
#include "support/synthetic_engine.h"
#include "worker_events.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

using namespace inferlab;
using test::collect;
using test::only;
using namespace std::chrono_literals;

namespace {

// An experiment looks at the head of its model's file before it begins.
QString tinyModel()
{
    return QStringLiteral(INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf");
}

// Batch 1 and 2, once each.
ExperimentPlan twoBatchesOn(const char *device)
{
    ExperimentPlan plan;
    plan.model.path = tinyModel();
    plan.experiment.name = "batch";
    plan.experiment.prompts = {"hello"};
    plan.experiment.axes = {{AxisKind::Batch, {1.0, 2.0}}};
    plan.experiment.repeats = 1;
    plan.experiment.held.run.chat = false;
    plan.experiment.held.run.device = device;
    return plan;
}

struct Outcome
{
    ExperimentResultPtr result; // null: it did not begin
    QString failure;
    std::vector<std::string> hashes; // of models that were identified
    int loads = 0;
};

Outcome carryOut(Worker &worker, const ExperimentPlan &plan)
{
    worker.post(plan);
    Outcome outcome;
    for (bool done = false; !done; std::this_thread::sleep_for(1ms)) {
        for (const SessionEvent &event : worker.mailbox().drain().events) {
            if (const auto *finished = std::get_if<ExperimentFinishedEvent>(&event.what))
                outcome.result = finished->result;
            else if (const auto *failed = std::get_if<FailedEvent>(&event.what))
                outcome.failure = QString::fromStdString(failed->line);
            else if (const auto *model = std::get_if<ModelIdentifiedEvent>(&event.what))
                outcome.hashes.push_back(model->hash);
            else if (std::holds_alternative<ModelReadyEvent>(event.what))
                ++outcome.loads;
            done = done || std::holds_alternative<CommandDoneEvent>(event.what);
        }
    }
    return outcome;
}

// Under the same name, as a download over it leaves it: another file.
void writeModel(const QString &path, uint64_t seed)
{
    test::RandomModelSpec spec;
    spec.seed = seed;
    QFile::remove(path);
    test::makeRandomModel(spec).write(path.toStdString());
}

ExperimentPlan smallPlan(const QTemporaryDir &folder)
{
    ExperimentPlan plan;
    plan.model.path = folder.filePath(QStringLiteral("a.gguf"));
    plan.folder = folder.filePath(QStringLiteral("out"));
    Experiment &experiment = plan.experiment;
    experiment.name = "small";
    experiment.prompts = {"abc"};
    experiment.axes = {{AxisKind::Batch, {1.0, 2.0}}};
    experiment.repeats = 1;
    experiment.warmUps = 0;
    experiment.held.run.chat = false;
    experiment.held.run.ignoreEnd = true;
    experiment.held.run.maxNewTokens = 2;
    return plan;
}

} // namespace

class TestWorkerExperiment : public QObject
{
    Q_OBJECT

private slots:
    void aModelThatChangedUnderItsNameIsNotGoneOnWith()
    {
        const QTemporaryDir folder;
        ExperimentPlan plan = smallPlan(folder);
        writeModel(plan.model.path, 1);
        Worker worker(EngineSource::real({}));
        const Outcome first = carryOut(worker, plan);
        QVERIFY2(first.failure.isEmpty(), qPrintable(first.failure));
        QVERIFY(first.result->complete());
        QCOMPARE(first.hashes.size(), size_t(1));

        writeModel(plan.model.path, 2);
        const Outcome second = carryOut(worker, plan);
        QVERIFY(second.result == nullptr);
        QVERIFY2(second.failure.contains(QStringLiteral("use another folder")),
                 qPrintable(second.failure));

        // In another folder the model of now is measured, not the one that was in memory.
        plan.folder = folder.filePath(QStringLiteral("out 2"));
        const Outcome third = carryOut(worker, plan);
        QVERIFY2(third.failure.isEmpty(), qPrintable(third.failure));
        QCOMPARE(third.loads, 1);
        QCOMPARE(third.hashes.size(), size_t(1));
        QVERIFY(third.hashes != first.hashes);
        QCOMPARE(third.result->points[0].runs[0].record->provenance.modelHash, third.hashes[0]);
    }

    void filesThatPointsNameAreTheOnesThatWereMeasured()
    {
        const QTemporaryDir folder;
        ExperimentPlan plan = smallPlan(folder);
        const QString other = folder.filePath(QStringLiteral("b.gguf"));
        writeModel(plan.model.path, 1);
        writeModel(other, 2);
        plan.experiment.axes = {
            {AxisKind::ModelFile, {plan.model.path.toStdString(), other.toStdString()}}};
        Worker worker(EngineSource::real({}));
        const Outcome first = carryOut(worker, plan);
        QVERIFY2(first.failure.isEmpty(), qPrintable(first.failure));

        writeModel(other, 3);
        const Outcome second = carryOut(worker, plan);
        QVERIFY(second.result == nullptr);
        QVERIFY2(second.failure.contains(QStringLiteral("b.gguf")), qPrintable(second.failure));
    }

    void whatCannotRunLeavesNoFolder()
    {
        const QTemporaryDir folder;
        ExperimentPlan plan = smallPlan(folder);
        QFile file(plan.model.path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not a model");
        file.close();
        Worker worker(EngineSource::real({}));
        const Outcome outcome = carryOut(worker, plan);
        QVERIFY2(outcome.failure.contains(QStringLiteral("a.gguf")), qPrintable(outcome.failure));
        QVERIFY(outcome.result == nullptr);
        QVERIFY(!QFile::exists(plan.folder));
    }

    void runsOfAnExperimentAreKeptInTheirPlace()
    {
        std::vector<std::pair<RunPlace, std::string>> kept;
        Worker worker(test::syntheticSource({}), Worker::kMailboxCapacity,
                      [&](const RunRecord &run, const std::optional<RunPlace> &place) {
                          kept.emplace_back(place.value(), run.label);
                      });
        ExperimentPlan plan;
        plan.model.path = tinyModel();
        plan.experiment.name = "batch";
        plan.experiment.held.run.chat = false;
        plan.experiment.prompts = {"hello"};
        plan.experiment.axes = {{AxisKind::Batch, {1.0, 2.0}}};
        plan.experiment.repeats = 2;
        plan.experiment.warmUps = 1; // not counted, and not kept
        plan.experiment.held.run.maxNewTokens = 3;
        worker.post(plan);
        const auto finished = only<ExperimentFinishedEvent>(collect(worker, 1));
        QCOMPARE(finished.size(), size_t(1));
        QCOMPARE(kept.size(), size_t(4));
        const ExperimentResult &result = *finished[0].result;
        QCOMPARE(result.id.size(), size_t(16));
        const std::string name = "batch " + result.started + "#" + result.id;
        std::vector<std::pair<int, int>> places;
        for (const auto &[place, label] : kept) {
            QCOMPARE(place.experiment, name);
            QCOMPARE(label, place.point == 0 ? std::string("batch 1") : std::string("batch 2"));
            places.emplace_back(place.point, place.repeat);
        }
        std::sort(places.begin(), places.end());
        QCOMPARE(places, (std::vector<std::pair<int, int>> {{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
    }

    void anExperimentOfAFailedDeviceOffersTheCpu()
    {
        test::SyntheticPace failing;
        failing.failInStep = true;
        for (const bool onGpu : {true, false}) {
            Worker worker(test::syntheticSource(failing));
            ExperimentPlan plan = twoBatchesOn(onGpu ? "cuda" : "cpu");
            plan.experiment.held.run.maxNewTokens = 8;
            worker.post(plan);
            const std::vector<SessionEvent> events = collect(worker, 1);
            QCOMPARE(only<ExperimentFinishedEvent>(events).size(), size_t(1));
            const auto failed = only<FailedEvent>(events);
            QCOMPARE(failed.size(), size_t(onGpu ? 1 : 0)); // on the CPU the points say it
            if (onGpu) {
                QVERIFY(failed[0].cpuMay);
                const auto result = only<ExperimentFinishedEvent>(events)[0].result;
                QCOMPARE(failed[0].line, result->points[0].message);
            }
        }
    }

    void onePointThatFailsIsAFindingOfTheExperiment()
    {
        EngineSource source = test::syntheticSource({});
        const auto open = source.open;
        source.open = [open](const std::shared_ptr<LoadedModel> &model,
                             const EngineOptions &options) {
            if (options.maxSequences > 1)
                throw std::bad_alloc();
            return open(model, options);
        };
        Worker worker(std::move(source));
        worker.post(twoBatchesOn("cuda"));
        const std::vector<SessionEvent> events = collect(worker, 1);
        QVERIFY(only<FailedEvent>(events).empty());
        const auto result = only<ExperimentFinishedEvent>(events)[0].result;
        QCOMPARE(result->points[1].state, PointState::Failed);
    }

    // As two programs begin them, within a second.
    void noTwoExperimentsAreTheSameToTheHistory()
    {
        std::set<std::string> known;
        for (int i = 0; i < 3; ++i) {
            Worker worker(test::syntheticSource({}), Worker::kMailboxCapacity,
                          [&](const RunRecord &, const std::optional<RunPlace> &place) {
                              known.insert(place.value().experiment);
                          });
            ExperimentPlan plan;
            plan.model.path = tinyModel();
            plan.experiment.held.run.chat = false;
            plan.experiment.name = "batch";
            plan.experiment.prompts = {"hello"};
            plan.experiment.repeats = 2;
            plan.experiment.held.run.maxNewTokens = 2;
            worker.post(plan);
            collect(worker, 1);
            QCOMPARE(known.size(), static_cast<size_t>(i + 1));
        }
    }

    // A process that is killed then must find, in its folder, what the history knows the run by.
    void theFolderKnowsItsIdentityBeforeARunIsKept()
    {
        const QTemporaryDir folder;
        ExperimentPlan plan = smallPlan(folder);
        writeModel(plan.model.path, 1);
        std::vector<std::pair<std::string, std::string>> identities; // kept, and on disk then
        Worker worker(test::syntheticSource({}), Worker::kMailboxCapacity,
                      [&](const RunRecord &, const std::optional<RunPlace> &place) {
                          ExperimentResult there = readExperimentFolder(plan.folder.toStdString());
                          identities.emplace_back(place.value().experiment, resultIdentity(there));
                      });
        const Outcome outcome = carryOut(worker, plan);
        QVERIFY2(outcome.failure.isEmpty(), qPrintable(outcome.failure));
        QCOMPARE(identities.size(), size_t(2));
        for (const auto &[kept, onDisk] : identities)
            QCOMPARE(kept, onDisk);
    }
};

QTEST_GUILESS_MAIN(TestWorkerExperiment)
#include "test_worker_experiment.moc"
