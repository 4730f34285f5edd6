// The arithmetic of plots: steps, ranges that keep still, decimation, clipping, scales, numbers as
// text.
#include "ui/charts/axis_range.h"
#include "ui/charts/decimate.h"
#include "ui/charts/plot_frame.h"
#include "ui/charts/plot_spec.h"
#include "ui/charts/plot_words.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <QTest>
#include <algorithm>
#include <cmath>

using namespace inferlab;

class TestPlotValues : public QObject
{
    Q_OBJECT

private slots:
    // Between its sentences, with all of them as long as there is room.
    void aNoteIsBrokenIntoLines()
    {
        const QFontMetricsF metrics {QGuiApplication::font()};
        const QString note = QStringLiteral("first of all · second · third of them · fourth");
        const double whole = metrics.horizontalAdvance(note);
        QCOMPARE(noteLines(note, metrics, whole + 1), QStringList {note});
        const double two = metrics.horizontalAdvance(QStringLiteral("first of all · second")) + 1;
        const QStringList broken = noteLines(note, metrics, two);
        QVERIFY(broken.size() == 2 || broken.size() == 3);
        QCOMPARE(broken.join(QStringLiteral(" · ")), note);
        const QString sentence =
            QStringLiteral("bars: 95% by whole runs, or the range of the runs");
        const double most = metrics.horizontalAdvance(sentence) * 0.6;
        const QStringList wrapped = noteLines(sentence, metrics, most);
        QCOMPARE(wrapped.size(), 2);
        QCOMPARE(wrapped.join(QLatin1Char(' ')), sentence);
        for (const QString &line : wrapped)
            QVERIFY(metrics.horizontalAdvance(line) <= most);
        for (const QString &line : noteLines(note, metrics, whole / 10))
            QVERIFY(metrics.horizontalAdvance(line) <= whole / 10);
        QVERIFY(noteLines(note, metrics, whole / 10).size() <= 3);
        QVERIFY(noteLines({}, metrics, whole).isEmpty());
    }

    void stepsAreNice_data()
    {
        QTest::addColumn<double>("span");
        QTest::addColumn<int>("labels");
        QTest::addColumn<bool>("whole");
        QTest::addColumn<double>("step");
        QTest::newRow("ten in six") << 10.0 << 6 << false << 2.0;
        QTest::newRow("twelve in six") << 12.0 << 6 << false << 5.0;
        QTest::newRow("hundred in three") << 100.0 << 3 << false << 50.0;
        QTest::newRow("tiny") << 0.003 << 6 << false << 0.001;
        QTest::newRow("whole") << 2.0 << 6 << true << 1.0;
        QTest::newRow("nothing") << 0.0 << 6 << false << 1.0;
    }

    void stepsAreNice()
    {
        QFETCH(double, span);
        QFETCH(int, labels);
        QFETCH(bool, whole);
        QFETCH(double, step);
        QCOMPARE(niceStep(span, labels, whole), step);
    }

    void rangesHoldTheirDataAndFewLabels()
    {
        for (const double max : {0.001, 0.7, 1.0, 3.3, 9.9, 42.0, 127.0, 999.0, 123456.0}) {
            const AxisRange range = niceRange(0, max);
            QVERIFY(range.min <= 0 && range.max >= max);
            const double step = niceStep(range.span());
            QVERIFY(ticks(range, step).size() <= size_t(kMostLabels));
            QVERIFY(ticks(range, step).size() >= 2);
            QVERIFY(std::abs(std::remainder(range.max, step)) < 1e-9 * range.max);
        }
        const AxisRange flat = niceRange(5, 5);
        QVERIFY(flat.min < 5 && flat.max > 5);
    }

    void decadesHoldTheirData()
    {
        QCOMPARE(decades(4.0, 900.0), (AxisRange {1.0, 1000.0}));
        QCOMPARE(decades(10.0, 10.0), (AxisRange {10.0, 100.0}));
    }

    void liveAxisKeepsStill()
    {
        StickyRange axis;
        QVERIFY(axis.update(0, 8, true));
        const AxisRange first = axis.range();
        int changes = 0;
        for (double max = 8; max < 100; max += 0.5)
            changes += axis.update(0, max, true) ? 1 : 0;
        QVERIFY2(changes <= 12, qPrintable(QString::number(changes))); // of 184 new maxima
        QVERIFY(axis.range().max >= 99.5);
        QVERIFY(!(axis.range() == first));
        // It does not shrink while live, nor for a little less afterwards; for much less it does.
        QVERIFY(!axis.update(0, 3, true));
        QVERIFY(!axis.update(0, 80, false));
        QVERIFY(axis.update(0, 3, false));
        QCOMPARE(axis.range().max, 3.0);
    }

    void decimationKeepsExtremes()
    {
        std::vector<QPointF> points;
        for (int i = 0; i < 100000; ++i)
            points.emplace_back(i / 200.0, std::sin(i * 0.37) * 10);
        points[54321].setY(1000);
        points[12345].setY(-1000);
        std::vector<QPointF> out;
        decimate(points, 0, 500, 250, out);
        QVERIFY(out.size() <= 1002);
        QVERIFY(out.size() >= 500);
        const auto [low, high] =
            std::minmax_element(out.begin(), out.end(),
                                [](const QPointF &a, const QPointF &b) { return a.y() < b.y(); });
        QCOMPARE(low->y(), -1000.0);
        QCOMPARE(high->y(), 1000.0);
        QCOMPARE(out.front(), points.front());
        QCOMPARE(out.back(), points.back());
        QVERIFY(std::is_sorted(out.begin(), out.end(),
                               [](const QPointF &a, const QPointF &b) { return a.x() < b.x(); }));
    }

    void decimationLeavesFewPointsAlone()
    {
        const std::vector<QPointF> points {{0, 1}, {1, 5}, {2, 0}};
        std::vector<QPointF> out;
        decimate(points, 0, 2, 16, out);
        QCOMPARE(out, points);
    }

    void segmentsAreClipped()
    {
        QPointF a(-10, 5);
        QPointF b(20, 5);
        QVERIFY(clipSegment(a, b, 0, 0, 10, 10));
        QCOMPARE(a, QPointF(0, 5));
        QCOMPARE(b, QPointF(10, 5));
        QPointF c(-5, -5);
        QPointF d(-1, 20);
        QVERIFY(!clipSegment(c, d, 0, 0, 10, 10));
        QPointF e(5, 20);
        QPointF f(5, -20);
        QVERIFY(clipSegment(e, f, 0, 0, 10, 10));
        QCOMPARE(e, QPointF(5, 10));
        QCOMPARE(f, QPointF(5, 0));
    }

    void pixelsAndValuesAgree_data()
    {
        QTest::addColumn<bool>("logarithmic");
        QTest::newRow("linear") << false;
        QTest::newRow("logarithmic") << true;
    }

    void pixelsAndValuesAgree()
    {
        QFETCH(bool, logarithmic);
        PlotFrame frame;
        frame.area = QRectF(40, 10, 300, 100);
        frame.x = {1, 1000};
        frame.y = {0, 50};
        frame.xLogarithmic = logarithmic;
        QCOMPARE(frame.toPixel({1, 0}), QPointF(40, 110));
        QCOMPARE(frame.toPixel({1000, 50}), QPointF(340, 10));
        const QPointF back = frame.toValue(frame.toPixel({31.6, 12.5}));
        QVERIFY(std::abs(back.x() - 31.6) < 1e-9);
        QVERIFY(std::abs(back.y() - 12.5) < 1e-9);
        if (logarithmic)
            QVERIFY(std::abs(frame.toPixel({std::sqrt(1000.0), 0}).x() - 190) < 1e-9);
    }

    void numbersAreShort()
    {
        QCOMPARE(numberText(6.3149), QStringLiteral("6.31"));
        QCOMPARE(numberText(63.149), QStringLiteral("63.1"));
        QCOMPARE(numberText(631.49), QStringLiteral("631"));
        QCOMPARE(numberText(0.0421), QStringLiteral("0.042"));
        QCOMPARE(numberText(0), QStringLiteral("0"));
        QCOMPARE(numberText(12345.6), QStringLiteral("12,346"));
        QCOMPARE(fixedNumberText(-1234.56, 1), QStringLiteral("\u22121,234.6"));
        QCOMPARE(tickText(20000, 0), QStringLiteral("20,000")); // logarithmic
        QCOMPARE(plainNumber(2.50, 4), QStringLiteral("2.5"));
        QCOMPARE(plainNumber(100, 4), QStringLiteral("100"));
        QCOMPARE(tickText(0.30000000004, 0.1), QStringLiteral("0.3"));
        QCOMPARE(tickText(1500, 500), QStringLiteral("1,500"));
    }
};

QTEST_MAIN(TestPlotValues)
#include "test_plot_values.moc"
