// Experiments on the worker with model files that change under its feet: what was measured on one
// model is never gone on with on another, and what cannot run leaves no folder.
#include "app/session/worker.h"
#include "support/random_model.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <chrono>
#include <thread>

using namespace inferlab;
using namespace std::chrono_literals;

namespace {

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
};

QTEST_GUILESS_MAIN(TestWorkerExperiment)
#include "test_worker_experiment.moc"
