// Percentiles of experiments: pooled over repeats, with intervals over whole runs, marks where n
// does not claim them, distributions and boxes.
#include "experiment_plots.h"

#include "engine/measure/metrics.h"

#include <QTest>

using namespace inferlab;

class TestPercentileCharts : public QObject
{
    Q_OBJECT

private slots:
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

    void intervalsAreOfWholeRuns()
    {
        // Three runs of 32 answers each: their range, whatever 96 answers might claim.
        const auto three = makeSyntheticResult(small("batch"), 3);
        const PlotSpec few = plotOf(QStringLiteral("ttft-by-point"), dataOf(three));
        QVERIFY2(few.note.contains(QStringLiteral("bars: the range of the runs")),
                 qPrintable(few.note));
        std::vector<double> medians;
        for (const MeasuredRun &run : three->points[5].runs)
            medians.push_back(*percentile(ttftsMs(*run.record), 50) / 1000);
        const auto [low, high] = std::minmax_element(medians.begin(), medians.end());
        const PlotInterval &drawn = seriesNamed(few, QStringLiteral("P50"))->curves[0].intervals[5];
        QCOMPARE(drawn.low, *low);
        QCOMPARE(drawn.high, *high);
        QVERIFY(few.table.rows[5].back().contains(QStringLiteral("range of 3 runs")));
        const PlotSpec many = plotOf(QStringLiteral("ttft-by-point"),
                                     dataOf(makeSyntheticResult(small("batch", 8), 8)));
        QVERIFY2(many.note.contains(QStringLiteral("95% by whole runs (Woodruff)")),
                 qPrintable(many.note));
        QVERIFY(many.table.rows[5].back().contains(QStringLiteral("95% over 8 runs")));
        const PlotSpec one = plotOf(QStringLiteral("ttft-by-point"),
                                    dataOf(makeSyntheticResult(small("batch", 1), 1)));
        QVERIFY(!one.note.contains(QStringLiteral("bars")));
    }

    void aBusyMachineIsSaidOnEveryChart()
    {
        for (const char *preset : {"batch", "kv-cache", "sampling", "padding"}) {
            const auto result = makeSyntheticResult(small(preset), 3);
            result->points[1].runs[0].machine.othersShare = 0.4;
            const ChartData data = dataOf(result);
            for (const QString &id : chartsFor(result->experiment)) {
                const PlotSpec spec = plotOf(id, data);
                if (spec.isEmpty())
                    continue; // the roofline, without a prediction
                QVERIFY2(spec.note.contains(QStringLiteral("machine busy in 1 of ")),
                         qPrintable(id + QStringLiteral(": ") + spec.note));
            }
        }
        const auto result = makeSyntheticResult(small("batch"), 3);
        result->points[1].runs[0].machine.othersShare = 0.4;
        const PlotSpec spec = plotOf(QStringLiteral("latency-by-point"), dataOf(result));
        QCOMPARE(spec.pointLabels.size(), 1U); // on the marked point, once
        QCOMPARE(spec.pointLabels[0].text, QStringLiteral("busy"));
        QCOMPARE(spec.pointLabels[0].at.x(), 2.0);
        QVERIFY(spec.series[0].curves[0].texts[1].contains(
            QStringLiteral("machine busy in 1 of 3 runs")));
    }

    void tooFewSamplesAreSaidInTables()
    {
        const ChartData data = dataOf(makeSyntheticResult(small("batch"), 3));
        const PlotSpec spec = plotOf(QStringLiteral("distribution"), data);
        QCOMPARE(spec.table.rows[0].back(), // 3 answers
                 QStringLiteral("too few samples for P90, P95, P99"));
        QCOMPARE(spec.table.rows[5].back(), // 96
                 QStringLiteral("too few samples for P95, P99"));
    }

    void firstTokenAndTotalHaveBars()
    {
        const ChartData data = dataOf(makeSyntheticResult(small("batch"), 3));
        const PlotSpec spec = plotOf(QStringLiteral("first-token-and-total"), data);
        for (const PlotSeries &part : spec.series) {
            const PlotCurve &curve = part.curves.front();
            QCOMPARE(curve.intervals.size(), curve.points.size());
            QVERIFY(curve.intervals[0].high > curve.intervals[0].low);
        }
        QVERIFY(spec.note.contains(QStringLiteral("bars: the range of the runs")));
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
};

QTEST_MAIN(TestPercentileCharts)
#include "test_percentile_charts.moc"
