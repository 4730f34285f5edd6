// The experiments page on the real engine and a tiny model, by mouse and keyboard: a sweep runs to
// its end, is paused, skipped and stopped, survives the window, and leaves the run page alone.
#include "experiment_lab.h"

#include "app/experiment/experiment_json.h"
#include "app/machine/calibration_file.h"
#include "app/run_setup/run_setup.h"
#include "engine/measure/metrics.h"
#include "kernels/api/devices.h"
#include "ui/charts/plot_spec.h"
#include "ui/main_window/page_bar.h"
#include "ui/pages/chart_board.h"
#include "ui/pages/experiment/advice_panel.h"
#include "ui/pages/experiment/axis_editor.h"
#include "ui/pages/experiment/experiment_page.h"
#include "ui/pages/experiment/limit_slider.h"
#include "ui/pages/experiment/plan_editor.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/error_bar.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>
#include <stdexcept>

using namespace inferlab;
using test::ExperimentLab;
using test::kPatienceMs;
using test::tinyPlan;

class TestExperimentPage : public QObject
{
    Q_OBJECT

private slots:
    void presetsSayWhatTheyAsk()
    {
        ExperimentLab lab;
        QCOMPARE(lab.page->presets()->count(), 15);
        lab.page->presets()->setFocus();
        QTest::keyClick(lab.page->presets(), Qt::Key_Home);
        QCOMPARE(lab.page->experiment().name, std::string("course-notebook"));
        QTest::keyClick(lab.page->presets(), Qt::Key_Down);
        QCOMPARE(lab.page->experiment().name, std::string("course-notebook-small"));
        QVERIFY(lab.page->startButton()->isEnabled());
        QVERIFY(!lab.page->stopButton()->isEnabled());
        // A heat map says nothing about one axis.
        QVERIFY(lab.page->board()->hiddenCharts().contains(QStringLiteral("heat-map")));
    }

    void aPlanIsMadeInTheWindowAndRuns()
    {
        ExperimentLab lab;
        lab.open(tinyPlan(2));
        lab.click(lab.page->editButton());
        auto *editor = lab.page->findChild<PlanEditor *>();
        QVERIFY(editor != nullptr && editor->isVisible());
        editor->axis(0)->valuesEdit()->selectAll();
        QTest::keyClicks(editor->axis(0)->valuesEdit(), QStringLiteral("1, 2, 3"));
        editor->nameEdit()->selectAll();
        QTest::keyClicks(editor->nameEdit(), QStringLiteral("tiny three"));
        const QPointer<PlanEditor> open(editor);
        lab.click(editor->useButton());
        QTRY_VERIFY(open.isNull());
        QCOMPARE(lab.page->experiment().name, std::string("tiny three"));
        lab.click(lab.page->startButton());
        QVERIFY(lab.waitForEnd());
        QVERIFY2(lab.page->errorBar()->isHidden(), qPrintable(lab.page->errorBar()->line()));
        QCOMPARE(lab.page->result()->runCount(), size_t(6));
        QVERIFY(lab.page->folder().contains(QStringLiteral("tiny three")));
        const QString saved = lab.fixture.folder.filePath(QStringLiteral("saved.json"));
        lab.page->savePlan(saved);
        QVERIFY(experimentToJson(readExperiment(saved.toStdString()))
                == experimentToJson(lab.page->experiment()));
    }

    void oneClickRunsItAndItSurvives()
    {
        ExperimentLab lab;
        lab.open(tinyPlan(2));
        lab.click(lab.page->startButton());
        QVERIFY(lab.page->isRunning());
        QVERIFY(!lab.page->startButton()->isEnabled());
        QVERIFY(lab.waitForEnd());
        QVERIFY2(lab.page->errorBar()->isHidden(), qPrintable(lab.page->errorBar()->line()));
        QVERIFY(lab.page->result()->complete());
        // Not any button beside the disabled ones.
        QCOMPARE(lab.fixture.window->focusWidget(), static_cast<QWidget *>(lab.page->presets()));
        QCOMPARE(lab.page->result()->runCount(), size_t(4));
        QVERIFY(lab.page->activity()->text().contains(QStringLiteral("4 of 4 runs, complete")));
        QCOMPARE(lab.page->table()->item(1, 0)->text(), QStringLiteral("batch 2"));
        QCOMPARE(lab.page->table()->item(1, 1)->text(), QStringLiteral("done"));
        QVERIFY(lab.page->findings()->text().contains(QStringLiteral("From batch 1 to batch 2")));
        lab.page->board()->drawAll();
        QVERIFY(
            !lab.page->board()->card(QStringLiteral("throughput-by-point"))->plotSpec().isEmpty());
        QVERIFY(QFile::exists(lab.page->folder() + QStringLiteral("/points.csv")));

        const QString out = lab.fixture.folder.filePath(QStringLiteral("export"));
        lab.page->exportTo(out);
        QVERIFY(lab.page->isExporting()); // the window goes on meanwhile
        QTRY_VERIFY_WITH_TIMEOUT(!lab.page->isExporting(), kPatienceMs);
        QVERIFY(lab.page->errorBar()->line().startsWith(QStringLiteral("Wrote ")));
        for (const char *name : {"/report.html", "/points.csv", "/runs.json", "/experiment.json"})
            QVERIFY2(QFile::exists(out + QLatin1String(name)), name);

        // Another page, as the next start makes it: what was measured is there.
        lab.makePage();
        lab.open(tinyPlan(2));
        QTRY_COMPARE_WITH_TIMEOUT(lab.page->result()->runCount(), size_t(4), kPatienceMs);
        // Complete: another start measures anew, beside it.
        const QString first = lab.page->folder();
        lab.click(lab.page->startButton());
        QVERIFY(lab.waitForEnd());
        QVERIFY(lab.page->folder() != first);
        QVERIFY(QFile::exists(first + QStringLiteral("/points.csv")));
    }

    void stopKeepsWhatThereIsAndItIsGoneOnWith()
    {
        ExperimentLab lab;
        lab.open(tinyPlan(400));
        QTest::keyClick(lab.page->startButton(), Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->result()->runCount() >= 2, kPatienceMs);
        lab.click(lab.page->stopButton());
        QVERIFY(lab.waitForEnd());
        const size_t measured = lab.page->result()->runCount();
        QVERIFY(measured >= 2);
        QVERIFY(measured < 800);
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->goOnButton()->isVisible(), kPatienceMs);
        QCOMPARE(lab.page->startButton()->text(), QStringLiteral("Start anew"));
        const QString folder = lab.page->folder();
        lab.click(lab.page->goOnButton());
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->result()->runCount() > measured, kPatienceMs);
        lab.click(lab.page->stopButton());
        QVERIFY(lab.waitForEnd());
        QCOMPARE(lab.page->folder(), folder);
    }

    void pauseAndSkip()
    {
        ExperimentLab lab;
        lab.open(tinyPlan(400));
        lab.click(lab.page->startButton());
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->result()->runCount() >= 2, kPatienceMs);
        lab.click(lab.page->pauseButton());
        QTRY_VERIFY_WITH_TIMEOUT(
            lab.page->activity()->text().startsWith(QStringLiteral("paused before")), kPatienceMs);
        const size_t measured = lab.page->result()->runCount();
        QTest::qWait(200);
        QCOMPARE(lab.page->result()->runCount(), measured);
        QCOMPARE(lab.page->pauseButton()->text(), QStringLiteral("Resume"));
        lab.click(lab.page->skipButton());
        lab.click(lab.page->pauseButton());
        const auto skipped = [&lab] {
            const auto &points = lab.page->result()->points;
            return std::count_if(points.begin(), points.end(), [](const PointResult &point) {
                return point.state == PointState::Skipped;
            });
        };
        QTRY_COMPARE_WITH_TIMEOUT(skipped(), 1, kPatienceMs);
        lab.click(lab.page->stopButton());
        QVERIFY(lab.waitForEnd());
    }

    void theRunPageWaitsAndSaysSo()
    {
        ExperimentLab lab;
        lab.open(tinyPlan(400));
        lab.click(lab.page->startButton());
        QVERIFY(lab.fixture.session->isExperimenting());
        lab.fixture.window->showPage(QStringLiteral("run"));
        lab.fixture.setPrompt(QStringLiteral("hello"));
        lab.fixture.page->run();
        QVERIFY(!lab.fixture.page->isRunning());
        QVERIFY(lab.fixture.page->errorBar()->line().contains(
            QStringLiteral("An experiment is running")));
        lab.fixture.session->stop();
        QVERIFY(lab.waitForEnd());
        lab.fixture.page->run();
        QVERIFY(lab.fixture.page->isRunning());
        lab.fixture.waitUntilIdle();
    }

    void aPointIsTheSameEverywhereAndOpensItsRun()
    {
        ExperimentLab lab;
        lab.run(tinyPlan(3));
        lab.page->board()->drawAll();
        ChartCard *card = lab.page->board()->card(QStringLiteral("throughput-by-point"));
        emit card->pointChosen(1, false);
        QCOMPARE(lab.page->chosenPoint(), 1);
        QCOMPARE(lab.page->table()->currentRow(), 1);
        lab.page->tabs()->setCurrentIndex(1);
        lab.page->table()->setFocus();
        QTest::keyClick(lab.page->table(), Qt::Key_Up);
        QCOMPARE(lab.page->chosenPoint(), 0);

        lab.fixture.setPrompt(QStringLiteral("mine"));
        QSignalSpy opened(lab.page, &ExperimentPage::openRequested);
        QTest::keyClick(lab.page->table(), Qt::Key_Return);
        QCOMPARE(opened.count(), 0); // three runs to choose from
        auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        QVERIFY(menu != nullptr);
        QCOMPARE(menu->actions().size(), 4);   // a heading and three runs
        QTest::keyClick(menu, Qt::Key_Return); // the one of median speed
        QCOMPARE(opened.count(), 1);
        QCOMPARE(lab.fixture.window->pageBar()->currentPage(), QStringLiteral("run"));
        const RunRecordPtr shown = lab.fixture.page->finishedRun();
        QVERIFY(shown != nullptr);
        QCOMPARE(shown->label, std::string("batch 1"));
        // The one of median speed, whole.
        std::vector<double> rates;
        for (const MeasuredRun &run : lab.page->result()->points[0].runs)
            rates.push_back(computeMetrics(*run.record).outputTokPerSecond.value());
        std::sort(rates.begin(), rates.end());
        QCOMPARE(computeMetrics(*shown).outputTokPerSecond.value(), rates[1]);
        QCOMPARE(shown->requests.front().tokens.size(), size_t(3));
        QVERIFY(lab.fixture.page->errorBar()->line().startsWith(
            QStringLiteral("batch 1 of the experiment tiny")));
        // The run's prompt came from the pool: what was typed stays.
        QCOMPARE(lab.fixture.page->controls()->plan().settings.prompt, std::string("mine"));
    }

    // With a calibration there are predictions; the page says where one is missing.
    void predictionsStandBesideMeasurements()
    {
        ExperimentLab lab; // the page was there before the model
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->outlook() != nullptr && lab.page->outlook()->cost,
                                 kPatienceMs);
        Experiment plan = tinyPlan(2);
        plan.held.run.threads = 1;
        lab.open(plan);
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->outlook() != nullptr, kPatienceMs);
        QVERIFY(!lab.page->outlook()->points.front().model);
        QVERIFY(lab.page->outlook()->cost.has_value());
        QVERIFY(lab.page->outlook()->missing.find("never measured") != std::string::npos);

        Calibration c;
        c.hardware = hardwareId(*openBackend("cpu", 1));
        c.date = "2026-11-28T05:00:00+01:00";
        c.program = programName();
        c.limits = {40e9, {}, {700e9, 250e9, 240e9}, 41e9, 260e9, 3e9, 1e9, 1e9, 3e-6, 0.5e-6};
        saveCalibration(lab.calibrations().toStdString(), c);
        lab.run(plan);
        QTRY_VERIFY_WITH_TIMEOUT(
            lab.page->outlook() != nullptr && lab.page->outlook()->points[1].verdict, kPatienceMs);
        lab.page->board()->drawAll();
        const PlotSpec &spec =
            lab.page->board()->card(QStringLiteral("throughput-by-point"))->plotSpec();
        QCOMPARE(spec.series.front().name, QStringLiteral("predicted"));
        QVERIFY(!lab.page->board()->card(QStringLiteral("roofline"))->plotSpec().isEmpty());
        QVERIFY(lab.page->findings()->text().contains(QStringLiteral("was limited by")));
    }

    void adviceMovesTheBudgetOnTheChart()
    {
        ExperimentLab lab;
        lab.run(tinyPlan(2));
        lab.page->tabs()->setCurrentWidget(lab.page->advice());
        QCOMPARE(lab.page->advice()->table()->rowCount(), 2);
        LimitSlider *slider = lab.page->advice()->slider(LatencyFigure::EndToEnd);
        slider->box()->setChecked(false);
        slider->box()->setChecked(true);
        lab.page->board()->drawAll();
        const PlotSpec &spec =
            lab.page->board()->card(QStringLiteral("throughput-against-latency"))->plotSpec();
        QVERIFY2(spec.note.contains(QStringLiteral("budget ")), qPrintable(spec.note));
    }

    void escapeLeavesTheNearestThing()
    {
        ExperimentLab lab;
        lab.open(tinyPlan(400));
        lab.click(lab.page->startButton());
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->result()->runCount() >= 1, kPatienceMs);
        QTest::keyClick(lab.page->stopButton(), Qt::Key_Escape);
        QVERIFY(lab.waitForEnd());
        lab.page->board()->enlarge(QStringLiteral("memory"));
        lab.page->presets()->setFocus();
        QTest::keyClick(lab.page->presets(), Qt::Key_Escape);
        QVERIFY(lab.page->board()->enlarged().isEmpty());
        lab.page->choosePoint(1);
        QTest::keyClick(lab.page->presets(), Qt::Key_Escape);
        QCOMPARE(lab.page->chosenPoint(), -1);
    }

    void presentingShowsWhatWasMeasured()
    {
        ExperimentLab lab;
        QVERIFY(lab.page->presets()->isVisible());
        for (QAction *action : lab.fixture.window->QWidget::actions()) {
            if (action->shortcut() == QKeySequence(Qt::Key_F11))
                action->trigger();
        }
        QVERIFY(lab.fixture.window->isPresenting());
        QVERIFY(!lab.page->presets()->isVisible());
        QVERIFY(lab.page->board()->isVisible());
        QTest::keyClick(lab.page, Qt::Key_Escape);
        QVERIFY(!lab.fixture.window->isPresenting());
        QVERIFY(lab.page->presets()->isVisible());
    }

    void whatFailsOnADeviceIsMeasuredOnTheCpu()
    {
        EngineSource source = EngineSource::real({});
        source.load = [load = source.load](const ModelChoice &choice, const auto &progress,
                                           const std::atomic<bool> *stop) {
            if (choice.device != QStringLiteral("cpu"))
                throw std::runtime_error("the device is gone");
            return load(choice, progress, stop);
        };
        ExperimentLab lab(std::move(source));
        Experiment plan = tinyPlan(1);
        plan.held.run.device = "cuda";
        auto *onCpu = lab.page->errorBar()->findChild<QPushButton *>(QStringLiteral("errorAction"));
        const auto fail = [&] {
            lab.open(plan);
            lab.click(lab.page->startButton());
            QVERIFY(lab.waitForEnd());
            QTRY_VERIFY_WITH_TIMEOUT(onCpu->isVisible(), kPatienceMs);
        };
        fail();
        lab.page->choosePreset(QStringLiteral("batch")); // the offer was of another plan
        QVERIFY(lab.page->errorBar()->isHidden());
        QCOMPARE(lab.page->experiment().name, std::string("batch"));
        fail();
        lab.click(onCpu);
        QVERIFY(lab.page->isRunning());
        QCOMPARE(lab.page->experiment().name, std::string("tiny"));
        QVERIFY2(lab.page->machine()->text().contains(QStringLiteral("CPU")),
                 qPrintable(lab.page->machine()->text()));
        QVERIFY(lab.waitForEnd());
        QVERIFY(lab.page->result()->complete());
        QCOMPARE(lab.page->result()->points[0].runs[0].record->settings.device, std::string("cpu"));
    }

    void badPlansAreOneLine()
    {
        ExperimentLab lab;
        const QString file = lab.fixture.folder.filePath(QStringLiteral("bad.json"));
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write("{\"format\": \"inferlab-experiment\", \"version\": 1, \"nme\": 1}");
        out.close();
        const std::string before = lab.page->experiment().name;
        lab.page->openPlan(file);
        QVERIFY(lab.page->errorBar()->line().contains(QStringLiteral("bad.json")));
        QCOMPARE(lab.page->experiment().name, before);
    }
};

QTEST_MAIN(TestExperimentPage)
#include "test_experiment_page.moc"
