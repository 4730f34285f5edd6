// A step on the device as a bar: parts that add up, words for them, and nothing where the device
// has no clock.
#include "ui/widgets/device_step_bar.h"

#include <QImage>
#include <QtTest>

using namespace inferlab;

namespace {

RunRecord onGpu()
{
    RunRecord run;
    StepRecord prefill;
    prefill.endNs = 9'000'000;
    prefill.prefillTokens = 40;
    prefill.deviceNs = 8'000'000;
    run.steps.push_back(prefill);
    StepRecord first;
    first.endNs = 2'000'000;
    first.decodeTokens = 1;
    first.deviceNs = 1'600'000;
    first.devicePhases = DevicePhases {50'000, 0, 400'000, 800'000, 400'000, 70'000};
    run.steps.push_back(first);
    StepRecord replayed = first;
    replayed.devicePhases.reset();
    replayed.replayed = true;
    replayed.launches = 412;
    replayed.deviceNs = 800'000;
    run.steps.push_back(replayed);
    return run;
}

} // namespace

class TestDeviceStepBar : public QObject
{
    Q_OBJECT

private slots:
    void partsAddUpToTheHostsStep();
    void wordsSayWhatWasMeasured();
    void shownOfAFinishedRunOnAGpuAlone();
};

void TestDeviceStepBar::partsAddUpToTheHostsStep()
{
    const RunRecord run = onGpu();
    const auto decode = deviceTimes(run.steps, StepKind::Decode);
    QVERIFY(decode);
    const std::vector<StepPart> parts = stepParts(*decode);
    QCOMPARE(parts.size(), size_t {5});
    QCOMPARE(parts[1].name, QStringLiteral("attention"));
    QCOMPARE(parts[1].ms, 0.3); // a quarter of 1.2
    QCOMPARE(parts[2].ms, 0.6);
    QCOMPARE(parts[3].ms, 0.3);
    QCOMPARE(parts[4].name, QStringLiteral("host"));
    QCOMPARE(parts[4].ms, 0.8);

    // Prefill was not timed by phase.
    const std::vector<StepPart> whole = stepParts(*deviceTimes(run.steps, StepKind::Prefill));
    QCOMPARE(whole.size(), size_t {2});
    QCOMPARE(whole[0].name, QStringLiteral("device"));
    QCOMPARE(whole[0].ms, 8.0);
    QCOMPARE(whole[1].ms, 1.0);
}

void TestDeviceStepBar::wordsSayWhatWasMeasured()
{
    const RunRecord run = onGpu();
    const QString words = stepWords(*deviceTimes(run.steps, StepKind::Decode), StepKind::Decode);
    QVERIFY2(words.startsWith(
                 QStringLiteral("Decode step 2.0 ms, mean of 2: 1.2 ms of it on the device")),
             qPrintable(words));
    QVERIFY(words.contains(QStringLiteral("1 of 2 steps replayed as graphs of 412 kernels")));
    QVERIFY(words.contains(QStringLiteral("By phase, mean of 1 launched kernel by kernel:")));
    QVERIFY(words.contains(QStringLiteral("products and norms 0.80 ms")));

    // The bar itself says of how few steps the split is that it draws.
    QCOMPARE(splitWords(*deviceTimes(run.steps, StepKind::Decode), StepKind::Decode),
             QStringLiteral("Decode step: split of 1 launched singly, of 2"));
    QVERIFY(splitWords(*deviceTimes(run.steps, StepKind::Prefill), StepKind::Prefill).isEmpty());
    const RunRecord single = [&] {
        RunRecord r = run;
        r.steps.pop_back();
        return r;
    }();
    QVERIFY(splitWords(*deviceTimes(single.steps, StepKind::Decode), StepKind::Decode).isEmpty());
}

void TestDeviceStepBar::shownOfAFinishedRunOnAGpuAlone()
{
    QWidget parent;
    DeviceStepBar bar(&parent);
    const RunRecord run = onGpu();
    bar.setRun(&run, true);
    QVERIFY(bar.isHidden()); // means of a run that grows would jump
    bar.setRun(&run, false);
    QVERIFY(!bar.isHidden());
    bar.resize(500, bar.sizeHint().height());
    const QImage image = bar.grab().toImage();
    const int middle = bar.fontMetrics().height() / 2; // of the upper row
    QVERIFY(image.pixelColor(image.width() / 2, middle) != image.pixelColor(2, image.height() - 1));
    bar.setRun(nullptr, false);
    QVERIFY(bar.isHidden());
    const RunRecord onCpu;
    bar.setRun(&onCpu, false);
    QVERIFY(bar.isHidden());
}

QTEST_MAIN(TestDeviceStepBar)
#include "test_device_step_bar.moc"
