#include "experiment_lab.h"

#include "app/experiment/experiment_json.h"
#include "engine/base/json.h"
#include "ui/main_window/experiment_pages.h"
#include "ui/pages/experiment/experiment_page.h"
#include "ui/widgets/error_bar.h"

#include <QFile>
#include <QPushButton>
#include <QTest>

namespace inferlab::test {

QString tinyModel()
{
    return QStringLiteral(INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf");
}

Experiment tinyPlan(int repeats)
{
    Experiment experiment;
    experiment.name = "tiny";
    experiment.question = "Which batch is faster?";
    experiment.prompts = {"abc"};
    experiment.axes = {{AxisKind::Batch, {1.0, 2.0}}};
    experiment.repeats = repeats;
    experiment.held.run.chat = false;
    experiment.held.run.ignoreEnd = true;
    experiment.held.run.promptTokens = 4;
    experiment.held.run.maxNewTokens = 3;
    return experiment;
}

ExperimentLab::ExperimentLab(EngineSource source)
    : fixture(std::move(source))
{
    makePage();
    fixture.window->resize(1280, 800);
    fixture.window->show();
    fixture.loadModel(tinyModel());
}

void ExperimentLab::makePage()
{
    page = addExperimentPage(*fixture.window, *fixture.session, results(),
                             calibrations().toStdString());
    fixture.window->showPage(QStringLiteral("experiments"));
}

QString ExperimentLab::results() const
{
    return fixture.folder.filePath(QStringLiteral("experiments"));
}

QString ExperimentLab::calibrations() const
{
    return fixture.folder.filePath(QStringLiteral("calibration.json"));
}

void ExperimentLab::open(const Experiment &experiment)
{
    const QString file = fixture.folder.filePath(QStringLiteral("plan.json"));
    QFile out(file);
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write(QByteArray::fromStdString(jsonText(experimentToJson(experiment))));
    out.close();
    page->openPlan(file);
}

void ExperimentLab::run(const Experiment &experiment)
{
    open(experiment);
    click(page->startButton());
    QVERIFY(waitForEnd());
    QVERIFY2(page->errorBar()->isHidden(), qPrintable(page->errorBar()->line()));
}

void ExperimentLab::runUntil(size_t runs)
{
    QTRY_VERIFY_WITH_TIMEOUT(page->result()->runCount() >= runs, kPatienceMs);
    click(page->stopButton());
    QVERIFY(waitForEnd());
}

void ExperimentLab::click(QPushButton *button)
{
    QTest::mouseClick(button, Qt::LeftButton);
}

bool ExperimentLab::waitForEnd()
{
    return QTest::qWaitFor([this] { return !page->isRunning(); }, kPatienceMs);
}

} // namespace inferlab::test
