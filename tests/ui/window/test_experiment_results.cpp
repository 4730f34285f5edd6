// Which result the experiments page shows, and what can be done with it: gone on with where it
// belongs to the model, measured anew beside it, chosen from all that there are, opened from
// elsewhere.
#include "experiment_lab.h"

#include "app/experiment/experiment_folder.h"
#include "kernels/api/devices.h"
#include "ui/pages/experiment/experiment_page.h"
#include "ui/pages/experiment/outlook_reader.h"
#include "ui/pages/experiment/result_chooser.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/model_picker.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <mutex>

using namespace inferlab;
using test::ExperimentLab;
using test::kPatienceMs;
using test::tinyPlan;

namespace {

// Opens the list and takes an entry, as a person does with the keyboard.
void choose(QComboBox *box, int index)
{
    box->setFocus();
    QTest::keyClick(box, index < box->currentIndex() ? Qt::Key_Up : Qt::Key_Down);
    QCOMPARE(box->currentIndex(), index);
}

size_t inState(const ExperimentPage &page, PointState state)
{
    const auto &points = page.result()->points;
    return static_cast<size_t>(
        std::count_if(points.begin(), points.end(),
                      [state](const PointResult &point) { return point.state == state; }));
}

QString started(const ExperimentPage &page)
{
    return QString::fromStdString(page.result()->started);
}

} // namespace

class TestExperimentResults : public QObject
{
    Q_OBJECT

private slots:
    void presetsRunWithWhatTheRunPageHas()
    {
        // Loads everything on the CPU, and remembers for which device it was asked.
        std::mutex mutex;
        std::vector<QString> devices;
        EngineSource source = EngineSource::real({});
        source.load = [&, real = source.load](ModelChoice choice, const auto &progress,
                                              const auto *stop) {
            {
                const std::lock_guard lock(mutex);
                devices.push_back(choice.device);
            }
            choice.device = QStringLiteral("cpu");
            return real(choice, progress, stop);
        };
        ExperimentLab lab(source);
        EngineSwitches *switches = lab.fixture.page->controls()->switches();
        lab.page->choosePreset(QStringLiteral("prompt-length"));
        QCOMPARE(lab.page->machine()->text(),
                 QStringLiteral("Runs on CPU, all cores: as chosen on the Run page"));

        lab.fixture.window->showPage(QStringLiteral("run"));
        DeviceInfo gpu;
        gpu.kind = "cuda";
        gpu.available = true;
        DeviceInfo cpu;
        cpu.kind = "cpu";
        cpu.available = true;
        switches->setDevices({cpu, gpu});
        switches->setDevice(QStringLiteral("cuda"));
        switches->setThreads(1);
        lab.fixture.waitUntilIdle();
        lab.fixture.window->showPage(QStringLiteral("experiments"));
        QCOMPARE(lab.page->machine()->text(),
                 QStringLiteral("Runs on GPU, 1 thread: as chosen on the Run page"));
        lab.click(lab.page->startButton());
        lab.runUntil(1);
        for (const PointResult &point : lab.page->result()->points) {
            for (const MeasuredRun &run : point.runs) {
                QCOMPARE(run.record->settings.device, std::string("cuda"));
                QCOMPARE(run.record->settings.threads, 1);
            }
        }
        const std::lock_guard lock(mutex);
        QCOMPARE(devices.back(), QStringLiteral("cuda"));

        // What a plan of one's own says stands.
        lab.open(tinyPlan(1));
        QCOMPARE(lab.page->machine()->text(),
                 QStringLiteral("Runs on CPU, all cores: the plan says so"));
    }

    void aModelWithoutOtherFilesIsSaidToBeAlone()
    {
        ExperimentLab lab;
        const QString model = lab.fixture.folder.filePath(QStringLiteral("alone.gguf"));
        QVERIFY(QFile::copy(test::tinyModel(), model));
        lab.fixture.loadModel(model);
        lab.page->choosePreset(QStringLiteral("quantisation"));
        const auto *plan = lab.page->findChild<QLabel *>(QStringLiteral("experimentPlan"));
        QTRY_VERIFY_WITH_TIMEOUT(plan->text().contains(QStringLiteral("no other file")),
                                 kPatienceMs);
        QCOMPARE(lab.page->experiment().axes.front().values.size(), size_t(1));
    }

    void whatWasSkippedIsTakenUpByGoingOn()
    {
        ExperimentLab lab;
        lab.open(tinyPlan(60));
        lab.click(lab.page->startButton());
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->result()->runCount() >= 2, kPatienceMs);
        lab.click(lab.page->skipButton());
        QVERIFY(lab.waitForEnd());
        QCOMPARE(inState(*lab.page, PointState::Skipped), size_t(1));
        const QString folder = lab.page->folder();
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->goOnButton()->isVisible(), kPatienceMs);
        lab.click(lab.page->goOnButton());
        QVERIFY(lab.waitForEnd());
        QVERIFY(lab.page->result()->complete());
        QCOMPARE(lab.page->folder(), folder);
        QTRY_COMPARE_WITH_TIMEOUT(lab.page->results()->box()->count(), 1, kPatienceMs);
        QVERIFY(!lab.page->goOnButton()->isVisible()); // nothing is left
    }

    void anUnfinishedOneCanBeMeasuredAnewToo()
    {
        ExperimentLab lab;
        lab.open(tinyPlan(400));
        lab.click(lab.page->startButton());
        lab.runUntil(2);
        const QString first = lab.page->folder();
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->goOnButton()->isVisible(), kPatienceMs);
        lab.click(lab.page->startButton());
        QVERIFY(lab.page->isRunning());
        lab.runUntil(1);
        QVERIFY(lab.page->folder() != first);
        QVERIFY(readExperimentFolder(first.toStdString()).runCount() >= 2); // it is kept
    }

    void whatItsRuleEndedIsNotGoneOnWith()
    {
        ExperimentLab lab;
        Experiment plan = tinyPlan(400);
        plan.warmUps = 0;
        plan.stop.seconds = 1e-6;
        lab.run(plan);
        QTRY_COMPARE_WITH_TIMEOUT(lab.page->results()->box()->count(), 1, kPatienceMs);
        QVERIFY(lab.page->activity()->text().contains(QStringLiteral("ended by its limit")));
        QVERIFY(!lab.page->goOnButton()->isVisible());
        QVERIFY(lab.page->startButton()->isEnabled());
    }

    void theNewestIsShownAndEarlierOnesAreChosen()
    {
        ExperimentLab lab;
        lab.run(tinyPlan(1));
        const QString first = started(*lab.page);
        const QString firstFolder = lab.page->folder();
        QTest::qWait(1100); // they are told apart by the second they began in
        lab.click(lab.page->startButton());
        QVERIFY(lab.waitForEnd());
        const QString second = started(*lab.page);
        QVERIFY(first != second);

        lab.makePage();
        lab.open(tinyPlan(1));
        QComboBox *box = lab.page->results()->box();
        QTRY_COMPARE_WITH_TIMEOUT(box->count(), 2, kPatienceMs);
        QCOMPARE(box->currentIndex(), 0);
        QTRY_COMPARE_WITH_TIMEOUT(started(*lab.page), second, kPatienceMs);
        choose(box, 1);
        QTRY_COMPARE_WITH_TIMEOUT(started(*lab.page), first, kPatienceMs);
        QCOMPARE(lab.page->folder(), firstFolder);
        QVERIFY(lab.page->activity()->text().startsWith(QStringLiteral("2 of 2 runs, complete")));
        choose(box, 0);
        QTRY_COMPARE_WITH_TIMEOUT(started(*lab.page), second, kPatienceMs);
    }

    void aResultOfAnotherPlanSaysSo()
    {
        ExperimentLab lab;
        lab.run(tinyPlan(1));
        const QString first = lab.page->folder();
        lab.open(tinyPlan(2));
        QTRY_COMPARE_WITH_TIMEOUT(lab.page->result()->runCount(), size_t(2), kPatienceMs);
        QVERIFY(lab.page->activity()->text().endsWith(
            QStringLiteral("; of an earlier version of this plan")));
        lab.click(lab.page->startButton());
        QVERIFY(lab.waitForEnd());
        QVERIFY2(lab.page->errorBar()->isHidden(), qPrintable(lab.page->errorBar()->line()));
        QVERIFY(lab.page->folder() != first);
        QCOMPARE(lab.page->result()->runCount(), size_t(4));
        // On other threads it is another plan as well; the one that belongs is shown, not the
        // newest.
        Experiment onOne = tinyPlan(2);
        onOne.held.run.threads = 1;
        lab.open(onOne);
        QTRY_VERIFY_WITH_TIMEOUT(
            lab.page->activity()->text().endsWith(QStringLiteral("measured on CPU, all cores")),
            kPatienceMs);
        lab.open(tinyPlan(1));
        QTRY_COMPARE_WITH_TIMEOUT(lab.page->folder(), first, kPatienceMs);
        QCOMPARE(lab.page->activity()->text(), QStringLiteral("2 of 2 runs, complete"));
    }

    void anotherModelIsNotGoneOnWithAndTakesTheNextFolder()
    {
        ExperimentLab lab;
        const QString model = lab.fixture.folder.filePath(QStringLiteral("mine.gguf"));
        QVERIFY(QFile::copy(test::tinyModel(), model));
        lab.fixture.loadModel(model);
        lab.open(tinyPlan(400));
        lab.click(lab.page->startButton());
        lab.runUntil(1);
        const QString first = lab.page->folder();
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->goOnButton()->isVisible(), kPatienceMs);

        // Another file under another name.
        lab.fixture.loadModel(test::tinyModel());
        QVERIFY(!lab.page->goOnButton()->isVisible());
        QVERIFY(lab.page->activity()->text().contains(
            QStringLiteral("measured on another model, mine.gguf")));
        // And one under the same name.
        QVERIFY(QFile::remove(model));
        QVERIFY(QFile::copy(
            QStringLiteral(INFERLAB_FIXTURES "/tiny/llama3_rope_tied/llama3_rope_tied.f32.gguf"),
            model));
        lab.fixture.loadModel(model);
        QTRY_VERIFY_WITH_TIMEOUT(
            lab.page->activity()->text().contains(QStringLiteral("has changed since")),
            kPatienceMs);
        QVERIFY(!lab.page->goOnButton()->isVisible());
        lab.click(lab.page->startButton());
        lab.runUntil(1);
        QVERIFY2(lab.page->errorBar()->isHidden(), qPrintable(lab.page->errorBar()->line()));
        QVERIFY(lab.page->folder() != first);
    }

    void aFolderFromElsewhereIsShownWithItsPlan()
    {
        ExperimentLab lab;
        lab.run(tinyPlan(2));
        const QString elsewhere = lab.fixture.folder.filePath(QStringLiteral("from a colleague"));
        QVERIFY(QDir().rename(lab.page->folder(), elsewhere));
        lab.page->choosePreset(QStringLiteral("batch"));
        QVERIFY(lab.page->folder().isEmpty());

        lab.page->openResults(elsewhere + QLatin1Char('/'));
        QTRY_COMPARE_WITH_TIMEOUT(lab.page->folder(), elsewhere, kPatienceMs);
        QCOMPARE(lab.page->result()->runCount(), size_t(4));
        QCOMPARE(lab.page->experiment().name, std::string("tiny"));
        QCOMPARE(lab.page->results()->box()->count(), 1);
        QVERIFY(!lab.page->activity()->text().contains(QStringLiteral("measured")));

        // Not an experiment: one line, and all stays.
        lab.page->openResults(lab.fixture.folder.path());
        QTRY_VERIFY_WITH_TIMEOUT(!lab.page->errorBar()->isHidden(), kPatienceMs);
        QVERIFY(lab.page->errorBar()->line().contains(QStringLiteral("experiment.json")));
        QCOMPARE(lab.page->folder(), elsewhere);

        // Nor is a result that is being read then lost by it.
        lab.page->choosePoint(1);
        emit lab.page->results()->chosen(elsewhere);
        lab.page->openResults(lab.fixture.folder.path());
        QTRY_COMPARE_WITH_TIMEOUT(lab.page->chosenPoint(), -1, kPatienceMs); // it has been read
    }

    // The processor is the experiment's alone: predictions wait for a pause or its end.
    void nothingIsPredictedWhileItRuns()
    {
        ExperimentLab lab;
        lab.open(tinyPlan(400));
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->outlook() != nullptr, kPatienceMs);
        const auto *reader = lab.page->findChild<OutlookReader *>();
        lab.click(lab.page->startButton());
        QSignalSpy answers(reader, &OutlookReader::answered);
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->result()->runCount() >= 6, kPatienceMs);
        QCOMPARE(answers.count(), 0);
        lab.click(lab.page->pauseButton());
        QTRY_VERIFY_WITH_TIMEOUT(answers.count() >= 1, kPatienceMs);
        QTest::qWait(300); // what was measured before the pause comes, too
        const qsizetype inPause = answers.count();
        lab.click(lab.page->pauseButton());
        const size_t runs = lab.page->result()->runCount();
        QTRY_VERIFY_WITH_TIMEOUT(lab.page->result()->runCount() >= runs + 3, kPatienceMs);
        QCOMPARE(answers.count(), inPause);
        lab.click(lab.page->stopButton());
        QVERIFY(lab.waitForEnd());
        QTRY_VERIFY_WITH_TIMEOUT(answers.count() > inPause, kPatienceMs);
    }
};

QTEST_MAIN(TestExperimentResults)
#include "test_experiment_results.moc"
