// Milliseconds that each chart takes for a frame of a live run: building the plot, and painting it.
#include "median_ms.h"
#include "support/synthetic_run.h"

#include "ui/charts/plot_card.h"
#include "ui/theme/theme_controller.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <algorithm>
#include <cstdio>
#include <vector>

using namespace inferlab;

namespace {

constexpr int kFrames = 30;

void measure(const QString &id, const ChartData &data, const char *name)
{
    PlotCard card(makeChartSource(id));
    card.resize(480, 240);
    card.show();
    ChartData finished = data;
    finished.live = false;
    card.setData(finished); // from here on the plot is in sight, not the empty state
    const auto source = makeChartSource(id);
    QImage image(card.size(), QImage::Format_RGB32);
    std::vector<double> build;
    std::vector<double> paint;
    QElapsedTimer timer;
    for (int frame = 0; frame < kFrames; ++frame) {
        timer.start();
        PlotSpec spec = source->plot(data, 0);
        build.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        card.plotView()->plot()->setSpec(std::move(spec));
        timer.start();
        card.render(&image);
        paint.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::printf("%-12s %-18s build %7.2f ms (longest %7.2f)  paint %6.2f ms (longest %6.2f)\n",
                qPrintable(id), name, medianMs(build),
                *std::max_element(build.begin(), build.end()), medianMs(paint),
                *std::max_element(paint.begin(), paint.end()));
}

} // namespace

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const ThemeController theme(application, [] { return false; });
    struct Case
    {
        const char *name;
        SyntheticRun shape;
    };
    for (const Case &one : {Case {"1 x 128", {}}, Case {"32 x 128", {.batch = 32}},
                            Case {"64 x 800", {.batch = 64, .newTokens = 800}}}) {
        const RunRecord run = makeSyntheticRun(one.shape);
        ChartData data;
        data.current = &run;
        data.live = true;
        for (const QString &id : {QStringLiteral("itl"), QStringLiteral("throughput"),
                                  QStringLiteral("ttft"), QStringLiteral("percentiles")})
            measure(id, data, one.name);
    }
    return 0;
}
