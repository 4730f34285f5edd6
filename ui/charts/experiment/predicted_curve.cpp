#include "ui/charts/experiment/predicted_curve.h"

#include "ui/charts/experiment/experiment_plot.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace inferlab {

namespace {

const QString kKey = QStringLiteral("predicted");
constexpr double kDashWidth = 1.6; // pixels at 100%: on the colour of a bar a thin one is lost

void addLegend(PlotSpec &spec)
{
    LegendEntry entry;
    entry.key = kKey;
    entry.text = QStringLiteral("predicted");
    entry.meaning = Meaning::Prediction;
    spec.legend.push_back(entry);
}

PlotSeries seriesOf(const QString &brief, const QString &unit)
{
    PlotSeries series;
    series.name = QStringLiteral("predicted");
    if (!brief.isEmpty())
        series.name += QStringLiteral(", ") + brief;
    series.keys = {kKey};
    series.meaning = Meaning::Prediction;
    series.width = 1.0;
    series.unit = unit;
    return series;
}

void addLabel(PlotSpec &spec, const PlotSeries &line)
{
    EndLabel label;
    label.y = line.curves.front().points.back().y();
    label.text = line.name + QLatin1Char(' ') + numberText(label.y);
    label.keys = line.keys;
    spec.endLabels.push_back(label);
}

std::vector<PredictedAt> valuesOf(const ExperimentFigures &figures, size_t group,
                                  const FigureOfPrediction &figure)
{
    std::vector<PredictedAt> values;
    for (size_t i = 0; i < figures.places.size(); ++i) {
        const RunMetrics *metrics = figures.predicted(i);
        if (figures.places[i].group != group || metrics == nullptr)
            continue;
        const std::optional<double> value = figure(*metrics);
        if (value && std::isfinite(*value) && *value > 0)
            values.push_back({figures.xOf(figures.places[i].x), *value, i});
    }
    return values;
}

} // namespace

std::optional<double> predictedPercentile(const std::optional<SampleSummary> &sample, int percent,
                                          double scale)
{
    if (!sample)
        return std::nullopt;
    const double value = percent == 50 ? sample->p50
        : percent == 90                ? sample->p90
        : percent == 95                ? sample->p95
                                       : sample->p99;
    return value * scale;
}

PlotSeries predictedLine(const ExperimentFigures &figures, std::vector<PredictedAt> values,
                         const QString &brief, int age, const QString &unit)
{
    PlotSeries series = seriesOf(brief, unit);
    series.age = age;
    series.marker = markerOfAge(age);
    std::sort(values.begin(), values.end(),
              [](const PredictedAt &a, const PredictedAt &b) { return a.x < b.x; });
    PlotCurve curve;
    for (const PredictedAt &at : values) {
        curve.points.emplace_back(at.x, at.y);
        curve.names << pointName(figures, at.point);
        curve.texts << valueText(at.y, unit) + QStringLiteral(", predicted");
        curve.runs.push_back({static_cast<int>(at.point)});
    }
    if (!curve.points.empty())
        series.curves.push_back(std::move(curve));
    return series;
}

QString withPrediction(const QString &measured, const std::optional<double> &predicted,
                       const QString &unit)
{
    return predicted ? QStringLiteral("%1; predicted %2").arg(measured, valueText(*predicted, unit))
                     : measured;
}

void addPredictedLines(PlotSpec &spec, std::vector<PlotSeries> lines)
{
    std::erase_if(lines, [](const PlotSeries &line) { return line.isEmpty(); });
    if (lines.empty())
        return;
    for (const PlotSeries &line : lines) {
        if (line.kind == PlotKind::Line)
            addLabel(spec, line);
    }
    // First, so that the measured curves lie over them.
    spec.series.insert(spec.series.begin(), std::make_move_iterator(lines.begin()),
                       std::make_move_iterator(lines.end()));
    addLegend(spec);
}

void addPredictedDashes(PlotSpec &spec, const std::vector<QPointF> &at, double width)
{
    if (at.empty() || spec.isEmpty())
        return;
    PlotSeries dashes = seriesOf({}, spec.y.unit);
    dashes.width = kDashWidth;
    dashes.pointable = false; // what is measured tells of it
    for (const QPointF &middle : at) {
        const QPointF half(width / 2, 0);
        PlotCurve dash;
        dash.points = {middle - half, middle + half};
        dashes.curves.push_back(std::move(dash));
    }
    spec.series.push_back(std::move(dashes));
    addLegend(spec);
}

void addPredictedCurve(PlotSpec &spec, const ExperimentFigures &figures,
                       const FigureOfPrediction &figure)
{
    if (figures.outlook == nullptr || spec.isEmpty())
        return;
    std::vector<PlotSeries> lines;
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        PlotSeries line =
            predictedLine(figures, valuesOf(figures, group, figure), figures.groupBriefs[group],
                          static_cast<int>(group), spec.y.unit);
        if (line.isEmpty())
            continue;
        if (!figures.numericX())
            line.kind = PlotKind::Dots; // names have no order to draw a line along
        const PlotCurve &curve = line.curves.front();
        for (size_t i = 0; i < curve.points.size(); ++i)
            spec.table.rows.push_back({curve.names[static_cast<qsizetype>(i)], line.name,
                                       plainNumber(curve.points[i].y()), QString(), QString(),
                                       QString()});
        lines.push_back(std::move(line));
    }
    addPredictedLines(spec, std::move(lines));
}

} // namespace inferlab
