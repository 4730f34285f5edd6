#include "ui/charts/experiment/predicted_curve.h"

#include "ui/charts/experiment/experiment_plot.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

const QString kKey = QStringLiteral("predicted");

PlotSeries predictedSeries(const ExperimentFigures &figures, size_t group, const QString &unit,
                           const FigureOfPrediction &figure)
{
    PlotSeries series;
    series.name = QStringLiteral("predicted");
    if (!figures.groupBriefs[group].isEmpty())
        series.name += QStringLiteral(", ") + figures.groupBriefs[group];
    series.keys = {kKey};
    series.kind = figures.numericX() ? PlotKind::Line : PlotKind::Dots;
    series.meaning = Meaning::Prediction;
    series.age = static_cast<int>(group);
    series.marker = markerOfAge(series.age);
    series.width = 1.0;
    series.unit = unit;
    struct At
    {
        double x, y;
        size_t point;
    };
    std::vector<At> values;
    for (size_t i = 0; i < figures.places.size(); ++i) {
        const RunMetrics *metrics = figures.predicted(i);
        if (figures.places[i].group != group || metrics == nullptr)
            continue;
        const std::optional<double> value = figure(*metrics);
        if (value && std::isfinite(*value) && *value > 0)
            values.push_back({figures.xOf(figures.places[i].x), *value, i});
    }
    std::sort(values.begin(), values.end(), [](const At &a, const At &b) { return a.x < b.x; });
    PlotCurve curve;
    for (const At &at : values) {
        curve.points.emplace_back(at.x, at.y);
        curve.names << pointName(figures, at.point);
        curve.texts << valueText(at.y, unit) + QStringLiteral(", predicted");
        curve.runs.push_back({static_cast<int>(at.point)});
    }
    if (!curve.points.empty())
        series.curves.push_back(std::move(curve));
    return series;
}

} // namespace

void addPredictedCurve(PlotSpec &spec, const ExperimentFigures &figures,
                       const FigureOfPrediction &figure)
{
    if (figures.outlook == nullptr || spec.isEmpty())
        return;
    std::vector<PlotSeries> all;
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        PlotSeries series = predictedSeries(figures, group, spec.y.unit, figure);
        if (series.isEmpty())
            continue;
        const PlotCurve &curve = series.curves.front();
        for (size_t i = 0; i < curve.points.size(); ++i)
            spec.table.rows.push_back({curve.names[static_cast<qsizetype>(i)], series.name,
                                       plainNumber(curve.points[i].y()), QString(), QString(),
                                       QString()});
        all.push_back(std::move(series));
    }
    if (all.empty())
        return;
    // First, so that the measured curves lie over it.
    spec.series.insert(spec.series.begin(), std::make_move_iterator(all.begin()),
                       std::make_move_iterator(all.end()));
    LegendEntry entry;
    entry.key = kKey;
    entry.text = QStringLiteral("predicted");
    entry.meaning = Meaning::Prediction;
    spec.legend.push_back(entry);
}

} // namespace inferlab
