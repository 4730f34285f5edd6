// What cannot work on the run page, said where one looks: no model, a bad prompt, an engine that
// fails, a device that fails or refuses.
#include "window_fixture.h"

#include "engine/base/error.h"
#include "support/synthetic_engine.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/phase_bar.h"
#include "ui/widgets/prompt_editor.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/stats_line.h"

#include <QClipboard>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

using namespace inferlab;
using namespace inferlab::test;
using namespace std::chrono_literals;

namespace {

// A machine with a GPU, which is chosen.
void chooseGpu(WindowFixture &f)
{
    DeviceInfo cpu;
    cpu.kind = "cpu";
    cpu.available = true;
    DeviceInfo gpu = cpu;
    gpu.kind = "cuda";
    EngineSwitches *switches = f.page->controls()->switches();
    switches->setDevices({cpu, gpu});
    switches->setDevice(QStringLiteral("cuda"));
}

} // namespace

class TestRunProblems : public QObject
{
    Q_OBJECT

private slots:
    void withoutAModelRunSaysSo();
    void anEmptyPromptIsRefusedWhereItStands();
    void aHugePasteIsRefused();
    void aFailingEngineGivesOneLine();
    void aDeviceThatFailsOffersTheCpu();
    void aDeviceThatRefusesOffersTheCpu();
};

void TestRunProblems::withoutAModelRunSaysSo()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.setPrompt(QStringLiteral("x"));
    QTest::mouseClick(f.page->controls()->runButton(), Qt::LeftButton);
    QVERIFY(f.page->controls()->errorBar()->line().startsWith(QStringLiteral("No model yet")));
    QVERIFY(!f.session->isBusy());
    f.page->chooseModel(QStringLiteral("/nowhere/m.gguf"));
    QVERIFY(
        f.page->errorBar()->line().startsWith(QStringLiteral("/nowhere/m.gguf: there is no such")));
}

void TestRunProblems::anEmptyPromptIsRefusedWhereItStands()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral(" \n "));
    QTest::mouseClick(f.page->controls()->runButton(), Qt::LeftButton);
    QVERIFY(f.page->controls()->errorBar()->line().contains(QStringLiteral("empty")));
    QVERIFY(f.page->shownRun() == nullptr);
    QTRY_VERIFY(f.page->controls()->promptEditor()->hint().contains(QStringLiteral("empty")));
    f.setPrompt(QStringLiteral("x"));
    f.runToTheEnd();
    QVERIFY(f.page->controls()->errorBar()->line().isEmpty());
    QVERIFY(f.page->finishedRun() != nullptr);
}

void TestRunProblems::aHugePasteIsRefused()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.setPrompt(QStringLiteral("kept"));
    QApplication::clipboard()->setText(QString(5 << 20, QLatin1Char('a')));
    QPlainTextEdit *edit = f.page->controls()->promptEditor()->promptEdit();
    edit->paste();
    QCOMPARE(edit->toPlainText(), QStringLiteral("kept"));
    QVERIFY(
        f.page->controls()->errorBar()->line().contains(QStringLiteral("5,242,880 characters")));
    QApplication::clipboard()->clear();
}

void TestRunProblems::aFailingEngineGivesOneLine()
{
    SyntheticPace failing = paced(200us);
    failing.failInStep = true;
    WindowFixture f(syntheticSource(failing));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.runToTheEnd();
    QCOMPARE(f.page->errorBar()->line(), QStringLiteral("device memory ran out"));
    QVERIFY(f.page->answers()->statsLine()->text().contains(
        QStringLiteral("error: device memory ran out")));
    QVERIFY(f.page->controls()->runButton()->isEnabled());
}

void TestRunProblems::aDeviceThatFailsOffersTheCpu()
{
    EngineSource source = syntheticSource(paced(200us));
    const auto load = source.load;
    const auto onGpu = std::make_shared<std::atomic<bool>>(false);
    source.load = [load, onGpu](const ModelChoice &choice, const LoadProgressCallback &progress,
                                const std::atomic<bool> *stop) {
        *onGpu = choice.device == QLatin1String("cuda");
        return load(choice, progress, stop);
    };
    source.open = [onGpu](const std::shared_ptr<LoadedModel> &, const EngineOptions &options) {
        SyntheticPace pace = paced(200us);
        pace.failInStep = *onGpu;
        return makeSyntheticEngine(pace, options);
    };
    WindowFixture f(std::move(source));
    chooseGpu(f);
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.runToTheEnd();
    QCOMPARE(f.page->errorBar()->line(), QStringLiteral("device memory ran out"));
    QCOMPARE(f.page->finishedRun()->settings.device, std::string("cuda"));
    QVERIFY(!f.page->finishedRun()->requests.front().tokens.empty()); // what was measured stays

    auto *button = f.page->errorBar()->findChild<QPushButton *>(QStringLiteral("errorAction"));
    QCOMPARE(button->text(), QStringLiteral("Run on the CPU"));
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(f.session->isBusy());
    f.waitUntilIdle();
    QVERIFY(f.page->errorBar()->line().isEmpty());
    QCOMPARE(f.page->finishedRun()->settings.device, std::string("cpu"));
    QCOMPARE(f.page->finishedRun()->requests.front().endReason, EndReason::Length);
}

void TestRunProblems::aDeviceThatRefusesOffersTheCpu()
{
    EngineSource source = syntheticSource(paced(200us));
    const auto load = source.load;
    source.load = [load](const ModelChoice &choice, const LoadProgressCallback &progress,
                         const std::atomic<bool> *stop) {
        if (choice.device == QLatin1String("cuda"))
            throw DeviceRefusal("some.gguf: attention: heads of 320");
        return load(choice, progress, stop);
    };
    WindowFixture f(std::move(source));
    chooseGpu(f);
    f.loadModel(f.someModelFile());
    QCOMPARE(f.page->errorBar()->line(), QStringLiteral("some.gguf: attention: heads of 320"));
    auto *button = f.page->errorBar()->findChild<QPushButton *>(QStringLiteral("errorAction"));
    QCOMPARE(button->text(), QStringLiteral("Use the CPU"));
    QTest::mouseClick(button, Qt::LeftButton);
    f.waitUntilIdle();
    QVERIFY(f.session->model().has_value());
    QCOMPARE(f.session->model()->choice.device, QStringLiteral("cpu"));
}

QTEST_MAIN(TestRunProblems)
#include "test_run_problems.moc"
