// What an experiment's charts show: figures of engine/measure in plot and table, the axis of what
// varies, groups, honest words where there is too little, and ink where marks should be.
#include "support/synthetic_experiment.h"

#include "app/experiment/experiment_presets.h"
#include "engine/measure/metrics.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/plot_card.h"
#include "ui/theme/theme_controller.h"

#include <QElapsedTimer>
#include <QImage>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>

using namespace inferlab;

namespace {

Experiment small(const char *preset, int repeats = 3)
{
    Experiment experiment = experimentPreset(preset);
    experiment.repeats = repeats;
    experiment.held.run.maxNewTokens = 12;
    return experiment;
}

ChartData dataOf(const std::shared_ptr<const ExperimentResult> &result)
{
    ChartData data;
    data.experiment = ExperimentFiguresCache().update(result);
    return data;
}

PlotSpec plotOf(const QString &id, const ChartData &data, int view = 0)
{
    return makeExperimentChart(id)->plot(data, view);
}

const PlotSeries *seriesNamed(const PlotSpec &spec, const QString &name)
{
    const auto found = std::find_if(spec.series.begin(), spec.series.end(),
                                    [&name](const PlotSeries &s) { return s.name == name; });
    return found == spec.series.end() ? nullptr : &*found;
}

void eachNumber(const PlotSpec &spec, const std::function<void(double)> &check)
{
    for (const PlotSeries &series : spec.series) {
        for (const PlotCurve &curve : series.curves) {
            for (const QPointF &point : curve.points) {
                check(point.x());
                check(point.y());
            }
            for (const PlotInterval &interval : curve.intervals) {
                check(interval.low);
                check(interval.high);
            }
            for (const double shade : curve.shades)
                check(shade);
        }
    }
    for (const PlotAxis *axis : {&spec.x, &spec.y}) {
        check(axis->min);
        check(axis->max);
    }
    for (const EndLabel &label : spec.endLabels)
        check(label.y);
}

QImage pictureOf(const QString &id, const ChartData &data, int view = 0)
{
    auto source = makeExperimentChart(id);
    const QByteArray bytes =
        renderChart(exportedChart(*source, data, view), ExportNotes(), ExportFormat::Png);
    return QImage::fromData(bytes, "png");
}

int inkOf(const QImage &image, const QColor &color)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            count += std::abs(pixel.red() - color.red()) + std::abs(pixel.green() - color.green())
                    + std::abs(pixel.blue() - color.blue())
                < 24;
        }
    }
    return count;
}

} // namespace

class TestExperimentCharts : public QObject
{
    Q_OBJECT

private slots:
    void nothingTeaches()
    {
        for (const QString &id : experimentChartIds()) {
            auto source = makeExperimentChart(id);
            QCOMPARE(source->id(), id);
            const PlotSpec none = source->plot({}, 0);
            QVERIFY(none.isEmpty());
            QVERIFY2(none.emptyText.contains(QStringLiteral("Start")), qPrintable(id));
            QVERIFY(!none.title.isEmpty());
            QVERIFY(!none.table.columns.isEmpty());
        }
    }

    void tooLittleIsSaid_data()
    {
        QTest::addColumn<QString>("id");
        for (const QString &id : experimentChartIds())
            QTest::newRow(qPrintable(id)) << id;
    }

    // Runs that all failed, or gave one token each: words instead of a drawing, and no NaN.
    void tooLittleIsSaid()
    {
        QFETCH(QString, id);
        for (const char *preset : {"batch", "kv-cache", "sampling", "padding"}) {
            auto result = makeSyntheticResult(small(preset), 2);
            for (PointResult &point : result->points) {
                for (MeasuredRun &run : point.runs) {
                    RunRecord failed = *run.record;
                    for (RequestRecord &request : failed.requests) {
                        request.endReason = EndReason::Error;
                        request.tokens.clear();
                    }
                    run.record = std::make_shared<RunRecord>(failed);
                    run.weightBytes = 0;
                }
            }
            const PlotSpec spec = plotOf(id, dataOf(result));
            eachNumber(spec, [](double value) { QVERIFY(std::isfinite(value)); });
            if (id == QLatin1String("padded-matrix"))
                continue; // prompts are known even where answers failed
            QVERIFY2(spec.isEmpty(), qPrintable(id));
            QVERIFY2(spec.emptyText.contains(QStringLiteral("ot enough data"))
                         || spec.emptyText.contains(QStringLiteral("Vary")),
                     qPrintable(spec.emptyText));
        }
    }

    void everyNumberIsFinite()
    {
        for (const char *preset : {"batch", "kv-cache", "sampling", "padding", "cpu-gpu"}) {
            for (const int repeats : {1, 3}) {
                for (const size_t points : {size_t(1), size_t(3), size_t(99)}) {
                    const ChartData data =
                        dataOf(makeSyntheticResult(small(preset), repeats, points));
                    for (const QString &id : experimentChartIds()) {
                        const int views = std::max<int>(
                            1, static_cast<int>(makeExperimentChart(id)->views().size()));
                        for (int view = 0; view < views; ++view)
                            eachNumber(plotOf(id, data, view),
                                       [](double value) { QVERIFY(std::isfinite(value)); });
                    }
                }
            }
        }
    }

    void latencyIsPooledOverRepeats()
    {
        const auto result = makeSyntheticResult(small("batch"), 3);
        const PlotSpec spec = plotOf(QStringLiteral("latency-by-point"), dataOf(result));
        QVERIFY(spec.y.logarithmic);
        QVERIFY(spec.x.logarithmic); // 1 to 32
        QCOMPARE(spec.x.tickAt, (std::vector<double> {1, 2, 4, 8, 16, 32}));
        for (const int percent : {50, 90, 99}) {
            const PlotSeries *series = seriesNamed(spec, QStringLiteral("P%1").arg(percent));
            QVERIFY(series != nullptr);
            for (size_t i = 0; i < result->points.size(); ++i) {
                std::vector<double> pooled;
                for (const MeasuredRun &run : result->points[i].runs) {
                    const std::vector<double> each = endToEndsMs(*run.record);
                    pooled.insert(pooled.end(), each.begin(), each.end());
                }
                const PlotCurve &curve = series->curves[0];
                QCOMPARE(curve.points[i].y(), *percentile(pooled, percent) / 1000);
                QCOMPARE(curve.weak[i], pooled.size() < samplesNeeded(percent));
                QCOMPARE(curve.runs[i].point, static_cast<int>(i));
            }
        }
        QCOMPARE(spec.table.rows.size(), 18U);
    }

    void throughputIsOfRunsAndOfAllOfThem()
    {
        const auto result = makeSyntheticResult(small("batch"), 3);
        const PlotSpec spec = plotOf(QStringLiteral("throughput-by-point"), dataOf(result));
        std::vector<double> rates;
        double tokens = 0;
        double seconds = 0;
        for (const MeasuredRun &run : result->points[3].runs) {
            const RunMetrics metrics = computeMetrics(*run.record);
            rates.push_back(*metrics.outputTokPerSecond);
            tokens += static_cast<double>(metrics.outputTokens);
            seconds += metrics.durationS;
        }
        QCOMPARE(seriesNamed(spec, QStringLiteral("P50"))->curves[0].points[3],
                 QPointF(8, *percentile(rates, 50)));
        QCOMPARE(seriesNamed(spec, QStringLiteral("sustained"))->curves[0].points[3],
                 QPointF(8, tokens / seconds));
    }

    void intervalsHoldTheirPoints()
    {
        const auto result = makeSyntheticResult(small("batch", 8), 8);
        const PlotSpec spec = plotOf(QStringLiteral("ttft-by-point"), dataOf(result));
        const PlotCurve &curve = seriesNamed(spec, QStringLiteral("P50"))->curves[0];
        bool wide = false;
        for (size_t i = 0; i < curve.points.size(); ++i) {
            QVERIFY(curve.intervals[i].low <= curve.points[i].y());
            QVERIFY(curve.intervals[i].high >= curve.points[i].y());
            wide = wide || curve.intervals[i].high > curve.intervals[i].low;
        }
        QVERIFY(wide);
    }

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

    void furtherAxesAreGroups()
    {
        const auto result = makeSyntheticResult(small("kv-cache"), 2);
        const ChartData data = dataOf(result);
        QCOMPARE(data.experiment->groups.size(), 2U);
        const PlotSpec spec = plotOf(QStringLiteral("itl-by-point"), data);
        QCOMPARE(spec.series.size(), 2U);
        QCOMPARE(spec.legend.size(), 2U);
        QVERIFY(spec.series[0].marker != spec.series[1].marker); // grey print
        for (const PlotSeries &series : spec.series)
            QCOMPARE(series.curves[0].points.size(), 5U);
    }

    void theCacheIsComparedByLength()
    {
        const ChartData data = dataOf(makeSyntheticResult(small("kv-cache"), 2));
        const PlotSpec spec = plotOf(QStringLiteral("kv-cost"), data);
        const PlotSeries *on = seriesNamed(spec, QStringLiteral("KV cache on"));
        const PlotSeries *off = seriesNamed(spec, QStringLiteral("KV cache off"));
        QVERIFY(on != nullptr && off != nullptr);
        QVERIFY(off->curves[0].points.back().y() > 2 * on->curves[0].points.back().y());
        QVERIFY(spec.note.contains(QStringLiteral("pays at every measured length")));
    }

    void noiseIsNotPaintedAsAnEffect()
    {
        const ChartData data = dataOf(makeSyntheticResult(small("sampling"), 3));
        const PlotSpec spec = plotOf(QStringLiteral("heat-map"), data);
        QCOMPARE(spec.series[0].curves.size(), 3U);
        double darkest = 0;
        double lightest = 1;
        for (const PlotCurve &row : spec.series[0].curves) {
            QCOMPARE(row.points.size(), 3U);
            for (const double shade : row.shades) {
                darkest = std::max(darkest, shade);
                lightest = std::min(lightest, shade);
            }
        }
        QVERIFY2(darkest - lightest < 0.3, "a few percent are a few percent of the shades");
        QVERIFY(spec.note.contains(QStringLiteral("above the smallest")));
    }

    void theKneeIsNamedAndTheBudgetDrawn()
    {
        ChartData data = dataOf(makeSyntheticResult(small("batch"), 3));
        data.latencyBudgetMs = 300;
        const PlotSpec spec = plotOf(QStringLiteral("throughput-against-latency"), data);
        QVERIFY(spec.note.contains(QStringLiteral("max power")));
        QVERIFY(std::any_of(spec.pointLabels.begin(), spec.pointLabels.end(), [](const auto &l) {
            return l.text.contains(QStringLiteral("budget"));
        }));
        QVERIFY(seriesNamed(spec, QStringLiteral("budget")) != nullptr);
    }

    void theDistributionRisesToAll()
    {
        const ChartData data = dataOf(makeSyntheticResult(small("batch"), 3));
        for (const int view : {0, 1, 2}) {
            const PlotSpec spec = plotOf(QStringLiteral("distribution"), data, view);
            QCOMPARE(spec.series.size(), 6U);
            for (const PlotSeries &series : spec.series) {
                const std::vector<QPointF> &points = series.curves[0].points;
                QCOMPARE(points.back().y(), 100.0);
                for (size_t i = 1; i < points.size(); ++i)
                    QVERIFY(points[i].x() >= points[i - 1].x()
                            && points[i].y() > points[i - 1].y());
            }
        }
    }

    void boxesHoldQuartiles()
    {
        const auto result = makeSyntheticResult(small("cpu-gpu", 9), 9);
        const PlotSpec spec = plotOf(QStringLiteral("box-plot"), dataOf(result));
        QCOMPARE(spec.x.categories.size(), 2U);
        const PlotCurve &curve = spec.series[0].curves[0];
        QCOMPARE(curve.boxes.size(), 2U);
        std::vector<double> pooled;
        for (const MeasuredRun &run : result->points[1].runs) {
            for (const double ms : endToEndsMs(*run.record))
                pooled.push_back(ms / 1000);
        }
        QCOMPARE(curve.boxes[1].median, *percentile(pooled, 50));
        QCOMPARE(curve.boxes[1].lowQuartile, *percentile(pooled, 25));
        QCOMPARE(curve.boxes[1].highQuartile, *percentile(pooled, 75));
        // With two runs there is nothing to draw quartiles of: dots.
        const PlotSpec few =
            plotOf(QStringLiteral("box-plot"), dataOf(makeSyntheticResult(small("cpu-gpu", 9), 2)));
        QVERIFY(few.series[0].kind == PlotKind::Dots);
        QCOMPARE(few.series[0].curves[0].points.size(), 4U);
    }

    void wasteIsWhatTheEngineCounted()
    {
        const auto result = makeSyntheticResult(small("padding"), 2);
        const PlotSpec spec = plotOf(QStringLiteral("padded-matrix"), dataOf(result));
        QVERIFY(!spec.isEmpty());
        // Lengths 10, 40, 70, 100 in turn: half of the rectangle is waste (1 - 55 / 100).
        QVERIFY2(spec.note.contains(QStringLiteral("45% of all positions wasted")),
                 qPrintable(spec.note));
        bool hatched = false;
        for (const PlotCurve &row : spec.series[0].curves)
            hatched =
                hatched || std::find(row.weak.begin(), row.weak.end(), true) != row.weak.end();
        QVERIFY(hatched);

        const PlotSpec share = plotOf(QStringLiteral("padded-matrix"), dataOf(result), 1);
        QCOMPARE(share.series.size(), 2U); // off and on
        for (const QPointF &off : share.series[0].curves[0].points)
            QCOMPARE(off.y(), 0.0);
        QCOMPARE(share.series[1].curves[0].points.back().y(), 45.0);
    }

    void partialResultsSaySo()
    {
        const auto result = makeSyntheticResult(small("batch"), 1, 2);
        const PlotSpec spec = plotOf(QStringLiteral("latency-by-point"), dataOf(result));
        QVERIFY2(spec.note.contains(QStringLiteral("Partial: 6 of 6 points lack repeats")),
                 qPrintable(spec.note));
        // The axis keeps still while points come in.
        QCOMPARE(spec.x.max,
                 plotOf(QStringLiteral("latency-by-point"),
                        dataOf(makeSyntheticResult(small("batch"), 3)))
                     .x.max);
    }

    void marksLeaveInk()
    {
        const Theme paper = Theme::light();
        const ChartData batch = dataOf(makeSyntheticResult(small("batch", 8), 8));
        QVERIFY(inkOf(pictureOf(QStringLiteral("throughput-by-point"), batch),
                      paper.edge(Meaning::Throughput))
                > 1000);
        QVERIFY(
            inkOf(pictureOf(QStringLiteral("ttft-by-point"), batch), paper.edge(Meaning::Prefill))
            > 1000);
        QVERIFY(inkOf(pictureOf(QStringLiteral("memory"), batch), paper.fill(Meaning::Decode))
                > 1000);
        const ChartData boxes = dataOf(makeSyntheticResult(small("cpu-gpu", 9), 9));
        QVERIFY(inkOf(pictureOf(QStringLiteral("box-plot"), boxes), paper.edge(Meaning::Decode))
                > 500);
        const ChartData cells = dataOf(makeSyntheticResult(small("sampling"), 3));
        const QImage map = pictureOf(QStringLiteral("heat-map"), cells);
        QVERIFY(inkOf(map, Qt::white) < map.width() * map.height() * 3 / 4);
    }

    void aPointOpensItsRun()
    {
        ThemeController theme(*qApp, [] { return false; });
        PlotCard card(makeExperimentChart(QStringLiteral("latency-by-point")));
        card.resize(600, 360);
        card.show();
        QVERIFY(QTest::qWaitForWindowExposed(&card));
        card.setData(dataOf(makeSyntheticResult(small("batch"), 3)));
        QSignalSpy chosen(&card, &ChartCard::pointChosen);
        card.plotView()->setFocus();
        QTest::keyClick(card.plotView(), Qt::Key_Home);
        QTest::keyClick(card.plotView(), Qt::Key_Right);
        QTest::keyClick(card.plotView(), Qt::Key_Return);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen[0][0].toInt(), 1);
        QVERIFY(chosen[0][1].toBool());
        const PlotCurve &curve = card.plotSpec().series[0].curves[0];
        const QPoint at = card.plotFrame().toPixel(curve.points[4]).toPoint();
        QTest::mouseMove(card.plotView()->viewport(), at);
        QTest::mouseClick(card.plotView()->viewport(), Qt::LeftButton, {}, at);
        QCOMPARE(chosen.count(), 2);
        QCOMPARE(chosen[1][0].toInt(), 4);
        QVERIFY(!chosen[1][1].toBool());
        const QColor ring = Theme::current().edge(Meaning::Selection);
        const int before = inkOf(card.grab().toImage(), ring);
        card.setSelectedPoint(4);
        QVERIFY(inkOf(card.grab().toImage(), ring) > before + 30);
    }

    // 200 points and 100,000 stamps: all charts of one more run.
    void manyStampsAreDrawnInTime()
    {
        Experiment experiment = small("batch", 1);
        experiment.axes.front().values.clear();
        for (int batch = 1; batch <= 200; ++batch)
            experiment.axes.front().values.emplace_back(static_cast<double>(batch));
        experiment.held.run.maxNewTokens = 5;
        const auto result = makeSyntheticResult(experiment, 1);
        size_t stamps = 0;
        for (const PointResult &point : result->points) {
            for (const RequestRecord &request : point.runs[0].record->requests)
                stamps += request.tokens.size();
        }
        QVERIFY(stamps >= 100000);
        ExperimentFiguresCache cache;
        ChartData data;
        data.experiment = cache.update(result);
        double bestMs = 1e9;
        for (int round = 0; round < 3; ++round) {
            auto grown = std::make_shared<ExperimentResult>(*result);
            grown->points[7].runs.push_back(grown->points[7].runs.front());
            if (round % 2 == 1)
                grown->points[7].runs.pop_back();
            QElapsedTimer timer;
            timer.start();
            data.experiment = cache.update(grown);
            for (const QString &id : chartsFor(experiment))
                plotOf(id, data);
            bestMs = std::min(bestMs, static_cast<double>(timer.nsecsElapsed()) / 1e6);
        }
        qInfo("figures and plots of %zu stamps: %.1f ms", stamps, bestMs);
        QVERIFY2(bestMs < 3000, "the budget is 50 ms; this is for sanitizers on a busy machine");
    }
};

QTEST_MAIN(TestExperimentCharts)
#include "test_experiment_charts.moc"
