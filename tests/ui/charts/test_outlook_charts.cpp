// What the cost model adds to an experiment: dots under the roofline, and in the report advice for
// every application and prediction beside measurement.
#include "support/synthetic_experiment.h"

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_presets.h"
#include "engine/base/error.h"
#include "engine/measure/slo_presets.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_data.h"
#include "ui/charts/experiment/experiment_export.h"
#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/experiment/report_advice.h"
#include "ui/charts/experiment/roofs.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <array>
#include <cmath>

using namespace inferlab;

namespace {

// A step reads 1,000 bytes at 1,000 B/s and multiplies 500 weights for each row, at 4,000 op/s.
PredictionModel roofed()
{
    constexpr double kNever = 1e30;
    PredictionModel model;
    model.cost.layers = 1;
    model.cost.layerMatrices.bytes = 1000;
    model.cost.layerMatrices.elements = {500, 0, 0};
    model.limits = {1000, {}, {4000, kNever, kNever}, kNever, kNever, kNever, kNever, kNever, 0, 0};
    return model;
}

constexpr double kSlower = 2; // than the model says

Experiment batches()
{
    Experiment experiment;
    experiment.name = "batch";
    experiment.prompts = {"Hello"};
    experiment.axes = {{AxisKind::Batch, {1.0, 2.0, 16.0}}};
    experiment.repeats = 1;
    experiment.held.run.promptTokens = 4;
    experiment.held.run.maxNewTokens = 10;
    return experiment;
}

struct Measured
{
    Measured()
    {
        PredictionModel slow = roofed();
        slow.limits.bytesPerSecond /= kSlower;
        slow.limits.productsPerSecond[0] /= kSlower;
        auto runs = std::make_shared<ExperimentResult>(emptyResult(batches()));
        for (PointResult &point : runs->points) {
            const RunSettings &settings = point.point.settings.run;
            MeasuredRun run;
            run.record = std::make_shared<RunRecord>(
                predictRun(slow, settings, expectedRequests(settings, 4)).record);
            run.weightBytes = 1000;
            point.runs.push_back(run);
            point.state = PointState::Done;
        }
        result = runs;
        const PredictionModel model = roofed();
        auto known = std::make_shared<ExperimentOutlook>();
        known->points = predictedPoints(*result, [&](const PointSettings &) { return model; });
        known->cost = model.cost;
        outlook = known;
    }
    ChartData data() const
    {
        ChartData data;
        data.experiment = ExperimentFiguresCache().update(result, outlook);
        return data;
    }

    std::shared_ptr<const ExperimentResult> result;
    std::shared_ptr<const ExperimentOutlook> outlook;
};

const PlotSeries *seriesNamed(const PlotSpec &spec, const QString &name)
{
    const auto found = std::find_if(spec.series.begin(), spec.series.end(),
                                    [&name](const PlotSeries &s) { return s.name == name; });
    return found == spec.series.end() ? nullptr : &*found;
}

} // namespace

class TestOutlookCharts : public QObject
{
    Q_OBJECT

private slots:
    void dotsLieUnderTheRoof()
    {
        const Measured measured;
        const PlotSpec spec =
            makeExperimentChart(QStringLiteral("roofline"))->plot(measured.data(), 0);
        const PlotSeries *decode = seriesNamed(spec, QStringLiteral("decode"));
        const PlotSeries *prefill = seriesNamed(spec, QStringLiteral("prefill"));
        QVERIFY(decode != nullptr && prefill != nullptr);
        const PlotCurve &dots = decode->curves.front();
        QCOMPARE(dots.points.size(), size_t(3));
        for (size_t i = 0; i < 3; ++i) {
            const double batch = std::array {1.0, 2.0, 16.0}[i];
            // Two operations for each weight and row, 1,000 bytes for all of them.
            const double intensity = 2 * 500 * batch / 1000;
            const double roof = std::min(intensity * 1000, 4000.0);
            QCOMPARE(dots.points[i].x(), intensity);
            QVERIFY(std::abs(dots.points[i].y() - roof / kSlower / 1e9) < 1e-12);
            QCOMPARE(dots.runs[i].point, int(i));
        }
        const PlotSeries *roof = seriesNamed(spec, QStringLiteral("roof, int8"));
        QVERIFY(roof != nullptr);
        QVERIFY(seriesNamed(spec, QStringLiteral("roof, f32")) == nullptr); // nothing multiplies so
        QCOMPARE(roof->curves.front().points[1], QPointF(4, 4000 / 1e9));   // the ridge
        QCOMPARE(spec.table.rows.size(), size_t(6));
        QVERIFY(spec.x.min < 1 && spec.x.max > 16);
    }

    void withoutAnOutlookTheRooflineWaits()
    {
        ChartData data;
        data.experiment = ExperimentFiguresCache().update(Measured().result);
        QVERIFY(makeExperimentChart(QStringLiteral("roofline"))->plot(data, 0).isEmpty());
    }

    void theReportAdvisesEveryApplication()
    {
        const Measured measured;
        const QString advice = reportAdvice(*measured.result, measured.outlook.get());
        for (const SloPreset &preset : sloPresets())
            QVERIFY(advice.contains(
                QString::fromUtf8(preset.title.data(), qsizetype(preset.title.size()))
                    .toHtmlEscaped()));
        // Steps of two seconds: nothing is fast enough for a chat, all is for half a minute.
        QVERIFY(advice.contains(QStringLiteral("No configuration keeps the limits")));
        QVERIFY(advice.contains(QStringLiteral("batch 16 is the first that fails")));
        const QString prediction = reportPrediction(*measured.result, measured.outlook.get());
        QCOMPARE(prediction.count(QStringLiteral("<tr>")), 4); // a head and three points
        QVERIFY(prediction.contains(QStringLiteral("memory bandwidth")));
        QVERIFY(prediction.contains(QStringLiteral("arithmetic"))); // batch 16
        QVERIFY(reportPrediction(*measured.result, nullptr).isEmpty());
    }

    void anExportHasPicturesTablesAndRecords()
    {
        const Measured measured;
        const QTemporaryDir folder;
        QStringList files = exportExperiment(measured.result, measured.outlook, folder.path());
        files += exportExperimentData(*measured.result, measured.outlook.get(), folder.path());
        for (const char *name :
             {"report.html", "charts.pdf", "charts/roofline.svg", "charts/roofline.csv",
              "charts/roofline.pdf", "charts/throughput-against-latency.png",
              "charts/throughput-against-latency-p90-latency.svg",
              "charts/itl-by-point-with-course-notebook.svg", "charts/box-plot-throughput.pdf",
              "experiment.json", "runs.csv", "points.csv", "requests.csv", "runs.json",
              "profile_export.jsonl", "course-notebook.csv", "vllm/point-003-run-001.json"})
            QVERIFY2(files.contains(folder.filePath(QLatin1String(name))), name);
        for (const QString &file : files)
            QVERIFY2(QFile(file).size() > 0, qPrintable(file));
        QFile points(folder.filePath(QStringLiteral("points.csv")));
        QVERIFY(points.open(QIODevice::ReadOnly));
        const QByteArray table = points.readAll();
        QCOMPARE(table.count('\n'), 4);                // a head and three points
        QVERIFY(table.contains(",memory bandwidth,")); // and what was predicted
    }

    // The budget is on the exported sweet spot, at its own percentile, as on the screen.
    void anExportHasTheBudget()
    {
        const Measured measured;
        const auto pages = [](const QString &folder) {
            QFile file(folder + QStringLiteral("/charts.pdf"));
            return file.open(QIODevice::ReadOnly) ? file.readAll().count("/Type /Page\n") : 0;
        };
        const auto sweetSpot = [](const QString &folder) {
            QFile file(folder
                       + QStringLiteral("/charts/throughput-against-latency-p90-latency.svg"));
            return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
        };
        const QTemporaryDir with;
        const QStringList files = exportExperiment(measured.result, measured.outlook, with.path(),
                                                   {}, LatencyBudget {40'000, 90});
        QVERIFY2(sweetSpot(with.path()).contains(QStringLiteral("budget 40.0")),
                 qPrintable(sweetSpot(with.path())));
        const auto svgs = std::count_if(files.begin(), files.end(), [](const QString &file) {
            return file.endsWith(QStringLiteral(".svg"));
        });
        QCOMPARE(pages(with.path()), svgs); // a page each
        const QTemporaryDir without;
        exportExperiment(measured.result, measured.outlook, without.path(), {}, std::nullopt);
        QVERIFY(!sweetSpot(without.path()).isEmpty());
        QVERIFY(!sweetSpot(without.path()).contains(QStringLiteral("budget")));
        const QTemporaryDir usual;
        exportExperiment(measured.result, measured.outlook, usual.path());
        QVERIFY(sweetSpot(usual.path()).contains(QStringLiteral("budget 30.0")));
    }

    // Of a file that fits the caches and one that does not, the roof is the first one's.
    void whatCachesGiveIsTheRoofOfSmallModels()
    {
        const auto modelOf = [](const PointSettings &settings) {
            PredictionModel model = roofed();
            model.limits.rereads = {{1000, 3000}, {8000, 1000}};
            if (settings.modelFile == "large.gguf")
                model.cost.layerMatrices.bytes *= 8;
            return model;
        };
        Experiment experiment = batches();
        experiment.axes = {
            {AxisKind::ModelFile, {std::string("small.gguf"), std::string("large.gguf")}}};
        const auto result = std::make_shared<ExperimentResult>(emptyResult(experiment));
        auto outlook = std::make_shared<ExperimentOutlook>();
        outlook->points = predictedPoints(*result, modelOf);
        ExperimentFigures figures;
        figures.result = result;
        figures.outlook = outlook;
        const std::vector<Roof> roofs = roofsOf(figures);
        QCOMPARE(roofs.size(), size_t(1));
        QCOMPARE(roofs.front().bytesPerSecond, 3000.0);
        QVERIFY(roofs.front().hasCaches);
        QCOMPARE(roofs.front().points, (std::vector<size_t> {0, 1}));
    }

    // Two devices have two roofs, and each dot its own.
    void everyDeviceHasItsRoof()
    {
        Experiment experiment = batches();
        experiment.axes = {{AxisKind::Device, {std::string("cpu"), std::string("cuda")}}};
        PredictionModel fast = roofed();
        fast.limits.bytesPerSecond *= 20;
        fast.limits.productsPerSecond[0] *= 50;
        const auto modelOf = [&fast](const PointSettings &settings) {
            return settings.run.device == "cuda" ? fast : roofed();
        };
        auto result = std::make_shared<ExperimentResult>(emptyResult(experiment));
        for (PointResult &point : result->points) {
            const RunSettings &settings = point.point.settings.run;
            MeasuredRun run;
            run.record = std::make_shared<RunRecord>(
                predictRun(modelOf(point.point.settings), settings, expectedRequests(settings, 4))
                    .record);
            point.runs.push_back(run);
        }
        auto outlook = std::make_shared<ExperimentOutlook>();
        outlook->points = predictedPoints(*result, modelOf);
        ChartData data;
        data.experiment = ExperimentFiguresCache().update(result, outlook);
        const PlotSpec spec = makeExperimentChart(QStringLiteral("roofline"))->plot(data, 0);
        const PlotSeries *cpu = seriesNamed(spec, QStringLiteral("roof, int8, CPU"));
        const PlotSeries *gpu = seriesNamed(spec, QStringLiteral("roof, int8, GPU"));
        QVERIFY(cpu != nullptr && gpu != nullptr);
        QCOMPARE(cpu->curves[0].points[1], QPointF(4, 4000 / 1e9));
        QCOMPARE(gpu->curves[0].points[1], QPointF(10, 200'000 / 1e9));
        // Measured as fast as predicted: decode lies on its own slope.
        const PlotSeries *decode = seriesNamed(spec, QStringLiteral("decode, GPU"));
        QVERIFY(decode != nullptr);
        QCOMPARE(decode->curves[0].points.size(), 1U);
        const QPointF dot = decode->curves[0].points[0];
        QVERIFY(std::abs(dot.y() * 1e9 - dot.x() * 20'000) < 1e-3 * dot.x() * 20'000);
        QVERIFY(decode->marker != seriesNamed(spec, QStringLiteral("decode, CPU"))->marker);
    }

    void anExportThatCannotBeWrittenIsOneLine()
    {
        const Measured measured;
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("a file"));
        QFile(file).open(QIODevice::WriteOnly);
        try {
            exportExperimentData(*measured.result, nullptr, file);
            QFAIL("written into a file");
        } catch (const InputError &error) {
            QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("a file")));
            QVERIFY(!QString::fromUtf8(error.what()).contains(QLatin1Char('\n')));
        }
    }
};

QTEST_MAIN(TestOutlookCharts)
#include "test_outlook_charts.moc"
