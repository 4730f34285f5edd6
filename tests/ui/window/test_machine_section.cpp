// What the machine was measured at, in the settings: nothing at first, then with date and hardware,
// measured anew on request, never while something runs.
#include "window_fixture.h"

#include "app/machine/calibration_file.h"
#include "app/run_setup/run_setup.h"
#include "support/synthetic_engine.h"
#include "ui/main_window/machine_section.h"

#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <QTest>

using namespace inferlab;
using namespace inferlab::test;
using namespace std::chrono_literals;

namespace {

constexpr int kPatienceMs = 60000;

ModelChoice oneThread()
{
    ModelChoice choice;
    choice.threads = 1;
    return choice;
}

} // namespace

class TestMachineSection : public QObject
{
    Q_OBJECT

private slots:
    void theSettingsHaveItWhereCalibrationsAreKept()
    {
        WindowFixture fixture(syntheticSource({}));
        fixture.window->showSettings();
        QVERIFY(fixture.window->findChild<MachineSection *>() == nullptr);
        fixture.window->findChild<QDialog *>(QStringLiteral("settingsDialog"))->close();
        QTRY_VERIFY(fixture.window->findChild<QDialog *>(QStringLiteral("settingsDialog"))
                    == nullptr);
        fixture.window->setCalibrations(
            fixture.folder.filePath(QStringLiteral("calibration.json")).toStdString());
        fixture.window->showSettings();
        QVERIFY(fixture.window->findChild<MachineSection *>() != nullptr);
    }

    void itIsMeasuredAnewAndKept()
    {
        WindowFixture fixture(syntheticSource({}));
        const std::filesystem::path file =
            fixture.folder.filePath(QStringLiteral("calibration.json")).toStdString();
        MachineSection section(*fixture.session, oneThread, file);
        QTRY_VERIFY_WITH_TIMEOUT(
            section.figures()->text().startsWith(QStringLiteral("Not measured yet")), kPatienceMs);
        QVERIFY(!section.hardware()->text().isEmpty());
        QTest::mouseClick(section.calibrateButton(), Qt::LeftButton);
        QVERIFY(!section.calibrateButton()->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(section.figures()->text().startsWith(QStringLiteral("Measured ")),
                                 kPatienceMs);
        QVERIFY(section.calibrateButton()->isEnabled());
        const std::vector<Calibration> kept = readCalibrations(file);
        QCOMPARE(kept.size(), size_t(1));
        QCOMPARE(QString::fromStdString(kept[0].hardware), section.hardware()->text());
        QCOMPARE(kept[0].program, programName());

        // Another window shows what is kept, without measuring, and replaces it on request.
        MachineSection again(*fixture.session, oneThread, file);
        QTRY_COMPARE_WITH_TIMEOUT(again.figures()->text(), section.figures()->text(), kPatienceMs);
        QTest::mouseClick(again.calibrateButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(again.calibrateButton()->isEnabled(), kPatienceMs);
        const std::vector<Calibration> later = readCalibrations(file);
        QCOMPARE(later.size(), size_t(1));
        QVERIFY(later[0].limits != kept[0].limits);
    }

    void nothingIsMeasuredWhileSomethingRuns()
    {
        WindowFixture fixture(syntheticSource(paced(5ms)));
        const std::filesystem::path file =
            fixture.folder.filePath(QStringLiteral("calibration.json")).toStdString();
        MachineSection section(*fixture.session, oneThread, file);
        QTRY_VERIFY_WITH_TIMEOUT(section.calibrateButton()->isEnabled(), kPatienceMs);
        QTest::mouseClick(section.calibrateButton(), Qt::LeftButton);
        fixture.session->run(syntheticPlan(4000));
        QTRY_COMPARE_WITH_TIMEOUT(section.figures()->text(),
                                  QStringLiteral("Not measured: something else began to run"),
                                  kPatienceMs);
        QVERIFY(!section.calibrateButton()->isEnabled());
        QVERIFY(!section.calibrateButton()->toolTip().isEmpty());
        fixture.session->stop();
        QTRY_VERIFY_WITH_TIMEOUT(section.calibrateButton()->isEnabled(), kPatienceMs);
        QVERIFY(readCalibrations(file).empty());
    }
};

QTEST_MAIN(TestMachineSection)
#include "test_machine_section.moc"
