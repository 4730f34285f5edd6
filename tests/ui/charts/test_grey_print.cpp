// Every chart of an experiment can be read without colour: what the legend tells apart differs in
// shape, line, hatch or brightness, and so do the marks themselves.
//
// The amounts: swatches differ by at least 20 of 255 levels in at least 1% of their pixels; a cell
// of a map is darker than the next lighter one wherever their values differ.
#include "experiment_plots.h"

#include "ui/charts/picture.h"
#include "ui/charts/plot_paint.h"

#include <QPainter>
#include <QTest>

using namespace inferlab;

namespace {

constexpr int kLevels = 20;
constexpr double kShare = 0.01;
constexpr QSize kSwatch {48, 32};

int levelOf(const QImage &image, int x, int y)
{
    return qGray(image.pixel(x, y));
}

QImage swatchOf(const LegendEntry &entry)
{
    QImage image(kSwatch, QImage::Format_RGB32);
    PlotLook look;
    look.theme = Picture::theme();
    image.fill(look.theme.surface);
    QPainter painter(&image);
    paintSwatch(painter, entry, QRectF(QPointF(4, 4), kSwatch - QSize(8, 8)), look);
    return image;
}

double shareThatDiffers(const QImage &a, const QImage &b)
{
    int count = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x)
            count += std::abs(levelOf(a, x, y) - levelOf(b, x, y)) >= kLevels;
    }
    return static_cast<double>(count) / (a.width() * a.height());
}

// With predictions, so that their lines and dashes are among what is told apart.
std::shared_ptr<ExperimentOutlook> expected(const ExperimentResult &result)
{
    auto outlook = std::make_shared<ExperimentOutlook>();
    outlook->points.resize(result.points.size());
    for (PredictedPoint &point : outlook->points) {
        RunMetrics &metrics = point.metrics.emplace();
        metrics.outputTokPerSecond = 200;
        metrics.ttft.emplace().p50 = 50;
        metrics.itl.emplace().p50 = 8;
        metrics.endToEnd.emplace().p50 = 400;
        point.memoryBytes = 1e8;
    }
    return outlook;
}

} // namespace

class TestGreyPrint : public QObject
{
    Q_OBJECT

private slots:
    void everyChart_data()
    {
        QTest::addColumn<QString>("preset");
        for (const char *preset : {"batch", "kv-cache", "sampling", "padding", "cpu-gpu"})
            QTest::newRow(preset) << QString::fromLatin1(preset);
    }

    void everyChart()
    {
        QFETCH(QString, preset);
        const auto result = makeSyntheticResult(small(preset.toLatin1().constData()), 3);
        const ChartData data = dataOf(result, expected(*result));
        for (const QString &id : chartsFor(result->experiment)) {
            const int views =
                std::max<int>(1, static_cast<int>(makeExperimentChart(id)->views().size()));
            for (int view = 0; view < views; ++view)
                swatchesDiffer(id, plotOf(id, data, view));
        }
    }

    // A black and white print keeps the order of a map's cells.
    void darkerCellsAreMore()
    {
        Experiment experiment = small("batch");
        experiment.axes.push_back({AxisKind::NewTokens, {8.0, 32.0, 128.0}});
        const ChartData data = dataOf(makeSyntheticResult(experiment, 3));
        const PlotSpec spec = plotOf(QStringLiteral("heat-map"), data);
        const QImage picture = pictureOf(QStringLiteral("heat-map"), data);
        // A cell of each shade alone: where the words and borders of the picture are not.
        std::vector<std::pair<double, int>> cells; // shade, level
        for (const PlotCurve &row : spec.series[0].curves) {
            for (const double shade : row.shades)
                cells.emplace_back(shade, levelOfShade(shade));
        }
        std::sort(cells.begin(), cells.end());
        for (size_t i = 1; i < cells.size(); ++i) {
            if (cells[i].first - cells[i - 1].first > 0.02)
                QVERIFY2(cells[i].second < cells[i - 1].second,
                         qPrintable(QString::number(cells[i].first)));
        }
        QVERIFY(cells.front().second - cells.back().second > 100); // of 255, end to end
        // The same levels are in the whole picture.
        QVERIFY(holdsLevel(picture, cells.front().second));
        QVERIFY(holdsLevel(picture, cells.back().second));
    }

    // Pads are hatched on white; what is read is filled.
    void padsDifferFromPrompts()
    {
        const ChartData data = dataOf(makeSyntheticResult(small("padding"), 2));
        const PlotSpec spec = plotOf(QStringLiteral("padded-matrix"), data);
        QCOMPARE(spec.legend.size(), 2U);
        QVERIFY(shareThatDiffers(swatchOf(spec.legend[0]), swatchOf(spec.legend[1])) > 0.15);
    }

private:
    static void swatchesDiffer(const QString &id, const PlotSpec &spec)
    {
        for (size_t i = 0; i < spec.legend.size(); ++i) {
            for (size_t j = i + 1; j < spec.legend.size(); ++j) {
                const double share =
                    shareThatDiffers(swatchOf(spec.legend[i]), swatchOf(spec.legend[j]));
                QVERIFY2(share >= kShare,
                         qPrintable(QStringLiteral("%1: \"%2\" and \"%3\" differ in %4% of the "
                                                   "swatch")
                                        .arg(id, spec.legend[i].text, spec.legend[j].text)
                                        .arg(100 * share)));
            }
        }
    }

    // Of a cell of that shade, drawn as the map draws it.
    static int levelOfShade(double shade)
    {
        PlotSpec spec;
        spec.id = QStringLiteral("cell");
        PlotSeries series;
        series.kind = PlotKind::Cells;
        series.meaning = Meaning::Decode;
        PlotCurve curve;
        curve.points = {{0, 0}};
        curve.shades = {shade};
        series.curves.push_back(curve);
        series.barWidth = 1;
        spec.series.push_back(series);
        ExportedChart chart;
        chart.spec = spec;
        const QImage image =
            QImage::fromData(renderChart(chart, ExportNotes(), ExportFormat::Png), "png");
        return levelOf(image, image.width() / 2, image.height() / 2);
    }

    static bool holdsLevel(const QImage &image, int level)
    {
        for (int y = 0; y < image.height(); y += 4) {
            for (int x = 0; x < image.width(); x += 4) {
                if (std::abs(levelOf(image, x, y) - level) <= 1)
                    return true;
            }
        }
        return false;
    }
};

QTEST_MAIN(TestGreyPrint)
#include "test_grey_print.moc"
