// What an experiment costs beside its engine work: with a model the runner's share of the time, and
// always the milliseconds in which its charts are drawn anew (goals: 1%; 50 ms).
//     bench_experiment [MODEL]
#include "median_ms.h"
#include "support/synthetic_experiment.h"

#include "app/experiment/experiment_presets.h"
#include "app/experiment/folder_run.h"
#include "engine/base/clock.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/plot_card.h"
#include "ui/theme/theme_controller.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QTemporaryDir>
#include <atomic>
#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

using namespace inferlab;

namespace {

constexpr int kFrames = 15;

template <typename Body>
double medianMsOf(const Body &body)
{
    std::vector<double> taken;
    QElapsedTimer timer;
    for (int frame = 0; frame < kFrames; ++frame) {
        timer.start();
        body();
        taken.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    return medianMs(std::move(taken));
}

// 200 points of one run each, about 100,000 tokens.
Experiment largeExperiment()
{
    Experiment experiment = experimentPreset("batch");
    ExperimentAxis lengths {AxisKind::PromptTokens, {}};
    for (int i = 1; i <= 40; ++i)
        lengths.values.push_back(16.0 * i);
    experiment.axes = {{AxisKind::Batch, {1.0, 2.0, 4.0, 8.0, 16.0}}, lengths};
    experiment.repeats = 1;
    experiment.held.run.maxNewTokens = 81;
    return experiment;
}

void measureCharts()
{
    const Experiment experiment = largeExperiment();
    const auto result = makeSyntheticResult(experiment, 1);
    size_t stamps = 0;
    for (const PointResult &point : result->points) {
        for (const MeasuredRun &run : point.runs) {
            for (const RequestRecord &request : run.record->requests)
                stamps += request.tokens.size();
        }
    }
    std::printf("%zu points, %zu token stamps\n", result->points.size(), stamps);

    ExperimentFiguresCache cache;
    ChartData data;
    data.experiment = cache.update(result);
    // As after each run: the last point has gained one.
    const double figures = medianMsOf([&] {
        const auto next = std::make_shared<ExperimentResult>(*result);
        next->points.back().runs.clear();
        cache.update(next);
        data.experiment = cache.update(result);
    });
    std::printf("%-28s %6.2f ms\n", "figures of a point, twice", figures);
    double sum = 0;
    for (const QString &id : chartsFor(experiment)) {
        const auto source = makeExperimentChart(id);
        PlotCard card(makeExperimentChart(id));
        card.resize(480, 300);
        card.show();
        QImage image(card.size(), QImage::Format_RGB32);
        const double taken = medianMsOf([&] {
            card.setData(data);
            card.render(&image);
        });
        sum += taken;
        std::printf("%-28s %6.2f ms\n", qPrintable(id), taken);
    }
    std::printf("%-28s %6.2f ms (goal 50)\n", "all of them", sum);
}

// The time of an experiment in its folder that no step of the engine took; opening engines, writing
// records and all else that is the runner's.
void measureRunner(const std::string &file)
{
    Experiment experiment = experimentPreset("batch");
    experiment.warmUps = 0;
    experiment.repeats = 2;
    EngineAccess engines = EngineAccess::real();
    const std::atomic<bool> never {false};
    const auto model = engines.load({file, "cpu", 0}, &never);
    engines.load = [&model](const ModelWanted &, const std::atomic<bool> *) { return model; };
    engines.hash(file, &never); // known from here on, as after the first run
    const QTemporaryDir folder;
    const int64_t start = nowNs();
    const FolderRunEnd end = runInFolder(
        {experiment, file, folder.filePath(QStringLiteral("batch")).toStdString(), engines}, never,
        [](const ProgressLine &) {});
    const auto total = static_cast<double>(nowNs() - start);
    double steps = 0;
    for (const PointResult &point : end.result.points) {
        for (const MeasuredRun &run : point.runs) {
            for (const StepRecord &step : run.record->steps)
                steps += static_cast<double>(step.endNs - step.startNs);
        }
    }
    std::printf(
        "experiment \"batch\", %zu runs: %.2f s, of which the engine's steps %.2f s; the runner's "
        "share %.2f%% (goal 1%%)\n",
        end.result.runCount(), total / 1e9, steps / 1e9, 100 * (1 - steps / total));
}

} // namespace

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const ThemeController theme(application, [] { return false; });
    try {
        measureCharts();
        if (argc > 1)
            measureRunner(argv[1]);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_experiment: %s\n", error.what());
        return 1;
    }
    return 0;
}
