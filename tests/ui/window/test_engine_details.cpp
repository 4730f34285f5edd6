// The engine's switches: what takes effect where, and why some of them are greyed.
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_details.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/toggle_switch.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

using namespace inferlab;

namespace {

const QString kCpu = QStringLiteral("cpu");
const QString kGpu = QStringLiteral("cuda");

RunSettings applied(const EngineDetails &details, const QString &device)
{
    RunSettings settings;
    details.applyTo(settings, device);
    return settings;
}

RunSettings unusual()
{
    RunSettings settings;
    settings.cacheType = DType::Q8_0;
    settings.scheduler = BatchPolicy::Continuous;
    settings.chunkTokens = 64;
    settings.padding = true;
    settings.batchInvariant = true;
    settings.stepGraphs = false;
    return settings;
}

} // namespace

class TestEngineDetails : public QObject
{
    Q_OBJECT

private slots:
    void theyBeginAsUsual()
    {
        const EngineDetails details;
        const RunSettings settings = applied(details, kGpu);
        const RunSettings usual;
        QCOMPARE(settings.cacheType, usual.cacheType);
        QCOMPARE(settings.scheduler, usual.scheduler);
        QCOMPARE(settings.chunkTokens, usual.chunkTokens);
        QCOMPARE(settings.padding, usual.padding);
        QCOMPARE(settings.batchInvariant, usual.batchInvariant);
        QCOMPARE(settings.stepGraphs, usual.stepGraphs);
        QVERIFY(details.summary().isEmpty());
    }

    void paddingIsOfAStaticBatch()
    {
        EngineDetails details;
        QSignalSpy changed(&details, &EngineDetails::changed);
        QTest::mouseClick(details.padding(), Qt::LeftButton);
        QCOMPARE(changed.count(), 1);
        QVERIFY(applied(details, kCpu).padding);
        QCOMPARE(details.summary(), QStringLiteral("padding"));
        QTest::mouseClick(details.batching()->button(1), Qt::LeftButton);
        QVERIFY(!details.padding()->isEnabled());
        QCOMPARE(details.paddingHint()->text(),
                 QStringLiteral("No padding in a continuous batch: it is no rectangle"));
        QVERIFY(!applied(details, kCpu).padding);
        QCOMPARE(applied(details, kCpu).scheduler, BatchPolicy::Continuous);
        QTest::mouseClick(details.batching()->button(0), Qt::LeftButton);
        QVERIFY(applied(details, kCpu).padding); // as it was left
    }

    void sameAnswerAndGraphsAreOfTheGpu()
    {
        EngineDetails details;
        details.set(unusual());
        details.setDevice(kCpu);
        QVERIFY(!details.batchInvariant()->isEnabled());
        QVERIFY(!details.stepGraphs()->isEnabled());
        QVERIFY(details.gpuHint()->text().contains(QStringLiteral("GPU alone")));
        QVERIFY(!applied(details, kCpu).batchInvariant);
        QVERIFY(applied(details, kCpu).stepGraphs);
        details.setDevice(kGpu);
        QVERIFY(details.batchInvariant()->isEnabled());
        QVERIFY(details.batchInvariant()->toolTip().contains(QStringLiteral("costs speed")));
        QVERIFY(applied(details, kGpu).batchInvariant);
        QVERIFY(!applied(details, kGpu).stepGraphs);
    }

    void whatIsRememberedDoesNotDependOnTheDevice()
    {
        EngineDetails details;
        details.set(unusual());
        RunSettings kept;
        details.store(kept);
        QCOMPARE(kept.cacheType, DType::Q8_0);
        QCOMPARE(kept.scheduler, BatchPolicy::Continuous);
        QCOMPARE(kept.chunkTokens, 64);
        QVERIFY(kept.padding);
        QVERIFY(kept.batchInvariant);
        QVERIFY(!kept.stepGraphs);
    }

    void theyReachThePlanOfARun()
    {
        ControlPanel panel;
        DeviceInfo cpu;
        cpu.kind = "cpu";
        cpu.available = true;
        DeviceInfo gpu = cpu;
        gpu.kind = "cuda";
        panel.switches()->setDevices({cpu, gpu});
        panel.engineDetails()->set(unusual());
        QVERIFY(!panel.plan().settings.batchInvariant); // the CPU is chosen
        QCOMPARE(panel.plan().settings.chunkTokens, 64);
        QVERIFY(panel.switchSettings().batchInvariant);
        panel.switches()->setDevice(kGpu);
        QVERIFY(panel.engineDetails()->batchInvariant()->isEnabled());
        QVERIFY(panel.plan().settings.batchInvariant);
        QVERIFY(!panel.plan().settings.stepGraphs);
        RunSettings usual;
        panel.setSwitches(usual);
        QCOMPARE(panel.plan().settings.cacheType, usual.cacheType);
        QCOMPARE(panel.plan().settings.chunkTokens, 0);
    }
};

QTEST_MAIN(TestEngineDetails)
#include "test_engine_details.moc"
