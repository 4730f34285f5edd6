// What the five charts show of a record: the figures are those of engine/measure, in the table and
// in the plot; labels say what differs; too few samples are marked; readouts and arrow keys find
// their way.
#include "support/synthetic_run.h"

#include "engine/measure/knee.h"
#include "engine/measure/metrics.h"
#include "ui/charts/chart_source.h"
#include "ui/charts/readout.h"
#include "ui/charts/run_overlay.h"

#include <QTest>
#include <algorithm>

using namespace inferlab;

namespace {

ChartData dataOf(const RunRecord &run)
{
    ChartData data;
    data.current = &run;
    return data;
}

RunRecordPtr keep(const SyntheticRun &shape)
{
    return std::make_shared<RunRecord>(makeSyntheticRun(shape));
}

PlotSpec plotOf(const QString &id, const ChartData &data, int view = 0)
{
    return makeChartSource(id)->plot(data, view);
}

const PlotSeries *seriesNamed(const PlotSpec &spec, const QString &name)
{
    for (const PlotSeries &series : spec.series) {
        if (series.name == name)
            return &series;
    }
    return nullptr;
}

std::vector<RunRecordPtr> sweep()
{
    std::vector<RunRecordPtr> runs;
    for (const int batch : {1, 2, 4, 8, 16, 32})
        runs.push_back(
            keep({.batch = batch, .newTokens = 32, .perSequenceMs = batch > 8 ? 1.4 : 0.35}));
    return runs;
}

} // namespace

class TestChartSources : public QObject
{
    Q_OBJECT

private slots:
    void nothingGivesAnEmptyStateThatTeaches()
    {
        for (const QString &id : chartIds()) {
            auto source = makeChartSource(id);
            QCOMPARE(source->id(), id);
            const PlotSpec spec = source->plot({}, 0);
            QVERIFY(spec.isEmpty());
            QVERIFY(spec.emptyText.contains(id == QLatin1String("knee")
                                                ? QStringLiteral("Find the knee")
                                                : QStringLiteral("Ctrl+Enter")));
            QVERIFY(!spec.title.isEmpty());
            QVERIFY(!spec.description.isEmpty());
            QVERIFY(source->table(spec).rows.empty());
            QVERIFY(!source->table(spec).columns.isEmpty());
        }
    }

    void aRunWithoutTokensIsEmptyToo()
    {
        RunRecord run = makeSyntheticRun({});
        run.requests.front().tokens.clear();
        for (const QString &id : chartIds())
            QVERIFY2(plotOf(id, dataOf(run)).isEmpty(), qPrintable(id));
        run.requests.clear();
        for (const QString &id : chartIds())
            QVERIFY2(plotOf(id, dataOf(run)).isEmpty(), qPrintable(id));
    }

    void itlShowsEveryGap_data()
    {
        QTest::addColumn<int>("batch");
        QTest::newRow("one") << 1;
        QTest::newRow("four") << 4;
        QTest::newRow("thirty-two") << 32;
    }

    void itlShowsEveryGap()
    {
        QFETCH(int, batch);
        const RunRecord run = makeSyntheticRun({.batch = batch});
        auto source = makeChartSource(QStringLiteral("itl"));
        const PlotSpec spec = source->plot(dataOf(run), 0);
        QCOMPARE(spec.series.size(), 1U);
        std::vector<double> drawn;
        for (size_t r = 0; r < run.requests.size(); ++r) {
            const PlotCurve &curve = spec.series[0].curves[r];
            const std::vector<double> gaps = itlMs(run.requests[r]);
            QCOMPARE(curve.points.size(), gaps.size());
            for (size_t i = 0; i < gaps.size(); ++i) {
                QCOMPARE(curve.points[i], QPointF(static_cast<double>(i + 1), gaps[i]));
                QCOMPARE(curve.tokens[i],
                         (TokenRef {static_cast<int>(r), static_cast<int>(i + 1)}));
            }
        }
        const std::vector<double> pooled = pooledItlMs(run);
        QCOMPARE(spec.endLabels.size(), 3U);
        QCOMPARE(spec.endLabels[0].y, *percentile(pooled, 50));
        QCOMPARE(spec.endLabels[1].y, *percentile(pooled, 90));
        QCOMPARE(spec.endLabels[2].y, *percentile(pooled, 99));
        QCOMPARE(spec.endLabels[2].weak, pooled.size() < samplesNeeded(99));
        const ChartTable table = source->table(spec);
        QCOMPARE(table.rows.size(), pooled.size());
        QCOMPARE(table.rows[0][3].toDouble(), std::round(itlMs(run.requests[0])[0] * 1e4) / 1e4);
        QVERIFY(spec.description.contains(countText(static_cast<qint64>(pooled.size()))));
    }

    void itlAgainstTimeUsesTheStamps()
    {
        const RunRecord run = makeSyntheticRun({});
        const PlotSpec spec = plotOf(QStringLiteral("itl"), dataOf(run), 1);
        const auto &request = run.requests[0];
        const double expected =
            static_cast<double>(request.tokens[5].ns - request.submittedNs) / 1e9;
        QCOMPARE(spec.series[0].curves[0].points[4].x(), expected);
        QCOMPARE(spec.x.unit, QStringLiteral("s"));
    }

    void oneOutlierDoesNotFlattenTheRest()
    {
        RunRecord run = makeSyntheticRun({.newTokens = 400});
        QVERIFY(std::isinf(plotOf(QStringLiteral("itl"), dataOf(run)).y.cap));
        for (size_t t = 200; t < 400; ++t)
            run.requests[0].tokens[t].ns += 500'000'000;
        const double cap = plotOf(QStringLiteral("itl"), dataOf(run)).y.cap;
        QVERIFY(cap < 100 && cap > 5.6);
    }

    void failedRequestsStayOut()
    {
        RunRecord run = makeSyntheticRun({.batch = 2});
        run.requests[1].endReason = EndReason::Error;
        QCOMPARE(plotOf(QStringLiteral("itl"), dataOf(run)).series[0].curves.size(), 1U);
        QCOMPARE(plotOf(QStringLiteral("ttft"), dataOf(run)).table.rows.size(), 1U);
    }

    void ttftIsWaitingPlusPrefill()
    {
        const RunRecord run = makeSyntheticRun({.batch = 8, .queuedFrom = 4});
        const PlotSpec spec = plotOf(QStringLiteral("ttft"), dataOf(run));
        const PlotSeries *bars = seriesNamed(spec, QStringLiteral("first token"));
        QVERIFY(bars != nullptr);
        const std::vector<double> expected = ttftsMs(run);
        QCOMPARE(bars->curves[0].points.size(), expected.size());
        for (size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(bars->curves[0].points[i].y(), expected[i]);
            QCOMPARE(bars->curves[0].bases[i], *queueMs(run.requests[i]));
        }
        QCOMPARE(spec.endLabels[0].y, *percentile(expected, 50));
        QVERIFY(std::any_of(spec.legend.begin(), spec.legend.end(), [](const LegendEntry &entry) {
            return entry.meaning == Meaning::Queue;
        }));
    }

    void throughputIsMeasuresOwn()
    {
        const RunRecord run = makeSyntheticRun({.batch = 4});
        const PlotSpec spec = plotOf(QStringLiteral("throughput"), dataOf(run));
        const auto points =
            throughputOverTime(run, static_cast<int64_t>(std::llround(spec.reach * 1e9)));
        const PlotSeries *total = seriesNamed(spec, QStringLiteral("total"));
        const PlotSeries *user = seriesNamed(spec, QStringLiteral("per user"));
        QVERIFY(total != nullptr && user != nullptr);
        QCOMPARE(total->meaning, Meaning::Throughput);
        QCOMPARE(total->curves[0].points.size(), points.size());
        for (size_t i = 0; i < points.size(); ++i)
            QCOMPARE(total->curves[0].points[i],
                     QPointF(points[i].seconds, points[i].totalTokPerSecond));
        QVERIFY(spec.legend[0].text.contains(numberText(*computeMetrics(run).outputTokPerSecond)));
        QCOMPARE(spec.tokenX.size(), 4U);
        QCOMPARE(spec.tokenX[2].size(), run.requests[2].tokens.size());
    }

    void percentilesCarryNAndDoubt()
    {
        const RunRecord run = makeSyntheticRun({.batch = 4});
        const PlotSpec spec = plotOf(QStringLiteral("percentiles"), dataOf(run));
        const RunMetrics metrics = computeMetrics(run);
        QCOMPARE(spec.table.rows.size(), 3U);
        QCOMPARE(spec.table.rows[0][3].toDouble(), std::round(metrics.ttft->p50 * 1e4) / 1e4);
        QCOMPARE(spec.table.rows[1][5].toDouble(), std::round(metrics.itl->p99 * 1e4) / 1e4);
        QCOMPARE(spec.table.rows[1][2].toULongLong(), metrics.itl->n);
        QCOMPARE(spec.table.rows[0][7], QStringLiteral("P90 P99")); // four requests
        QCOMPARE(spec.table.rows[1][7], QStringLiteral("P99"));     // 508 gaps
        const PlotCurve &ttft = spec.series[0].curves[0];
        QCOMPARE(ttft.weak, (std::vector<bool> {false, true, true}));
        QCOMPARE(spec.series[1].curves[0].weak, (std::vector<bool> {false, false, true}));
        QVERIFY(std::any_of(spec.legend.begin(), spec.legend.end(),
                            [](const LegendEntry &e) { return e.hatched; }));
        QVERIFY(spec.description.contains(QStringLiteral("too few for P90 and P99")));
    }

    // Several runs: each with its own n, and doubted for its own n alone.
    void percentilesOfSeveralRunsStandInRows()
    {
        const RunRecord few = makeSyntheticRun({.batch = 1, .newTokens = 20});
        const RunRecordPtr many = keep({.batch = 32, .newTokens = 64});
        ChartData data = dataOf(few);
        data.earlier = {many};
        const PlotSpec spec = plotOf(QStringLiteral("percentiles"), data);
        QCOMPARE(spec.y.categories.size(), 2U);
        QCOMPARE(spec.y.categories[1].text, QStringLiteral("batch 1, new tokens 20")); // on top
        QCOMPARE(spec.y.categories[0].text, QStringLiteral("batch 32, new tokens 64"));
        const auto cells = [&spec](double row, const QString &figure, const QString &column) {
            QStringList out;
            for (const PlotSeries &series : spec.series) {
                for (const PlotCurve &curve : series.curves) {
                    for (size_t i = 0; i < curve.points.size(); ++i) {
                        const bool isCount = curve.names.isEmpty();
                        const QString name = isCount
                            ? QStringLiteral("n")
                            : curve.names[static_cast<qsizetype>(i)].section(QLatin1Char(' '), 1);
                        if (curve.points[i].y() == row && series.keys.contains(figure)
                            && name == column)
                            out << curve.cellWords[static_cast<qsizetype>(i)]
                                    + (!isCount && curve.weak[i] ? QStringLiteral(" weak")
                                                                 : QString());
                    }
                }
            }
            return out.join(QLatin1Char('|'));
        };
        const QString ttft = QStringLiteral("TTFT");
        const QString itl = QStringLiteral("ITL");
        QCOMPARE(cells(1.5, ttft, QStringLiteral("n")), QStringLiteral("1"));
        QCOMPARE(cells(0.5, ttft, QStringLiteral("n")), QStringLiteral("32"));
        QCOMPARE(cells(1.5, itl, QStringLiteral("n")), QStringLiteral("19"));
        QCOMPARE(cells(0.5, itl, QStringLiteral("n")), QStringLiteral("2,016"));
        const double p99 = computeMetrics(*many).itl->p99;
        QCOMPARE(cells(0.5, itl, QStringLiteral("P99")),
                 fixedNumberText(p99, 0)); // hundreds of ms; 2,016 gaps claim it
        QVERIFY(cells(1.5, itl, QStringLiteral("P99")).endsWith(QStringLiteral(" weak")));
        QVERIFY(!cells(1.5, itl, QStringLiteral("P50")).endsWith(QStringLiteral(" weak")));
        QVERIFY(std::any_of(spec.legend.begin(), spec.legend.end(),
                            [](const LegendEntry &e) { return e.hatched; }));
    }

    void distributionsEndAtAll()
    {
        const RunRecord run = makeSyntheticRun({.batch = 3});
        const PlotSpec spec = plotOf(QStringLiteral("percentiles"), dataOf(run), 1);
        QVERIFY(spec.x.logarithmic);
        const PlotSeries *itl = seriesNamed(spec, QStringLiteral("ITL"));
        QVERIFY(itl != nullptr);
        QCOMPARE(itl->curves[0].points.size(), pooledItlMs(run).size());
        QCOMPARE(itl->curves[0].points.back().y(), 100.0);
        QVERIFY(std::is_sorted(itl->curves[0].points.begin(), itl->curves[0].points.end(),
                               [](const QPointF &a, const QPointF &b) { return a.x() < b.x(); }));
    }

    void kneeIsMeasuresOwn()
    {
        ChartData data;
        data.sweep = sweep();
        const PlotSpec spec = plotOf(QStringLiteral("knee"), data);
        std::vector<LoadPoint> loads;
        for (const RunRecordPtr &run : data.sweep) {
            const RunMetrics metrics = computeMetrics(*run);
            loads.push_back({static_cast<double>(run->settings.batch), *metrics.outputTokPerSecond,
                             metrics.endToEnd->p50});
        }
        const KneeReport report = findKnees(loads);
        QVERIFY(report.recommended.has_value());
        QCOMPARE(spec.table.rows.size(), loads.size());
        const auto strong = std::find_if(spec.pointLabels.begin(), spec.pointLabels.end(),
                                         [](const PointLabel &label) { return label.strong; });
        QVERIFY(strong != spec.pointLabels.end());
        QVERIFY(strong->text.startsWith(QStringLiteral("batch %1: knee").arg(*report.recommended)));
        QVERIFY(spec.description.contains(
            QStringLiteral("The knee is at batch %1").arg(*report.recommended)));
        QVERIFY(spec.note.contains(QStringLiteral("max power")));
    }

    void kneeTakesUnfinishedAndRepeatedSweeps()
    {
        ChartData data;
        data.sweep = sweep();
        data.sweep.resize(2);
        data.sweep.push_back(data.sweep.front());            // the same batch again
        data.sweep.push_back(std::make_shared<RunRecord>()); // nothing measured
        data.sweep.push_back(nullptr);
        const PlotSpec spec = plotOf(QStringLiteral("knee"), data);
        QCOMPARE(spec.table.rows.size(), 2U);
        QVERIFY(spec.description.contains(QStringLiteral("Too few batch sizes")));
    }

    void labelsSayWhatDiffers()
    {
        ChartData data;
        data.earlier = {keep({.batch = 1, .kvCache = false}), keep({.batch = 8, .seed = 9})};
        const RunRecordPtr current = keep({.batch = 1});
        data.current = current.get();
        const auto runs = overlaidRuns(data);
        QCOMPARE(runs.size(), 3U);
        QCOMPARE(runs[0].label, QStringLiteral("KV cache off, batch 1"));
        QCOMPARE(runs[0].brief, QStringLiteral("KV off, batch 1"));
        QCOMPARE(runs[1].label, QStringLiteral("KV cache on, batch 8"));
        QCOMPARE(runs[2].label, QStringLiteral("KV cache on, batch 1"));
        QCOMPARE(runs[0].age, 2);
        QCOMPARE(runs[1].age, 1);
        QCOMPARE(runs[2].age, 0);
        QVERIFY(markerOfAge(1) != markerOfAge(0) && markerOfAge(2) != markerOfAge(1));
    }

    void equalRunsAreNumbered()
    {
        ChartData data;
        data.earlier = {keep({.label = "CPU"}), keep({.label = "CPU"})};
        const RunRecordPtr current = keep({.label = "CPU"});
        data.current = current.get();
        const auto runs = overlaidRuns(data);
        QCOMPARE(runs[0].label, QStringLiteral("CPU"));
        QCOMPARE(runs[1].label, QStringLiteral("CPU (2)"));
        QCOMPARE(runs[2].label, QStringLiteral("CPU (3)"));
        data.earlier.push_back(current); // the current run among the earlier ones is shown once
        QCOMPARE(overlaidRuns(data).size(), 3U);
    }

    // In the legend, or where each has a row of its own, beside it.
    void everyRunIsNamed()
    {
        ChartData data;
        data.earlier = {keep({.batch = 8})};
        const RunRecordPtr current = keep({.batch = 1});
        data.current = current.get();
        for (const QString &id : {QStringLiteral("itl"), QStringLiteral("ttft"),
                                  QStringLiteral("throughput"), QStringLiteral("percentiles")}) {
            const PlotSpec spec = plotOf(id, data);
            QStringList names;
            for (const LegendEntry &entry : spec.legend)
                names << entry.text;
            for (const PlotCategory &row : spec.y.categories)
                names << row.text;
            QVERIFY2(names.contains(QStringLiteral("batch 1")), qPrintable(id));
            QVERIFY2(names.contains(QStringLiteral("batch 8")), qPrintable(id));
        }
    }

    void readoutTellsAllValuesAtX()
    {
        const RunRecord run = makeSyntheticRun({.batch = 3});
        const PlotSpec spec = plotOf(QStringLiteral("itl"), dataOf(run));
        const PlotLook look;
        const auto readout = readoutAt(spec, look, {0, 1, 9});
        QVERIFY(readout.has_value());
        QCOMPARE(readout->heading, QStringLiteral("token 10"));
        QCOMPARE(readout->token, (TokenRef {1, 10}));
        QCOMPARE(readout->lines[0].name, QStringLiteral("request 2"));
        QCOMPARE(readout->lines[0].value,
                 valueText(itlMs(run.requests[1])[9], QStringLiteral("ms")));
        QVERIFY(readout->spoken().contains(QStringLiteral("token 10: request 2")));
        PlotLook hidden;
        hidden.hidden.insert(QStringLiteral("run"));
        QVERIFY(!readoutAt(spec, hidden, {0, 1, 9}).has_value());
    }

    void arrowKeysWalkAllPoints()
    {
        const RunRecord run = makeSyntheticRun({.batch = 2, .newTokens = 4});
        const PlotSpec spec = plotOf(QStringLiteral("itl"), dataOf(run));
        const PlotLook look;
        auto at = stepFrom(spec, look, std::nullopt, Direction::Right);
        QVERIFY(at.has_value());
        QCOMPARE(at->point, 0U);
        at = stepFrom(spec, look, at, Direction::Right);
        QCOMPARE(at->point, 1U);
        at = stepFrom(spec, look, at, Direction::Down);
        QCOMPARE(at->curve, 1U);
        QCOMPARE(at->point, 1U);
        at = stepFrom(spec, look, at, Direction::Last);
        QCOMPARE(at->point, 2U);
        const auto end = stepFrom(spec, look, at, Direction::Right);
        QCOMPARE(end->point, 2U); // nothing beyond
    }

    void selectedTokenIsFound()
    {
        const RunRecord run = makeSyntheticRun({.batch = 2});
        const PlotLook look;
        const PlotSpec itl = plotOf(QStringLiteral("itl"), dataOf(run));
        QCOMPARE(pointsOfToken(itl, look, {1, 7}),
                 (std::vector<QPointF> {{7, itlMs(run.requests[1])[6]}}));
        QVERIFY(pointsOfToken(itl, look, {1, 0}).empty()); // the first token is in no gap
        QVERIFY(pointsOfToken(itl, look, {}).empty());
        QCOMPARE(pointsOfToken(plotOf(QStringLiteral("ttft"), dataOf(run)), look, {1, 0}).size(),
                 1U);
    }
};

QTEST_MAIN(TestChartSources)
#include "test_chart_sources.moc"
