// The window's GPU switch with the engine that people get, on the emulated module: the CPU's text,
// the device's own times under the answer, and a device that is lost in the middle of a run, for
// which the CPU stands in. The loss comes last: a lost device stays lost.
#include "window_fixture.h"

#include "kernels/api/devices.h"
#include "support/environment_variable.h"
#include "support/random_model.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/device_step_bar.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/sampling_panel.h"
#include "ui/widgets/segmented_control.h"

#include <QPushButton>
#include <QSpinBox>
#include <QtTest>

#include <cmath>

using namespace inferlab;
using namespace inferlab::test;

namespace {

constexpr int kNewTokens = 12;

// With its model loaded on the CPU, greedy, and a prompt.
class CudaWindow : public WindowFixture
{
public:
    CudaWindow()
        : WindowFixture(EngineSource::real({}))
    {
        switches()->setDevices(listDevices());
        RandomModelSpec spec;
        spec.dtype = DType::Q8_0;
        const QString path = folder.filePath(QStringLiteral("model.gguf"));
        makeRandomModel(spec).write(path.toStdString());
        loadModel(path);
        setPrompt(QStringLiteral("ab"));
        page->controls()->samplingPanel()->set(SamplingPanel::measuringPreset(), true);
        switches()->setNewTokens(kNewTokens);
    }
    EngineSwitches *switches() { return page->controls()->switches(); }
    void use(const char *device)
    {
        switches()->setDevice(QLatin1String(device));
        waitUntilIdle();
    }
    std::vector<TokenRecord> tokens() const { return page->finishedRun()->requests.front().tokens; }
    std::vector<int32_t> ids() const
    {
        std::vector<int32_t> all;
        for (const TokenRecord &token : tokens())
            all.push_back(token.id);
        return all;
    }
};

// By how much the best token's logit leads.
double gapOf(const TokenRecord &token)
{
    return std::log(static_cast<double>(token.probability) / token.runnersUp.at(0).probability);
}

} // namespace

class TestCudaWindow : public QObject
{
    Q_OBJECT

private slots:
    void theGpuGivesTheCpusText();
    void aLostDeviceOffersTheCpu();
};

void TestCudaWindow::theGpuGivesTheCpusText()
{
    CudaWindow f;
    f.runToTheEnd();
    QVERIFY2(f.page->finishedRun() != nullptr, qPrintable(f.page->errorBar()->line()));
    QVERIFY(f.page->answers()->deviceStepBar()->isHidden());
    const std::vector<TokenRecord> onCpu = f.tokens();
    QCOMPARE(onCpu.size(), size_t {kNewTokens});

    const auto *threads = f.page->controls()->findChild<QSpinBox *>(QStringLiteral("threads"));
    QVERIFY(threads != nullptr && threads->isEnabled());
    f.use("cuda");
    QVERIFY(!threads->isEnabled()); // they are the CPU's
    QCOMPARE(f.session->model()->choice.device, QStringLiteral("cuda"));
    f.runToTheEnd();
    QVERIFY2(f.page->finishedRun() != nullptr, qPrintable(f.page->errorBar()->line()));
    QCOMPARE(f.page->finishedRun()->settings.device, std::string("cuda"));
    const std::vector<int32_t> ids = f.ids();
    QCOMPARE(ids.size(), onCpu.size());
    size_t same = 0;
    while (same < ids.size() && ids[same] == onCpu[same].id)
        ++same;
    // Random weights: two tokens may be as good as each other.
    QVERIFY2(same == ids.size() || (same >= kNewTokens / 2 && gapOf(onCpu[same]) < 0.1),
             qPrintable(QStringLiteral("token %1 differs").arg(same)));
    QVERIFY(f.page->finishedRun()->steps.back().replayed);
    const DeviceStepBar *bar = f.page->answers()->deviceStepBar();
    QVERIFY(!bar->isHidden());
    QVERIFY2(bar->toolTip().contains(QStringLiteral("10 of 11 steps replayed as graphs of")),
             qPrintable(bar->toolTip()));
    QVERIFY(bar->toolTip().contains(QStringLiteral("attention")));
}

void TestCudaWindow::aLostDeviceOffersTheCpu()
{
    CudaWindow f;
    f.runToTheEnd();
    const std::vector<int32_t> onCpu = f.ids();
    f.use("cuda");
    {
        const EnvironmentVariable loss("INFERLAB_EMULATED_LOSS", "60");
        f.runToTheEnd();
    }
    const RequestRecord &lost = f.page->finishedRun()->requests.front();
    QCOMPARE(lost.endReason, EndReason::Error);
    QVERIFY(!lost.tokens.empty()); // what was measured stays
    QVERIFY(lost.tokens.size() < size_t {kNewTokens});
    QVERIFY2(f.page->errorBar()->line().contains(QStringLiteral("999); the CPU can go on")),
             qPrintable(f.page->errorBar()->line()));
    auto *action = f.page->errorBar()->findChild<QPushButton *>(QStringLiteral("errorAction"));
    QVERIFY(action != nullptr && !action->isHidden());
    QCOMPARE(action->text(), QStringLiteral("Run on the CPU"));
    QTest::mouseClick(action, Qt::LeftButton);
    f.waitUntilIdle();
    QCOMPARE(f.page->finishedRun()->settings.device, std::string("cpu"));
    QCOMPARE(f.ids(), onCpu);
    QVERIFY(f.page->errorBar()->line().isEmpty());
}

QTEST_MAIN(TestCudaWindow)
#include "test_cuda_window.moc"
