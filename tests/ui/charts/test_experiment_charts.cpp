// What an experiment's charts show: figures of engine/measure in plot and table, the axis of what
// varies, groups, honest words where there is too little, and ink where marks should be.
#include "experiment_plots.h"

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
