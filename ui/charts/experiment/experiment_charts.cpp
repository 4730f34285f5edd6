// The list of an experiment's charts, and which of them suit its axes.
#include "ui/charts/experiment/experiment_charts.h"

#include "app/experiment/experiment.h"
#include "ui/charts/experiment/imported_curves.h"
#include "ui/charts/plot_card.h"

#include <algorithm>
#include <array>
#include <utility>

namespace inferlab {

namespace {

using Maker = std::unique_ptr<ChartSource> (*)();

const std::array<std::pair<const char *, Maker>, 13> &makers()
{
    static const std::array<std::pair<const char *, Maker>, 13> all {
        {{"throughput-by-point", makeThroughputByX},
         {"latency-by-point", makeLatencyByX},
         {"ttft-by-point", makeTtftByX},
         {"itl-by-point", makeItlByX},
         {"throughput-against-latency", makeThroughputAgainstLatency},
         {"first-token-and-total", makeFirstTokenAndTotal},
         {"roofline", makeRoofline},
         {"kv-cost", makeKvCost},
         {"heat-map", makeHeatMap},
         {"box-plot", makeBoxPlot},
         {"padded-matrix", makePaddedMatrix},
         {"distribution", makeDistribution},
         {"memory", makeMemoryBar}}};
    return all;
}

bool varies(const Experiment &experiment, AxisKind kind)
{
    return std::any_of(experiment.axes.begin(), experiment.axes.end(),
                       [kind](const ExperimentAxis &axis) { return axis.kind == kind; });
}

bool varyTwo(const Experiment &experiment)
{
    return std::count_if(experiment.axes.begin(), experiment.axes.end(),
                         [](const ExperimentAxis &axis) { return axis.values.size() > 1; })
        >= 2;
}

// The charts that answer the question of these axes: they come first.
QStringList leading(const Experiment &experiment)
{
    if (varies(experiment, AxisKind::KvCache))
        return {QStringLiteral("kv-cost"), QStringLiteral("itl-by-point")};
    if (varies(experiment, AxisKind::Padding))
        return {QStringLiteral("padded-matrix"), QStringLiteral("throughput-by-point")};
    if (varies(experiment, AxisKind::Temperature) || varies(experiment, AxisKind::TopP))
        return {QStringLiteral("heat-map"), QStringLiteral("box-plot")};
    if (varies(experiment, AxisKind::ChunkTokens)) // what others wait for, and the one who sent it
        return {QStringLiteral("itl-by-point"), QStringLiteral("ttft-by-point")};
    const bool words = !experiment.axes.empty() && !axisInfo(experiment.axes.front().kind).isNumber;
    if (words || experiment.axes.empty())
        return {QStringLiteral("box-plot"), QStringLiteral("first-token-and-total")};
    return {};
}

} // namespace

QStringList experimentChartIds()
{
    QStringList ids;
    for (const auto &[id, maker] : makers())
        ids << QLatin1String(id);
    return ids;
}

std::unique_ptr<ChartSource> makeExperimentChart(const QString &id)
{
    const auto found = std::find_if(makers().begin(), makers().end(), [&id](const auto &entry) {
        return id == QLatin1String(entry.first);
    });
    Q_ASSERT_X(found != makers().end(), "makeExperimentChart", "an id of experimentChartIds()");
    return withImported(found->second());
}

ChartCard *makeExperimentCard(const QString &id, QWidget *parent)
{
    return new PlotCard(makeExperimentChart(id), parent);
}

std::vector<int> tellingViews(const QString &id)
{
    // Throughput against P50 and P90 (the course's two sweet spots) and P99; the notebook's figure
    // beside ours; the share that padding wastes; boxes and map of throughput; all distributions.
    static const std::array<std::pair<const char *, std::vector<int>>, 6> all {
        {{"throughput-against-latency", {0, 1, 3}},
         {"itl-by-point", {0, 1}},
         {"padded-matrix", {0, 1}},
         {"box-plot", {0, 1}},
         {"heat-map", {0, 1}},
         {"distribution", {0, 1, 2}}}};
    for (const auto &[chart, views] : all) {
        if (id == QLatin1String(chart))
            return views;
    }
    return {0};
}

QStringList chartsFor(const Experiment &experiment)
{
    QStringList ids = leading(experiment);
    for (const QString &id : experimentChartIds()) {
        const bool suits = id == QLatin1String("kv-cost") ? varies(experiment, AxisKind::KvCache)
            : id == QLatin1String("heat-map")             ? varyTwo(experiment)
            : id == QLatin1String("padded-matrix")        ? varies(experiment, AxisKind::Padding)
                                                          : true;
        if (suits && !ids.contains(id))
            ids << id;
    }
    return ids;
}

} // namespace inferlab
