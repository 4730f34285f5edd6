// Others' results on the charts of an experiment: the figures of the files at their loads, told
// apart from our own, and only where x is a load.
#include "support/synthetic_experiment.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_figures.h"

#include <QTest>
#include <algorithm>

using namespace inferlab;

namespace {

Experiment over(AxisKind kind)
{
    Experiment experiment;
    experiment.name = "ours";
    experiment.prompts = {"Hello"};
    experiment.axes = {{kind, {1.0, 4.0}}};
    experiment.repeats = 2;
    return experiment;
}

// Two points, the second beyond what the experiment plans and without a TTFT.
ImportedSeriesPtr theirs()
{
    ImportedSeries series;
    series.name = "lab two";
    series.points = {{2, 150.0, {{50, 80.0}}, {{50, 900.0}, {90, 1000.0}}, 3},
                     {64, 900.0, {}, {{50, 4000.0}, {90, 4500.0}}, 3}};
    return std::make_shared<const std::vector<ImportedSeries>>(
        std::vector<ImportedSeries> {series});
}

PlotSpec plotOf(const QString &id, const Experiment &experiment, int repeats,
                const ImportedSeriesPtr &imported, int view = 0)
{
    ChartData data;
    data.experiment =
        ExperimentFiguresCache().update(makeSyntheticResult(experiment, repeats), {}, imported);
    return makeExperimentChart(id)->plot(data, view);
}

std::vector<PlotSeries> importedIn(const PlotSpec &spec)
{
    std::vector<PlotSeries> found;
    std::copy_if(spec.series.begin(), spec.series.end(), std::back_inserter(found),
                 [](const PlotSeries &s) { return s.name == QStringLiteral("imported: lab two"); });
    return found;
}

const QStringList kOverX {QStringLiteral("throughput-by-point"), QStringLiteral("latency-by-point"),
                          QStringLiteral("ttft-by-point")};

} // namespace

class TestImportedCurves : public QObject
{
    Q_OBJECT

private slots:
    void figuresStandAtTheirLoads()
    {
        const std::vector<std::vector<QPointF>> expected {
            {{2, 150}, {64, 900}}, {{2, 0.9}, {64, 4.0}}, {{2, 0.08}}};
        for (qsizetype i = 0; i < kOverX.size(); ++i) {
            const PlotSpec spec = plotOf(kOverX[i], over(AxisKind::Batch), 2, theirs());
            const std::vector<PlotSeries> found = importedIn(spec);
            QCOMPARE(found.size(), size_t(1));
            QCOMPARE(found[0].curves.front().points, expected[static_cast<size_t>(i)]);
            QVERIFY(spec.x.min < 1 && spec.x.max > 64); // ours and theirs
            QVERIFY(found[0].curves.front().texts.front().contains(QStringLiteral("lab two")));
        }
    }

    void theyAreToldFromOurOwn()
    {
        for (const QString &id : kOverX) {
            const PlotSpec spec = plotOf(id, over(AxisKind::Batch), 2, theirs());
            for (const PlotSeries &series : spec.series) {
                const bool isImported = series.name.startsWith(QStringLiteral("imported"));
                QCOMPARE(series.dashed, isImported);
                QCOMPARE(series.marker == MarkerShape::Cross, isImported);
            }
            const LegendEntry &entry = spec.legend.back();
            QCOMPARE(entry.text, QStringLiteral("imported: lab two"));
            QVERIFY(entry.dashed);
            QCOMPARE(spec.table.rows.back().size(), spec.table.columns.size());
            QVERIFY(spec.description.contains(QStringLiteral("imported: lab two")));
        }
    }

    void theyAreShownBeforeAnythingIsMeasured()
    {
        const PlotSpec spec =
            plotOf(QStringLiteral("throughput-by-point"), over(AxisKind::Batch), 0, theirs());
        QCOMPARE(importedIn(spec).size(), size_t(1));
        QVERIFY(!spec.isEmpty());
    }

    void againstLatencyByTheChosenPercentile()
    {
        const QString id = QStringLiteral("throughput-against-latency");
        for (const auto &[view, seconds] : {std::pair {0, 0.9}, {1, 1.0}}) {
            const auto found = importedIn(plotOf(id, over(AxisKind::Batch), 2, theirs(), view));
            QVERIFY(!found.empty());
            QCOMPARE(found.back().curves.front().points.front(), QPointF(seconds, 150));
        }
        // Nobody measured their P99.
        QVERIFY(importedIn(plotOf(id, over(AxisKind::Batch), 2, theirs(), 2)).empty());
    }

    void aLatencyOfFewRunsIsMarked()
    {
        std::vector<ImportedSeries> series = *theirs();
        for (ImportedPoint &point : series[0].points)
            point.weakLatency = true;
        const auto imported = std::make_shared<const std::vector<ImportedSeries>>(series);
        for (const int view : {0, 1}) { // their medians are as good as any
            const PlotSpec spec = plotOf(QStringLiteral("throughput-against-latency"),
                                         over(AxisKind::Batch), 2, imported, view);
            const PlotCurve curve = importedIn(spec).back().curves.front();
            QCOMPARE(curve.weak, std::vector<bool>(2, view == 1));
            QCOMPARE(curve.texts[0].contains(QStringLiteral("of 3 runs: few")), view == 1);
            const QStringList row = spec.table.rows.back();
            QCOMPARE(row.filter(QStringLiteral("few")).isEmpty(), view == 0);
        }
    }

    void whereXIsNoLoadThereIsNothing()
    {
        for (const QString &id : kOverX)
            QVERIFY(importedIn(plotOf(id, over(AxisKind::PromptTokens), 2, theirs())).empty());
        QVERIFY(importedIn(plotOf(QStringLiteral("memory"), over(AxisKind::Batch), 2, theirs()))
                    .empty());
        QCOMPARE(importedIn(plotOf(kOverX[0], over(AxisKind::Concurrency), 2, theirs())).size(),
                 size_t(1));
    }
};

QTEST_MAIN(TestImportedCurves)
#include "test_imported_curves.moc"
