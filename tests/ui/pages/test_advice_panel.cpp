// Advice under limits that a person sets: application presets, sliders, the best point with the
// last pass and the first fail, knees, and the capacity calculator.
#include "support/synthetic_experiment.h"

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_presets.h"
#include "app/experiment/measured_points.h"
#include "engine/measure/percentile.h"
#include "engine/measure/slo_words.h"
#include "ui/pages/experiment/advice_panel.h"
#include "ui/pages/experiment/advice_table.h"
#include "ui/pages/experiment/capacity_panel.h"
#include "ui/pages/experiment/limit_slider.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/segmented_control.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTableWidget>
#include <QTest>

using namespace inferlab;

namespace {

ExperimentResultPtr batchResult()
{
    Experiment experiment = experimentPreset("batch");
    experiment.repeats = 3;
    experiment.held.run.maxNewTokens = 12;
    return makeSyntheticResult(experiment, 3);
}

} // namespace

class TestAdvicePanel : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<ThemeController> m_theme;

private slots:
    void initTestCase()
    {
        m_theme = std::make_unique<ThemeController>(*qApp, [] { return false; });
    }
    void cleanupTestCase() { m_theme.reset(); }

    void presetsSetTheLimits()
    {
        AdvicePanel panel;
        QCOMPARE(panel.presets()->count(), int(sloPresets().size()) + 1);
        for (size_t i = 0; i < sloPresets().size(); ++i) {
            panel.presets()->setCurrentIndex(int(i));
            emit panel.presets()->activated(int(i));
            QCOMPARE(panel.limits(), sloPresets()[i].limits);
            QCOMPARE(panel.percentile(), sloPresets()[i].percentile);
            QCOMPARE(panel.goal(), sloPresets()[i].goal);
        }
    }

    void aSliderIsTheLimit()
    {
        LimitSlider slider(QStringLiteral("TTFT"));
        QVERIFY(!slider.limitMs());
        QSignalSpy changed(&slider, &LimitSlider::limitChanged);
        slider.setLimitMs(450); // as it was set, not as near as a slider comes
        QCOMPARE(slider.limitMs(), std::optional(450.0));
        QCOMPARE(changed.count(), 0);
        slider.resize(500, 40);
        slider.show();
        slider.slider()->setFocus();
        QTest::keyClick(slider.slider(), Qt::Key_Right);
        QVERIFY(*slider.limitMs() > 450 && *slider.limitMs() < 520);
        QCOMPARE(changed.count(), 1);
        QTest::keyClick(slider.slider(), Qt::Key_End);
        QVERIFY(*slider.limitMs() >= LimitSlider::kMostMs * 0.9);
        QTest::keyClick(slider.box(), Qt::Key_Space);
        QVERIFY(!slider.limitMs());
        QVERIFY(!slider.slider()->isEnabled());
    }

    // The panel says what advise() says of the points that measured_points gathers.
    void theBestUnderTheLimitsIsNamed()
    {
        const ExperimentResultPtr result = batchResult();
        AdvicePanel panel;
        panel.resize(1200, 700);
        panel.show();
        panel.setResult(result);
        const std::vector<MeasuredPoint> points = measuredPoints(*result);
        // A limit between the medians of the second and the third point.
        const double between =
            (*percentile(points[1].endToEndMs, 50) + *percentile(points[2].endToEndMs, 50)) / 2;
        for (const LatencyFigure figure :
             {LatencyFigure::Ttft, LatencyFigure::Tpot, LatencyFigure::Itl})
            panel.slider(figure)->setLimitMs(std::nullopt);
        panel.slider(LatencyFigure::EndToEnd)->setLimitMs(between);
        panel.percentiles()->setCurrent(0); // P50: asks anew
        QCOMPARE(panel.presets()->currentText(), QStringLiteral("Own limits"));
        QCOMPARE(panel.advice().loadLimits.size(), size_t(1));
        QCOMPARE(panel.advice().loadLimits[0].lastPass, std::optional(size_t(1)));
        QCOMPARE(panel.advice().loadLimits[0].firstFail, std::optional(size_t(2)));
        QCOMPARE(panel.advice().best, std::optional(size_t(1))); // throughput rises with the batch
        const QString sentence = panel.sentence()->text();
        QVERIFY(sentence.startsWith(QString::fromStdString(points[1].label)));
        QVERIFY(sentence.contains(QString::fromStdString(points[2].label)
                                  + QStringLiteral(" is the first that fails")));
        QCOMPARE(panel.table()->rowCount(), int(points.size()));
        QCOMPARE(panel.table()->item(1, 1)->text(), QStringLiteral("passes, the best"));
        QCOMPARE(panel.table()->item(2, 1)->text(), QStringLiteral("fails, the first"));
        QVERIFY(
            panel.table()->item(2, AdviceTable::EndToEnd)->text().contains(QStringLiteral("✕")));
        QVERIFY(panel.knees()->text().startsWith(QStringLiteral("Knee ")));

        QSignalSpy chosen(&panel, &AdvicePanel::pointChosen);
        panel.table()->setCurrentCell(2, 0);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.front()[0].toInt(), 2);
        QCOMPARE(chosen.front()[1].toBool(), false);
    }

    void withoutRunsItSaysSo()
    {
        AdvicePanel panel;
        panel.show();
        panel.setResult(
            std::make_shared<const ExperimentResult>(emptyResult(experimentPreset("batch"))));
        QVERIFY(panel.sentence()->text().startsWith(QStringLiteral("Not enough data")));
        QCOMPARE(panel.table()->rowCount(), 0);
        QVERIFY(panel.knees()->isHidden());
    }

    void usersAreCountedBesideWhatWasMeasured()
    {
        auto result = std::make_shared<ExperimentResult>(*batchResult());
        MeasuredRun &most = result->points[2].runs[1];
        most.weightBytes = 100 << 20;
        most.cacheBytes = 400 << 20;
        most.workspaceBytes = 12 << 20;
        ExperimentOutlook outlook;
        outlook.cost.emplace();
        outlook.cost->weightBytes = 1 << 30;
        outlook.cost->layers = 4;
        outlook.cost->kvHeads = 2;
        outlook.cost->headDim = 64; // 2 x 4 x 2 x 64 x 2 bytes: 2 KiB a token
        CapacityPanel panel;
        panel.setExperiment(*result, nullptr);
        QVERIFY(!panel.capacity());
        QVERIFY(panel.sentence()->text().startsWith(QStringLiteral("Not known yet")));
        panel.setExperiment(*result, &outlook);
        panel.memory()->setValue(2);
        panel.context()->setValue(1024);
        QVERIFY(panel.capacity().has_value());
        QCOMPARE(panel.capacity()->users, uint64_t((1 << 30) / (2048 * 1024)));
        QVERIFY(panel.measured()->text().contains(QStringLiteral("512 MiB")));
        QVERIFY(panel.measured()->text().contains(QStringLiteral("400 MiB of cache")));
        panel.setFreeBytes(uint64_t(64) << 30); // a person's own number stays
        QCOMPARE(panel.memory()->value(), 2.0);
        QVERIFY(panel.model()->isHidden()); // one model: nothing to choose
    }

    // Where files vary, users are counted for the one that is chosen.
    void usersAreCountedForEachModel()
    {
        Experiment experiment = experimentPreset("batch");
        experiment.axes = {
            {AxisKind::ModelFile, {std::string("A.Q8_0.gguf"), std::string("A.Q4_1.gguf")}}};
        const ExperimentResult result = emptyResult(experiment);
        ExperimentOutlook outlook;
        outlook.points.resize(2);
        for (size_t i = 0; i < 2; ++i) {
            ModelCost &cost = outlook.points[i].model.emplace().cost;
            cost.weightBytes = static_cast<double>(uint64_t {1} << (30 - i)); // 1 and 0.5 GiB
            cost.layers = 4;
            cost.kvHeads = 2;
            cost.headDim = 64; // 2 KiB a token
        }
        CapacityPanel panel;
        panel.setExperiment(result, &outlook);
        panel.memory()->setValue(2);
        panel.context()->setValue(1024);
        QCOMPARE(panel.model()->count(), 2);
        QCOMPARE(panel.model()->itemText(1), QStringLiteral("Q4_1"));
        QCOMPARE(panel.capacity()->users, uint64_t(512)); // 1 GiB / 2 MiB
        panel.model()->setCurrentIndex(1);
        QCOMPARE(panel.capacity()->users, uint64_t(768));
        panel.setExperiment(result, &outlook); // another run came in: the choice stays
        QCOMPARE(panel.model()->currentIndex(), 1);
    }

    // Attainment and goodput are those of slo.h over the same requests.
    void requestsThatKeptTheLimitsAreCounted()
    {
        const ExperimentResultPtr result = batchResult();
        AdvicePanel panel;
        panel.resize(1200, 700);
        panel.show();
        panel.setResult(result);
        for (const LatencyFigure figure :
             {LatencyFigure::Ttft, LatencyFigure::Tpot, LatencyFigure::Itl})
            panel.slider(figure)->setLimitMs(std::nullopt);
        const std::vector<MeasuredPoint> points = measuredPoints(*result);
        panel.slider(LatencyFigure::EndToEnd)->setLimitMs(*percentile(points[4].endToEndMs, 30));
        panel.percentiles()->setCurrent(0);
        const SloOutcome outcome = sloOutcome(sloSample(result->points[4]), panel.limits());
        QVERIFY(outcome.met > 0 && outcome.met < outcome.requests);
        QCOMPARE(panel.table()->item(4, AdviceTable::Kept)->text(),
                 QString::fromStdString(attainmentText(outcome)));
        QCOMPARE(panel.table()->item(4, AdviceTable::Goodput)->text(),
                 QString::fromStdString(goodputText(outcome)));
        QVERIFY(panel.table()
                    ->item(4, AdviceTable::Missed)
                    ->text()
                    .startsWith(QStringLiteral("total latency, ")));
        QCOMPARE(panel.latencyBudget()->ms, *panel.limits().endToEndMs);
        QCOMPARE(panel.latencyBudget()->percentile, 50.0);
        QVERIFY(panel.knees()->text().startsWith(
            QStringLiteral("Knee of throughput against P50 latency: ")));
    }
};

QTEST_MAIN(TestAdvicePanel)
#include "test_advice_panel.moc"
