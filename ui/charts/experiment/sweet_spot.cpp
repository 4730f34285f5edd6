#include "ui/charts/experiment/sweet_spot.h"

#include "ui/charts/experiment/experiment_plot.h"

#include <algorithm>

namespace inferlab {

namespace {

constexpr size_t kFewestPoints = 3; // fewer have no bend
constexpr double kSPerMs = 1e-3;

} // namespace

int sweetPercent(int view) noexcept
{
    constexpr int kLast = static_cast<int>(kSweetPercents.size()) - 1;
    return kSweetPercents[static_cast<size_t>(std::clamp(view, 0, kLast))];
}

bool alongLoad(const ExperimentFigures &figures)
{
    return figures.axis() != nullptr && isLoad(figures.axis()->kind);
}

std::vector<SweetPoint> sweetPoints(const ExperimentFigures &figures, size_t group, double percent)
{
    std::vector<SweetPoint> out;
    for (size_t x = 0; x < figures.xCount(); ++x) {
        const PointFigures *point = figures.at(x, group);
        if (point == nullptr || !point->sustainedTokPerSecond)
            continue;
        const auto latency = estimateOf(point->endToEndMs, percent, kSPerMs);
        const auto throughput = sustainedEstimate(*point);
        if (!latency || latency->value <= 0)
            continue;
        out.push_back(
            {figures.xOf(x), *latency, *throughput, point, pointName(figures, point->index)});
    }
    return out;
}

std::vector<PredictedAt> predictedSweetPoints(const ExperimentFigures &figures, size_t group,
                                              int percent)
{
    std::vector<PredictedAt> out;
    for (size_t i = 0; i < figures.places.size(); ++i) {
        const RunMetrics *metrics = figures.predicted(i);
        if (figures.places[i].group != group || metrics == nullptr || !metrics->outputTokPerSecond)
            continue;
        if (const auto seconds = predictedPercentile(metrics->endToEnd, percent, kSPerMs))
            out.push_back({*seconds, *metrics->outputTokPerSecond, i});
    }
    return out;
}

KneeReport kneesOf(const ExperimentFigures &figures, const std::vector<SweetPoint> &points)
{
    std::vector<LoadPoint> loads;
    for (const SweetPoint &point : points) {
        if (point.load <= 0)
            continue;
        LoadPoint load {point.load, point.throughput.value, point.latency.value / kSPerMs};
        load.p99Ms = percentileOfSorted(point.figures->endToEndMs.all, 99);
        load.n = point.figures->endToEndMs.all.size();
        loads.push_back(load);
    }
    return alongLoad(figures) && loads.size() >= kFewestPoints ? findKnees(std::move(loads))
                                                               : KneeReport();
}

QString budgetWords(const ExperimentFigures &figures, const LatencyBudget &budget)
{
    const SweetPoint *lastWithin = nullptr;
    const SweetPoint *firstBeyond = nullptr;
    size_t within = 0;
    size_t all = 0;
    std::vector<SweetPoint> points;
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        for (SweetPoint &point : sweetPoints(figures, group, budget.percentile)) {
            ++all;
            within += point.latency.value <= budget.ms * kSPerMs;
            if (group == 0)
                points.push_back(std::move(point));
        }
    }
    for (const SweetPoint &point : points) {
        const bool keeps = point.latency.value <= budget.ms * kSPerMs;
        if (keeps && (lastWithin == nullptr || point.load > lastWithin->load))
            lastWithin = &point;
        if (!keeps && (firstBeyond == nullptr || point.load < firstBeyond->load))
            firstBeyond = &point;
    }
    const QString text = QStringLiteral("budget %1 at P%2: ")
                             .arg(valueText(budget.ms * kSPerMs, QStringLiteral("s")))
                             .arg(budget.percentile);
    if (!alongLoad(figures) || figures.groups.size() > 1)
        return text + QStringLiteral("%1 of %2 points within it").arg(within).arg(all);
    if (lastWithin == nullptr)
        return text + QStringLiteral("no point within it");
    if (firstBeyond == nullptr)
        return text + QStringLiteral("all points within it");
    return text
        + QStringLiteral("%1 is the last within it, %2 the first beyond")
              .arg(lastWithin->name, firstBeyond->name);
}

} // namespace inferlab
