// Throughput against latency: knees along a load and nowhere else, doubt where n is small, and a
// budget that is judged at its own percentile.
#include "experiment_plots.h"

#include <QTest>

using namespace inferlab;

namespace {

PlotSpec sweetSpot(const ChartData &data, int view = 0)
{
    return plotOf(QStringLiteral("throughput-against-latency"), data, view);
}

int knees(const PlotSpec &spec)
{
    return static_cast<int>(std::count_if(
        spec.pointLabels.begin(), spec.pointLabels.end(),
        [](const PointLabel &label) { return label.text.endsWith(QStringLiteral(": knee")); }));
}

} // namespace

class TestSweetSpot : public QObject
{
    Q_OBJECT

private slots:
    void theKneeIsNamedAlongALoad()
    {
        const PlotSpec spec = sweetSpot(dataOf(makeSyntheticResult(small("batch"), 3)));
        QVERIFY(spec.note.contains(QStringLiteral("max power")));
        QVERIFY2(spec.note.contains(QStringLiteral("+20% P99 (too few samples)")),
                 qPrintable(spec.note)); // 3 to 96 answers a point, P99 needs 662
        QCOMPARE(knees(spec), 1);
    }

    void nothingButALoadHasAKnee_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("prompt length") << static_cast<int>(AxisKind::PromptTokens);
        QTest::newRow("threads") << static_cast<int>(AxisKind::Threads);
        QTest::newRow("new tokens") << static_cast<int>(AxisKind::NewTokens);
    }

    void nothingButALoadHasAKnee()
    {
        QFETCH(int, kind);
        Experiment experiment = small("batch");
        experiment.axes = {{static_cast<AxisKind>(kind), {1.0, 2.0, 4.0, 8.0}}};
        const PlotSpec spec = sweetSpot(dataOf(makeSyntheticResult(experiment, 3)));
        QVERIFY(!spec.isEmpty());
        QCOMPARE(knees(spec), 0);
        QVERIFY2(!spec.note.contains(QStringLiteral("Kneedle")), qPrintable(spec.note));
    }

    // A temperature of 0 is no load, wherever along the axis it stands.
    void anAxisMayFall()
    {
        Experiment experiment = small("sampling");
        experiment.axes = {{AxisKind::Temperature, {1.3, 0.7, 0.0}}};
        QVERIFY(!sweetSpot(dataOf(makeSyntheticResult(experiment, 3))).isEmpty());
        experiment = small("batch");
        std::reverse(experiment.axes[0].values.begin(), experiment.axes[0].values.end());
        const PlotSpec falling = sweetSpot(dataOf(makeSyntheticResult(experiment, 3)));
        QCOMPARE(knees(falling), 1);
    }

    void doubtIsShownBesideThePoints()
    {
        const ChartData data = dataOf(makeSyntheticResult(small("batch", 8), 8));
        for (const int view : {0, 3}) { // P50 and P99 of 8 to 256 answers
            const PlotSpec spec = sweetSpot(data, view);
            const auto dots = // the path between them has the same name
                std::find_if(spec.series.begin(), spec.series.end(), [](const PlotSeries &series) {
                    return series.kind == PlotKind::Dots;
                });
            QVERIFY(dots != spec.series.end());
            const PlotCurve &curve = dots->curves.front();
            for (size_t i = 0; i < curve.points.size(); ++i) {
                QCOMPARE(curve.weak[i], view == 3);
                QVERIFY(curve.xIntervals[i].low <= curve.points[i].x());
                QVERIFY(curve.xIntervals[i].high >= curve.points[i].x());
            }
            QVERIFY(curve.xIntervals[0].high > curve.xIntervals[0].low);
            // Of all tokens / all time, as the other chart of throughput has it: that of the runs'
            // median is none of its.
            for (size_t i = 0; i < curve.points.size(); ++i) {
                QCOMPARE(curve.intervals[i].low, curve.points[i].y());
                QCOMPARE(curve.intervals[i].high, curve.points[i].y());
            }
        }
        QVERIFY(sweetSpot(data, 3).note.contains(QStringLiteral("P99 needs 662")));
    }

    // 95 of 100 answers within the budget are not 99: it is judged at its own percentile on each
    // view, and the line stands in the view of that one.
    void theBudgetHasItsOwnPercentile()
    {
        const auto result = makeSyntheticResult(small("batch"), 3);
        ChartData data = dataOf(result);
        const auto at = [&](size_t point, double percent) {
            return percentileOfSorted(data.experiment->points[point]->endToEndMs.all, percent);
        };
        data.latencyBudget = {(at(2, 90) + at(3, 90)) / 2, 90};
        for (int view = 0; view < 4; ++view) {
            const PlotSpec spec = sweetSpot(data, view);
            QVERIFY2(spec.note.contains(
                         QStringLiteral("at P90: batch 4 is the last within it, batch 8 the first "
                                        "beyond")),
                     qPrintable(spec.note));
            QCOMPARE(seriesNamed(spec, QStringLiteral("budget")) != nullptr, view == 1);
        }
        // Far to the right of all points it would squeeze them together: words alone.
        data.latencyBudget = {100 * at(5, 90), 90};
        const PlotSpec far = sweetSpot(data, 1);
        QVERIFY(seriesNamed(far, QStringLiteral("budget")) == nullptr);
        QVERIFY(far.note.contains(QStringLiteral("all points within it")));
        data.latencyBudget = {at(0, 90) / 2, 90};
        QVERIFY(sweetSpot(data, 1).note.contains(QStringLiteral("no point within it")));
    }

    void budgetsOfSeveralGroupsAreCounted()
    {
        ChartData data = dataOf(makeSyntheticResult(small("kv-cache"), 3));
        data.latencyBudget = {1e9, 50};
        QVERIFY(sweetSpot(data).note.contains(QStringLiteral("10 of 10 points within it")));
    }
};

QTEST_MAIN(TestSweetSpot)
#include "test_sweet_spot.moc"
