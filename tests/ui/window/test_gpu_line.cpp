// What the GPU does, in words and as a small chart: shown while the GPU is chosen and its driver
// answers, honest where it does not.
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/gpu_line.h"

#include <QImage>
#include <QtTest>
#include <atomic>
#include <functional>
#include <future>
#include <memory>

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
    status.memoryMhz = 2619;
    status.celsius = 58;
    return status;
}

// Asked every millisecond, so that a minute passes at once.
std::shared_ptr<GpuWatch> watchOf(GpuWatch::Read read)
{
    return std::make_shared<GpuWatch>(std::move(read), std::chrono::milliseconds(1));
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
    void powerIsALineOverTheLoad();
    void theTooltipSaysWhatTheChartShows();
    void aDriverThatTakesItsTimeFreezesNothing();
    void aDriverThatFallsSilentIsSaid();
    void aDriverThatHangsIsSaidToo();
    void whatWasNotWatchedIsAGap();
    void shownWhileTheGpuIsChosen();
    void historyKeepsTheLastMinute();
};

void TestGpuLine::figuresInWords()
{
    QCOMPARE(gpuText(busy(97)),
             QStringLiteral("34.0 GiB of 80.0 GiB · 97% busy · 413 W · 1,980 MHz · 58 °C"));
    GpuStatus little = busy(0);
    little.busyPercent.reset();
    little.powerWatts.reset();
    little.coreMhz.reset();
    little.celsius.reset();
    QCOMPARE(gpuText(little), QStringLiteral("34.0 GiB of 80.0 GiB"));
}

void TestGpuLine::theChartGrowsWithTheLoad()
{
    std::atomic<int> load = 0;
    GpuLine line;
    line.resize(300, line.sizeHint().height());
    line.setSource(watchOf([&load] {
        GpuStatus status = busy(load);
        status.powerWatts.reset(); // it has a line of its own
        return std::optional(status);
    }));
    line.show();
    QTRY_COMPARE(line.history().size(), GpuHistory::kSamples);
    const int idle = ink(line);
    load = 90;
    QTRY_VERIFY2(ink(line) > idle + 300, qPrintable(QString::number(ink(line) - idle)));
}

void TestGpuLine::powerIsALineOverTheLoad()
{
    const auto inkOf = [](std::function<double(int)> watts) {
        int asked = 0;
        GpuLine line;
        line.resize(300, line.sizeHint().height());
        line.setSource(watchOf([&, asked]() mutable {
            GpuStatus status = busy(0);
            status.powerWatts = watts(asked++);
            return std::optional(status);
        }));
        line.show();
        [&] { QTRY_COMPARE(line.history().size(), GpuHistory::kSamples); }();
        return ink(line);
    };
    const int flat = inkOf([](int) { return 100.0; });
    const int jagged = inkOf([](int n) { return n % 2 == 0 ? 100.0 : 400.0; });
    QVERIFY2(jagged > flat + 100, qPrintable(QStringLiteral("%1 %2").arg(flat).arg(jagged)));
}

void TestGpuLine::theTooltipSaysWhatTheChartShows()
{
    GpuLine line;
    line.setSource(watchOf([] { return std::optional(busy(5)); }));
    line.show();
    QTRY_VERIFY(line.toolTip().contains(QStringLiteral("Line: power, up to 413 W")));
    QVERIFY(line.toolTip().contains(QStringLiteral("Area: load of the last minute")));
    QVERIFY(line.toolTip().contains(QStringLiteral("Memory clock: 2,619 MHz")));
}

void TestGpuLine::aDriverThatTakesItsTimeFreezesNothing()
{
    std::promise<void> answer;
    const std::shared_future<void> answered = answer.get_future().share();
    GpuLine line;
    line.setSource(watchOf([answered] {
        answered.wait();
        return std::optional(busy(5));
    }));
    line.show();
    QTest::qWait(300); // it looks in between, and goes on
    QCOMPARE(line.history().size(), size_t {0});
    QCOMPARE(line.text(), QStringLiteral("Asking the GPU's driver"));
    answer.set_value();
    QTRY_VERIFY(line.text().contains(QStringLiteral("5% busy")));
}

void TestGpuLine::aDriverThatFallsSilentIsSaid()
{
    std::atomic<bool> lost = false;
    GpuLine line;
    line.setSource(watchOf([&lost] { return lost ? std::nullopt : std::optional(busy(5)); }));
    line.show();
    QTRY_VERIFY(line.text().contains(QStringLiteral("5% busy")));
    lost = true;
    QTRY_COMPARE(line.text(), QStringLiteral("The GPU's driver does not answer any more"));
}

void TestGpuLine::aDriverThatHangsIsSaidToo()
{
    std::promise<void> answer;
    const std::shared_future<void> answered = answer.get_future().share();
    std::atomic<bool> hangs = false;
    GpuLine line;
    line.setSource(watchOf([answered, &hangs] {
        if (hangs)
            answered.wait();
        return std::optional(busy(5));
    }));
    line.show();
    QTRY_VERIFY(line.text().contains(QStringLiteral("5% busy")));
    hangs = true;
    QTRY_COMPARE_WITH_TIMEOUT(line.text(),
                              QStringLiteral("The GPU's driver does not answer any more"), 20000);
    QVERIFY(!*line.history().latest());
    hangs = false;
    answer.set_value();
    QTRY_VERIFY(line.text().contains(QStringLiteral("5% busy")));
}

void TestGpuLine::whatWasNotWatchedIsAGap()
{
    // Answers come seldom: those before and behind the gap stay in the history.
    GpuLine line;
    line.setSource(std::make_shared<GpuWatch>([] { return std::optional(busy(5)); },
                                              std::chrono::milliseconds(400)));
    line.show();
    QTRY_VERIFY(line.text().contains(QStringLiteral("5% busy")));
    line.hide();
    const size_t before = line.history().size();
    line.show();
    QCOMPARE(line.text(), QStringLiteral("Asking the GPU's driver")); // not what it said before
    QTRY_VERIFY(line.text().contains(QStringLiteral("5% busy")));
    QVERIFY(line.history().size() >= before + 2);
    QVERIFY(!line.history().at(before));
}

void TestGpuLine::shownWhileTheGpuIsChosen()
{
    std::atomic<int> asked = 0;
    EngineSwitches switches;
    DeviceInfo cpu;
    cpu.kind = "cpu";
    cpu.available = true;
    DeviceInfo gpu = cpu;
    gpu.kind = "cuda";
    switches.setDevices({cpu, gpu});
    switches.setGpuWatch(watchOf([&asked] {
        ++asked;
        return std::optional(busy(50));
    }));
    switches.show();
    QVERIFY(!switches.gpuLine()->isVisible());
    QTest::qWait(20);
    QCOMPARE(asked.load(), 0); // nobody looks
    switches.setDevice(QStringLiteral("cuda"));
    QVERIFY(switches.gpuLine()->isVisible());
    QTRY_VERIFY(asked > 0);
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
