// Labels beside points: none on another, none on another's point, the strong one always there.
#include "support/synthetic_run.h"

#include "ui/charts/chart_source.h"
#include "ui/charts/plot.h"
#include "ui/charts/point_labels.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>

using namespace inferlab;

namespace {

PointLabel labelAt(double x, double y, const QString &text, bool strong = false)
{
    PointLabel label;
    label.at = {x, y};
    label.text = text;
    label.strong = strong;
    return label;
}

PlotLook lightLook()
{
    PlotLook look;
    look.theme = Theme::light();
    return look;
}

void checkApart(const std::vector<PlacedLabel> &placed, const PlotFrame &frame)
{
    for (const PlacedLabel &one : placed) {
        for (const PlacedLabel &other : placed) {
            if (one.label == other.label)
                continue;
            QVERIFY2(!one.box.intersects(other.box),
                     qPrintable(one.label->text + " on " + other.label->text));
            QVERIFY2(!one.box.contains(frame.toPixel(other.label->at)),
                     qPrintable(one.label->text + " on the point of " + other.label->text));
        }
    }
}

bool hasStrong(const std::vector<PlacedLabel> &placed)
{
    return std::any_of(placed.begin(), placed.end(),
                       [](const PlacedLabel &one) { return one.label->strong; });
}

} // namespace

class TestPointLabels : public QObject
{
    Q_OBJECT

private slots:
    // The knee's long label reaches over its neighbour, whose own label has to go elsewhere.
    void aNeighbourKeepsOffTheKnee()
    {
        PlotFrame frame;
        frame.area = {40, 20, 300, 110};
        frame.x = {0, 10};
        frame.y = {0, 300};
        PlotSpec spec;
        for (const auto &[x, y, batch] : {std::tuple {2.0, 100.0, 1},
                                          {3.0, 180.0, 4},
                                          {3.4, 235.0, 8},
                                          {4.0, 245.0, 16},
                                          {9.0, 260.0, 32}}) {
            const bool knee = batch == 16;
            spec.pointLabels.push_back(labelAt(
                x, y, knee ? QStringLiteral("batch 16: knee (Kneedle)") : QString::number(batch),
                knee));
        }
        const auto placed = placePointLabels(spec, frame, lightLook());
        checkApart(placed, frame);
        QVERIFY(hasStrong(placed));
        QCOMPARE(placed.size(), size_t(5)); // there is room for all
    }

    // Words of a line may stand anywhere along it; markers without words are not covered either.
    void aLabelGoesWhereThereIsRoom()
    {
        PlotFrame frame;
        frame.area = {40, 20, 400, 200};
        frame.x = {0, 10};
        frame.y = {0, 10};
        PlotSpec spec;
        PlotSeries cloud;
        cloud.kind = PlotKind::Dots;
        PlotCurve curve;
        for (int i = 0; i < 40; ++i)
            curve.points.emplace_back(1.0 + 0.1 * i, 4.0 + (i % 4));
        cloud.curves.push_back(curve);
        spec.series.push_back(cloud);
        PointLabel slope = labelAt(3, 5, QStringLiteral("memory 38 GB/s"), false);
        spec.pointLabels = {slope};
        QVERIFY(placePointLabels(spec, frame, lightLook()).empty());
        slope.orAt = {{3.5, 5.5}, {8, 5}};
        spec.pointLabels = {slope};
        const auto placed = placePointLabels(spec, frame, lightLook());
        QCOMPARE(placed.size(), size_t(1));
        QVERIFY(placed.front().box.left() > frame.toPixel({5, 5}).x());
    }

    void manyPointsNeverCollide()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 200; ++round) {
            PlotFrame frame;
            frame.area = {40, 20, 80.0 + round * 3, 60.0 + round};
            frame.x = {0, 1};
            frame.y = {0, 1};
            std::uniform_real_distribution<double> share(0, 1);
            PlotSpec spec;
            for (int i = 0; i < 14; ++i)
                spec.pointLabels.push_back(labelAt(share(random), share(random),
                                                   QStringLiteral("batch %1").arg(i), i == 5));
            const auto placed = placePointLabels(spec, frame, lightLook());
            QVERIFY(hasStrong(placed));
            // A strong label in a crowd may have to cover a point; nothing covers a label.
            for (const PlacedLabel &one : placed) {
                for (const PlacedLabel &other : placed)
                    QVERIFY(one.label == other.label || !one.box.intersects(other.box));
            }
        }
    }

    // As the card and an exported picture draw it, at their sizes.
    void theKneeChartIsLegible()
    {
        ChartData data;
        for (const int batch : {1, 2, 4, 8, 16, 32})
            data.sweep.push_back(
                std::make_shared<RunRecord>(makeSyntheticRun({.batch = batch, .newTokens = 16})));
        const auto source = makeChartSource(QStringLiteral("knee"));
        for (const QSizeF &size : {QSizeF(340, 110), QSizeF(600, 300), QSizeF(904, 480)}) {
            Plot plot;
            plot.setLook(lightLook());
            plot.setRoomy(size.height() > 200);
            plot.resize(size);
            plot.setSpec(source->plot(data, 0));
            const auto placed = placePointLabels(plot.spec(), plot.frame(), plot.look());
            checkApart(placed, plot.frame());
            QVERIFY(hasStrong(placed));
            QVERIFY(placed.size() >= 4);
        }
    }
};

QTEST_MAIN(TestPointLabels)
#include "test_point_labels.moc"
