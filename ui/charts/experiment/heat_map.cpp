// Two axes at once: a cell for each pair, the darker the more. A range that is small against its
// middle is not stretched over all shades, so that noise does not look like an effect.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/experiment_plot.h"
#include "ui/charts/experiment/predicted_curve.h"

#include <algorithm>
#include <array>
#include <limits>

namespace inferlab {

namespace {

constexpr double kLeastRange = 0.5; // of the middle value, from white to full

struct Quantity
{
    const char *view;
    const char *title;
    const char *unit;
    Meaning meaning;
    double scale; // of a sample
    Samples PointFigures::*sample;
    std::optional<double> (*predicted)(const RunMetrics &);
};

const std::array<Quantity, 3> &quantities()
{
    static const std::array<Quantity, 3> all {
        {{"total latency", "Total latency P50, s", "s", Meaning::Decode, 1e-3,
          &PointFigures::endToEndMs,
          [](const RunMetrics &m) { return predictedPercentile(m.endToEnd, 50, 1e-3); }},
         {"throughput", "Throughput P50, tok/s total", "tok/s total", Meaning::Throughput, 1.0,
          &PointFigures::runTokPerSecond, [](const RunMetrics &m) { return m.outputTokPerSecond; }},
         {"between tokens", "Inter-token latency P50, ms", "ms", Meaning::Decode, 1.0,
          &PointFigures::itlMs,
          [](const RunMetrics &m) { return predictedPercentile(m.itl, 50); }}}};
    return all;
}

class HeatMap : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("heat-map"); }
    QStringList views() const override { return viewNames(quantities()); }
    PlotSpec plot(const ChartData &data, int view) override;
};

void setRows(PlotSpec &spec, const ExperimentFigures &figures)
{
    for (size_t g = 0; g < figures.groups.size(); ++g) {
        PlotCategory row;
        row.from = static_cast<double>(g) - 0.5;
        row.to = row.from + 1;
        row.text = figures.groups[g];
        spec.y.categories.push_back(row);
    }
    spec.y.hasRange = true;
    spec.y.min = -0.5;
    spec.y.max = static_cast<double>(figures.groups.size()) - 0.5;
}

// Shades of all cells: from the least to the most, or a wider range around them.
void shade(PlotSeries &series)
{
    std::vector<double> values;
    for (const PlotCurve &curve : series.curves)
        values.insert(values.end(), curve.shades.begin(), curve.shades.end());
    std::sort(values.begin(), values.end());
    const double middle = percentileOfSorted(values, 50);
    const double span = std::max(values.back() - values.front(), kLeastRange * middle);
    const double from = (values.front() + values.back() - span) / 2;
    for (PlotCurve &curve : series.curves) {
        for (double &value : curve.shades)
            value = span > 0 ? (value - from) / span : 0.5;
    }
}

PlotCurve rowOf(PlotSpec &spec, const ExperimentFigures &figures, size_t group,
                const Quantity &quantity, std::pair<double, double> &range)
{
    PlotCurve row;
    for (size_t x = 0; x < figures.xCount(); ++x) {
        const PointFigures *point = figures.at(x, group);
        const std::optional<Estimate> estimate =
            point ? estimateOf(point->*quantity.sample, 50, quantity.scale) : std::nullopt;
        if (!estimate)
            continue;
        const RunMetrics *metrics = figures.predicted(point->index);
        const std::optional<double> predicted =
            metrics != nullptr ? quantity.predicted(*metrics) : std::nullopt;
        row.points.emplace_back(static_cast<double>(x), static_cast<double>(group));
        row.shades.push_back(estimate->value); // shares of the range once all are known
        row.cellWords << numberText(estimate->value);
        row.names << pointName(figures, point->index);
        row.texts << withDoubt(
            withPrediction(estimateText(*estimate, spec.y.unit), predicted, spec.y.unit), *point);
        row.runs.push_back({static_cast<int>(point->index)});
        range.first = std::min(range.first, estimate->value);
        range.second = std::max(range.second, estimate->value);
        spec.table.rows.push_back(
            {row.names.back(), plainNumber(estimate->value),
             estimate->interval ? plainNumber(estimate->interval->low) : QString(),
             estimate->interval ? plainNumber(estimate->interval->high) : QString(),
             QString::number(estimate->n), estimateRemark(*estimate),
             predicted ? plainNumber(*predicted) : QString()});
    }
    return row;
}

// In percent as long as that is easier to grasp than a multiple.
QString spreadText(const std::pair<double, double> &range)
{
    const double ratio = range.second / range.first;
    return ratio < 2
        ? QStringLiteral("the largest is %1% above the smallest")
              .arg(plainNumber(100 * (ratio - 1), 1))
        : QStringLiteral("the largest is %1 times the smallest").arg(plainNumber(ratio, 1));
}

PlotSpec HeatMap::plot(const ChartData &data, int view)
{
    const Quantity &quantity = quantities()[static_cast<size_t>(std::clamp(view, 0, 2))];
    PlotSpec spec = experimentPlot(id(), QLatin1String(quantity.title),
                                   QStringLiteral("A map over two things that vary"), data);
    spec.view = QLatin1String(quantity.view);
    spec.rangeKey += spec.view;
    spec.y.unit = QLatin1String(quantity.unit);
    spec.table.columns = {QStringLiteral("Point"),
                          QLatin1String(quantity.title),
                          QStringLiteral("Interval from"),
                          QStringLiteral("to"),
                          QStringLiteral("n"),
                          QStringLiteral("Remark"),
                          QStringLiteral("Predicted, %1").arg(spec.y.unit)};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    setCategoriesX(spec, figures);
    setRows(spec, figures);
    PlotSeries series;
    series.name = spec.view;
    series.kind = PlotKind::Cells;
    series.meaning = quantity.meaning;
    series.barWidth = 1.0;
    series.unit = spec.y.unit;
    std::pair<double, double> range {std::numeric_limits<double>::max(),
                                     std::numeric_limits<double>::lowest()};
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        PlotCurve row = rowOf(spec, figures, group, quantity, range);
        if (!row.points.empty())
            series.curves.push_back(std::move(row));
    }
    if (series.curves.empty())
        return spec;
    shade(series);
    spec.series.push_back(std::move(series));
    spec.description = QStringLiteral("%1 from %2 to %3: %4.")
                           .arg(spec.title, valueText(range.first, spec.y.unit),
                                valueText(range.second, spec.y.unit), spreadText(range));
    if (const ExperimentAxis *axis = figures.axis())
        addNote(spec, QStringLiteral("Across: %1").arg(axisTitle(*axis)));
    addNote(spec, QStringLiteral("darker: more; ") + spreadText(range));
    addDoubtNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeHeatMap()
{
    return std::make_unique<HeatMap>();
}

} // namespace inferlab
