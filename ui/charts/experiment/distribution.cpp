// The whole distribution at every point: the share of samples at or below each value.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/experiment_plot.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

// Beyond that many steps, a staircase is drawn through this many of its quantiles.
constexpr size_t kMostSteps = 400;

struct Quantity
{
    const char *view;
    const char *title;
    const char *unit;
    double scale; // of a sample in ms
    Meaning meaning;
    Samples PointFigures::*sample;
};

const std::array<Quantity, 3> &quantities()
{
    static const std::array<Quantity, 3> all {
        {{"total latency", "Distribution of total latency, s", "s", 1e-3, Meaning::Decode,
          &PointFigures::endToEndMs},
         {"first token", "Distribution of time to first token, s", "s", 1e-3, Meaning::Prefill,
          &PointFigures::ttftMs},
         {"between tokens", "Distribution of inter-token latency, ms", "ms", 1.0, Meaning::Decode,
          &PointFigures::itlMs}}};
    return all;
}

class Distribution : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("distribution"); }
    QStringList views() const override { return viewNames(quantities()); }
    PlotSpec plot(const ChartData &data, int view) override;
};

PlotCurve staircase(const std::vector<double> &sorted, double scale)
{
    PlotCurve curve;
    const size_t steps = std::min(sorted.size(), kMostSteps);
    curve.points.emplace_back(sorted.front() * scale, 0.0);
    for (size_t i = 1; i <= steps; ++i) {
        const size_t rank = i * sorted.size() / steps; // 1-based
        curve.points.emplace_back(sorted[rank - 1] * scale,
                                  100.0 * static_cast<double>(rank)
                                      / static_cast<double>(sorted.size()));
    }
    return curve;
}

// Percentiles that so many samples do not claim, from P90 on; empty where all are.
QString remark(size_t n)
{
    QStringList few;
    for (const int percent : {90, 95, 99}) {
        if (n < samplesNeeded(percent))
            few << QStringLiteral("P%1").arg(percent);
    }
    return few.isEmpty() ? QString()
                         : QStringLiteral("too few samples for ") + few.join(QStringLiteral(", "));
}

void addPoint(PlotSpec &spec, const ExperimentFigures &figures, const PointFigures &point,
              const Quantity &quantity)
{
    const std::vector<double> &sorted = (point.*quantity.sample).all;
    if (sorted.empty())
        return;
    PlotSeries series;
    series.name = pointName(figures, point.index);
    series.keys = {QString::number(point.index)};
    series.meaning = quantity.meaning;
    series.age = static_cast<int>(spec.series.size());
    series.marker = markerOfAge(series.age);
    series.steps = true;
    series.width = 1.8;
    series.unit = QStringLiteral("%");
    series.curves.push_back(staircase(sorted, quantity.scale));
    PlotCurve &curve = series.curves.front();
    curve.runs.assign(curve.points.size(), {static_cast<int>(point.index)});
    LegendEntry entry;
    entry.key = series.keys.front();
    entry.text = series.name;
    entry.meaning = series.meaning;
    entry.age = series.age;
    entry.marker = series.marker;
    spec.legend.push_back(entry);
    PointLabel label;
    label.at = {percentileOfSorted(sorted, 50) * quantity.scale, 50.0};
    label.text = series.name;
    label.keys = series.keys;
    spec.pointLabels.push_back(label);
    QStringList row {series.name, QString::number(sorted.size())};
    for (const double percent : {0.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 100.0})
        row << plainNumber(percentileOfSorted(sorted, percent) * quantity.scale);
    spec.table.rows.push_back(row << remark(sorted.size()));
    spec.description += QStringLiteral(" %1: half within %2, 90% within %3, n = %4.")
                            .arg(series.name, valueText(label.at.x(), QLatin1String(quantity.unit)),
                                 valueText(percentileOfSorted(sorted, 90) * quantity.scale,
                                           QLatin1String(quantity.unit)))
                            .arg(sorted.size());
    spec.series.push_back(std::move(series));
}

PlotSpec Distribution::plot(const ChartData &data, int view)
{
    const Quantity &quantity = quantities()[static_cast<size_t>(std::clamp(view, 0, 2))];
    PlotSpec spec = experimentPlot(id(), QLatin1String(quantity.title),
                                   QStringLiteral("The distribution of latencies"), data);
    spec.view = QLatin1String(quantity.view);
    spec.rangeKey += spec.view;
    spec.x = {};
    spec.x.title = QStringLiteral("%1, %2").arg(spec.view, QLatin1String(quantity.unit));
    spec.x.unit = QLatin1String(quantity.unit);
    spec.xName.clear();
    spec.y.title = QStringLiteral("samples at or below, %");
    spec.y.unit = QStringLiteral("%");
    spec.y.hasRange = true;
    spec.y.min = 0;
    spec.y.max = 100;
    spec.table.columns = {QStringLiteral("Point"), QStringLiteral("n")};
    for (const char *name : {"min", "P10", "P25", "P50", "P75", "P90", "P95", "P99", "max"})
        spec.table.columns << QStringLiteral("%1, %2").arg(QLatin1String(name), spec.x.unit);
    spec.table.columns << QStringLiteral("Remark");
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    spec.description = spec.title + QStringLiteral(", share of samples at or below.");
    double least = 0;
    double most = 0;
    for (const auto &point : data.experiment->points) {
        addPoint(spec, *data.experiment, *point, quantity);
        const std::vector<double> &sorted = ((*point).*quantity.sample).all;
        if (sorted.empty())
            continue;
        least = least == 0 ? sorted.front() : std::min(least, sorted.front());
        most = std::max(most, sorted.back());
    }
    // Points that lie far apart would be steps at the left edge.
    spec.x.logarithmic = least > 0 && most / least > 20;
    addDoubtNote(spec, *data.experiment);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeDistribution()
{
    return std::make_unique<Distribution>();
}

} // namespace inferlab
