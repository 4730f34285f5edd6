// What the cost model expects, on every measured chart: lines behind curves, dashes across bars and
// boxes, words beside values, columns in tables.
#include "experiment_plots.h"

#include <QSet>
#include <QTest>
#include <vector>

using namespace inferlab;

namespace {

// Of point i (from 1): total latency i s at the median and half as much again at P90, first token
// 20 i ms, i x 100 tok/s, i x 10 MiB.
std::shared_ptr<ExperimentOutlook> expected(const ExperimentResult &result)
{
    auto outlook = std::make_shared<ExperimentOutlook>();
    outlook->points.resize(result.points.size());
    for (size_t i = 0; i < outlook->points.size(); ++i) {
        const auto times = static_cast<double>(i + 1);
        PredictedPoint &point = outlook->points[i];
        RunMetrics &metrics = point.metrics.emplace();
        metrics.outputTokPerSecond = 100 * times;
        metrics.ttft.emplace().p50 = 20 * times;
        metrics.endToEnd.emplace().p50 = 1000 * times;
        metrics.endToEnd->p90 = 1500 * times;
        point.memoryBytes = 10 * times * 1024 * 1024;
    }
    return outlook;
}

} // namespace

class TestPredictionCharts : public QObject
{
    Q_OBJECT

private slots:
    void predictedCurvesLieBehindMeasuredOnes()
    {
        // Two points of six are measured; all but the fourth are predicted.
        const auto result = makeSyntheticResult(small("batch"), 3, 2);
        const auto outlook = std::make_shared<ExperimentOutlook>();
        outlook->points.resize(result->points.size());
        for (size_t i = 0; i < outlook->points.size(); ++i) {
            if (i == 3)
                continue;
            RunMetrics &metrics = outlook->points[i].metrics.emplace();
            metrics.outputTokPerSecond = 100.0 * static_cast<double>(i + 1);
            metrics.ttft.emplace().p50 = 2000.0 * static_cast<double>(i + 1);
            metrics.itl.emplace().p50 = 30.0 + static_cast<double>(i);
            metrics.endToEnd.emplace().p50 = 5000.0;
        }
        ExperimentFiguresCache cache;
        ChartData data;
        data.experiment = cache.update(result, outlook);
        const std::vector<std::pair<QString, double>> charts {
            {QStringLiteral("throughput-by-point"), 200.0},
            {QStringLiteral("ttft-by-point"), 4.0},
            {QStringLiteral("itl-by-point"), 31.0},
            {QStringLiteral("latency-by-point"), 5.0}};
        for (const auto &[id, second] : charts) {
            const PlotSpec spec = plotOf(id, data);
            const PlotSeries &series = spec.series.front(); // under what was measured
            QCOMPARE(series.name, QStringLiteral("predicted"));
            QCOMPARE(series.width, 1.0);
            QVERIFY(!series.markers);
            const PlotCurve &curve = series.curves.front();
            QCOMPARE(curve.points.size(), 5U);
            QCOMPARE(curve.points[1], QPointF(2, second));
            QCOMPARE(curve.points.back().x(), 32.0);
            const auto end = std::find_if(
                spec.endLabels.begin(), spec.endLabels.end(), [](const EndLabel &label) {
                    return label.text.startsWith(QStringLiteral("predicted "));
                });
            QVERIFY(end != spec.endLabels.end());
            QCOMPARE(end->y, curve.points.back().y());
            QCOMPARE(std::count_if(spec.legend.begin(), spec.legend.end(),
                                   [](const LegendEntry &entry) {
                                       return entry.text == QLatin1String("predicted");
                                   }),
                     1);
            QCOMPARE(
                std::count_if(spec.table.rows.begin(), spec.table.rows.end(),
                              [](const auto &row) { return row[1] == QLatin1String("predicted"); }),
                5);
            const PlotSpec without = plotOf(id, dataOf(result));
            QVERIFY(seriesNamed(without, QStringLiteral("predicted")) == nullptr);
            QCOMPARE(without.series.size() + 1, spec.series.size());
            QVERIFY(pictureOf(id, data) != pictureOf(id, dataOf(result)));
        }
    }

    void aPredictionOfEachGroupHasItsName()
    {
        const auto result = makeSyntheticResult(small("kv-cache"), 2);
        RunMetrics metrics;
        metrics.itl.emplace().p50 = 12;
        ExperimentFiguresCache cache;
        ChartData data;
        const auto outlook = std::make_shared<ExperimentOutlook>();
        outlook->points.resize(result->points.size());
        for (PredictedPoint &point : outlook->points)
            point.metrics = metrics;
        data.experiment = cache.update(result, outlook);
        const PlotSpec spec = plotOf(QStringLiteral("itl-by-point"), data);
        QVERIFY(seriesNamed(spec, QStringLiteral("predicted, on")) != nullptr);
        QVERIFY(seriesNamed(spec, QStringLiteral("predicted, off")) != nullptr);
        QCOMPARE(spec.legend.size(), 3U);
    }

    void theCacheIsComparedByLength()
    {
        const auto result = makeSyntheticResult(small("kv-cache"), 2);
        const auto outlook = expected(*result);
        for (size_t i = 0; i < outlook->points.size(); ++i) // on and off in turn; the last: 512
            outlook->points[i].metrics->endToEnd->p50 = i % 2 == 0 ? 1000 : 6500;
        const PlotSpec spec = plotOf(QStringLiteral("kv-cost"), dataOf(result, outlook));
        const PlotSeries *on = seriesNamed(spec, QStringLiteral("KV cache on"));
        const PlotSeries *off = seriesNamed(spec, QStringLiteral("KV cache off"));
        QVERIFY(on != nullptr && off != nullptr);
        QVERIFY(off->curves[0].points.back().y() > 2 * on->curves[0].points.back().y());
        QVERIFY(spec.note.contains(QStringLiteral("pays at every measured length")));
        QVERIFY2(spec.note.contains(QStringLiteral("(predicted 6.50)")), qPrintable(spec.note));
        for (const char *word : {"on", "off"}) {
            const PlotSeries *line =
                seriesNamed(spec, QStringLiteral("predicted, ") + QLatin1String(word));
            QVERIFY(line != nullptr);
            QCOMPARE(line->curves[0].points.size(), 5U);
            QCOMPARE(line->curves[0].points[0],
                     QPointF(16, *word == 'o' && word[1] == 'n' ? 1 : 6.5));
        }
    }

    // x is the length, wherever among the axes it stands.
    void theCacheMayBeTheFirstAxis()
    {
        Experiment experiment = small("kv-cache");
        std::swap(experiment.axes[0], experiment.axes[1]);
        const PlotSpec spec =
            plotOf(QStringLiteral("kv-cost"), dataOf(makeSyntheticResult(experiment, 2)));
        QVERIFY(spec.x.categories.empty());
        QCOMPARE(spec.x.title, QStringLiteral("prompt length (tokens)"));
        QCOMPARE(spec.x.tickAt, (std::vector<double> {16, 64, 128, 256, 512}));
        QVERIFY(spec.x.logarithmic);
        for (const PlotSeries &series : spec.series) {
            for (const QPointF &point : series.curves.front().points)
                QVERIFY(point.x() >= spec.x.min && point.x() <= spec.x.max);
        }
    }

    // Each value of a third axis has its own two lines, with one point at each length.
    void aThirdAxisMakesMoreLines()
    {
        Experiment experiment = small("kv-cache");
        experiment.axes.push_back({AxisKind::Batch, {1.0, 4.0}});
        const PlotSpec spec =
            plotOf(QStringLiteral("kv-cost"), dataOf(makeSyntheticResult(experiment, 2)));
        QCOMPARE(spec.series.size(), 4U);
        QSet<QString> looks;
        for (const PlotSeries &series : spec.series) {
            const std::vector<QPointF> &points = series.curves.front().points;
            QCOMPARE(points.size(), 5U);
            for (size_t i = 1; i < points.size(); ++i)
                QVERIFY(points[i].x() > points[i - 1].x());
            looks.insert(series.name);
        }
        QVERIFY(looks.contains(QStringLiteral("KV cache off, batch 4")));
        QCOMPARE(looks.size(), 4);
    }

    void theSweetSpotHasItsExpectedPath()
    {
        const auto result = makeSyntheticResult(small("batch"), 3, 2);
        const ChartData data = dataOf(result, expected(*result));
        const PlotSpec spec = plotOf(QStringLiteral("throughput-against-latency"), data, 1);
        const PlotSeries *path = seriesNamed(spec, QStringLiteral("predicted"));
        QVERIFY(path != nullptr);
        const std::vector<QPointF> &points = path->curves.front().points;
        QCOMPARE(points.size(), 6U);                    // also of those that were not measured
        QCOMPARE(points[2], QPointF(3 * 1.5, 3 * 100)); // P90, tok/s
        QVERIFY(std::any_of(spec.pointLabels.begin(), spec.pointLabels.end(),
                            [](const auto &l) { return l.text == QLatin1String("predicted"); }));
    }

    // A dash across the bar or the box at what was expected, and a word beside the value.
    void barsAndBoxesHaveDashes_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("view");
        QTest::addColumn<std::vector<double>>("ofTheSecond");
        QTest::newRow("first token and total")
            << QStringLiteral("first-token-and-total") << 0 << std::vector<double> {0.04, 2.0};
        QTest::newRow("box of totals")
            << QStringLiteral("box-plot") << 0 << std::vector<double> {2.0};
        QTest::newRow("box of rates")
            << QStringLiteral("box-plot") << 1 << std::vector<double> {200};
        QTest::newRow("memory") << QStringLiteral("memory") << 0 << std::vector<double> {20};
    }

    void barsAndBoxesHaveDashes()
    {
        QFETCH(QString, id);
        QFETCH(int, view);
        QFETCH(std::vector<double>, ofTheSecond);
        const auto result = makeSyntheticResult(small("batch"), 3);
        const PlotSpec spec = plotOf(id, dataOf(result, expected(*result)), view);
        const PlotSeries &dashes = spec.series.back(); // over the bars
        QCOMPARE(dashes.name, QStringLiteral("predicted"));
        std::vector<double> found;
        for (const PlotCurve &dash : dashes.curves) {
            QCOMPARE(dash.points.size(), 2U);
            QCOMPARE(dash.points[0].y(), dash.points[1].y());
            if (dash.points[0].x() < 1 && dash.points[1].x() > 1) // the second point's place
                found.push_back(dash.points[0].y());
        }
        QCOMPARE(found, ofTheSecond);
        QCOMPARE(spec.legend.back().text, QStringLiteral("predicted"));
        const PlotSpec without = plotOf(id, dataOf(result), view);
        QVERIFY(seriesNamed(without, QStringLiteral("predicted")) == nullptr);
    }

    void theMapTellsOfThePredictionInWords()
    {
        const auto result = makeSyntheticResult(small("sampling"), 3);
        const PlotSpec spec = plotOf(QStringLiteral("heat-map"), dataOf(result, expected(*result)));
        QVERIFY(spec.series[0].curves[0].texts[0].contains(QStringLiteral("; predicted 1.00")));
        QCOMPARE(spec.table.columns.back(), QStringLiteral("Predicted, s"));
        QCOMPARE(spec.table.rows[0].back(), QStringLiteral("1"));
    }
};

QTEST_MAIN(TestPredictionCharts)
#include "test_prediction_charts.moc"
