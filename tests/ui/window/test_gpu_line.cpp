// What the GPU does, in words and as a small chart: shown while the GPU is chosen and its driver
// answers, honest where it does not.
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/gpu_line.h"

#include <QImage>
#include <QtTest>

using namespace inferlab;

namespace {

GpuStatus busy(int percent)
{
    GpuStatus status;
    status.memoryUsedBytes = size_t {34} << 30;
    status.memoryBytes = size_t {80} << 30;
    status.busyPercent = percent;
    status.powerWatts = 412.6;
    status.coreMhz = 1980;
    return status;
}

// Pixels of a picture that are not as its corner.
int ink(QWidget &widget)
{
    const QImage image = widget.grab().toImage();
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            count += image.pixel(x, y) != image.pixel(0, image.height() / 2) ? 1 : 0;
    }
    return count;
}

} // namespace

class TestGpuLine : public QObject
{
    Q_OBJECT

private slots:
    void figuresInWords();
    void theChartGrowsWithTheLoad();
    void aDriverThatFallsSilentIsSaid();
    void shownWhileTheGpuIsChosen();
    void historyKeepsTheLastMinute();
};

void TestGpuLine::figuresInWords()
{
    QCOMPARE(gpuText(busy(97)),
             QStringLiteral("34.0 GiB of 80.0 GiB · 97% busy · 413 W · 1,980 MHz"));
    GpuStatus little = busy(0);
    little.busyPercent.reset();
    little.powerWatts.reset();
    little.coreMhz.reset();
    QCOMPARE(gpuText(little), QStringLiteral("34.0 GiB of 80.0 GiB"));
}

void TestGpuLine::theChartGrowsWithTheLoad()
{
    int load = 0;
    GpuLine line;
    line.resize(300, line.sizeHint().height());
    line.setSource([&load] { return std::optional(busy(load)); });
    for (int i = 0; i < 30; ++i)
        line.ask();
    const int idle = ink(line);
    load = 90;
    for (int i = 0; i < 30; ++i)
        line.ask();
    QVERIFY2(ink(line) > idle + 300, qPrintable(QString::number(ink(line) - idle)));
    QCOMPARE(line.history().size(), GpuHistory::kSamples);
}

void TestGpuLine::aDriverThatFallsSilentIsSaid()
{
    bool lost = false;
    GpuLine line;
    line.setSource([&lost] { return lost ? std::nullopt : std::optional(busy(5)); });
    QVERIFY(line.text().contains(QStringLiteral("5% busy")));
    lost = true;
    line.ask();
    QCOMPARE(line.text(), QStringLiteral("The GPU's driver does not answer any more"));
}

void TestGpuLine::shownWhileTheGpuIsChosen()
{
    EngineSwitches switches;
    DeviceInfo cpu;
    cpu.kind = "cpu";
    cpu.available = true;
    DeviceInfo gpu = cpu;
    gpu.kind = "cuda";
    switches.setDevices({cpu, gpu});
    int asked = 0;
    switches.setGpuSource([&asked] {
        ++asked;
        return std::optional(busy(50));
    });
    switches.show();
    QVERIFY(!switches.gpuLine()->isVisible());
    QCOMPARE(asked, 0); // nobody looks
    switches.setDevice(QStringLiteral("cuda"));
    QVERIFY(switches.gpuLine()->isVisible());
    QCOMPARE(asked, 1);
    switches.setDevice(QStringLiteral("cpu"));
    QVERIFY(!switches.gpuLine()->isVisible());
}

void TestGpuLine::historyKeepsTheLastMinute()
{
    GpuHistory history;
    QVERIFY(history.latest() == nullptr);
    for (int i = 0; i < 70; ++i)
        history.add(busy(i));
    QCOMPARE(history.size(), size_t {60});
    QCOMPARE(*history.at(0)->busyPercent, 10);
    QCOMPARE(*history.at(59)->busyPercent, 69);
    QCOMPARE(*(*history.latest())->busyPercent, 69);
}

QTEST_MAIN(TestGpuLine)
#include "test_gpu_line.moc"
