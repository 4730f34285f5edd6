// Axes and curves of experiments.
#include "ui/charts/experiment/experiment_plot.h"

#include "ui/charts/experiment/experiment_notes.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kLogRoom = 1.12;        // beside the first and the last value
constexpr double kLogarithmicFrom = 8.0; // last over first: beyond, the small values would crowd

} // namespace

void addCurveLegend(PlotSpec &spec, const CurveLook &look, const QString &text,
                    const QString &brief)
{
    LegendEntry entry;
    entry.key = look.key;
    entry.text = text;
    entry.brief = brief;
    entry.kind = PlotKind::Line;
    entry.meaning = look.meaning;
    entry.age = look.age;
    entry.marker = look.marker;
    spec.legend.push_back(entry);
}

PlotSpec experimentPlot(const QString &id, const QString &title, const QString &what,
                        const ChartData &data)
{
    PlotSpec spec;
    spec.id = id;
    spec.title = title;
    spec.live = data.live;
    spec.emptyText = what
        + QStringLiteral(" appears here as points are measured.\n"
                         "Choose an experiment and press Start.");
    spec.description = what + QStringLiteral(": not enough data.");
    if (data.experiment == nullptr)
        return spec;
    const ExperimentResult &result = *data.experiment->result;
    spec.rangeKey = QString::fromStdString(result.experiment.name + " " + result.started);
    if (result.runCount() > 0)
        spec.emptyText = what + QStringLiteral(": not enough data.");
    if (!result.experiment.note.empty())
        addNote(spec, QString::fromStdString(result.experiment.note));
    setExperimentX(spec, *data.experiment);
    return spec;
}

void setNumbersX(PlotSpec &spec, const ExperimentAxis &axis)
{
    spec.x = {};
    spec.x.title = axisTitle(axis);
    spec.x.whole = axisInfo(axis.kind).isWhole;
    spec.xName = spec.x.title;
    std::vector<double> values;
    for (const AxisValue &value : axis.values)
        values.push_back(std::get<double>(value));
    setNumericX(spec, std::move(values));
}

void setNumericX(PlotSpec &spec, std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    spec.x.tickAt = values;
    spec.x.hasRange = true;
    const double low = values.front();
    const double high = values.back();
    if (low > 0 && high / low >= kLogarithmicFrom) {
        spec.x.logarithmic = true;
        spec.x.min = low / kLogRoom;
        spec.x.max = high * kLogRoom;
        spec.reach = low * 1e-6;
        return;
    }
    spec.x.logarithmic = false;
    const double span = high > low ? high - low : std::max(1.0, std::abs(high));
    spec.x.min = low - span * 0.06;
    spec.x.max = high + span * 0.06;
    spec.reach = span * 1e-6;
}

void setExperimentX(PlotSpec &spec, const ExperimentFigures &figures)
{
    if (figures.numericX())
        setNumbersX(spec, *figures.axis());
    else
        setCategoriesX(spec, figures);
}

void setCategoriesX(PlotSpec &spec, const ExperimentFigures &figures)
{
    const ExperimentAxis *axis = figures.axis();
    spec.x = {};
    spec.x.title = axis == nullptr ? QString() : axisTitle(*axis);
    for (size_t i = 0; i < figures.xCount(); ++i) {
        PlotCategory category;
        category.from = static_cast<double>(i) - 0.5;
        category.to = category.from + 1;
        if (axis == nullptr)
            category.text = QString::fromStdString(figures.result->experiment.name);
        else
            category.text = axisValue(*axis, axis->values[i]);
        spec.x.categories.push_back(category);
    }
    spec.x.hasRange = true;
    spec.x.min = -0.5;
    spec.x.max = static_cast<double>(figures.xCount()) - 0.5;
    spec.reach = 0.49;
}

PlotSeries curveOverX(const ExperimentFigures &figures, size_t group, const CurveLook &look,
                      const FigureOfPoint &figure)
{
    PlotSeries series;
    series.name = look.name;
    series.keys = {look.key};
    series.kind = figures.numericX() ? PlotKind::Line : PlotKind::Dots;
    series.meaning = look.meaning;
    series.age = look.age;
    series.marker = look.marker;
    series.width = look.width;
    series.markers = true;
    series.unit = look.unit;
    std::vector<size_t> order(figures.xCount());
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](size_t a, size_t b) { return figures.xOf(a) < figures.xOf(b); });
    PlotCurve curve;
    for (const size_t x : order) {
        const PointFigures *point = figures.at(x, group);
        const std::optional<Estimate> estimate = point ? figure(*point) : std::nullopt;
        if (!estimate || !std::isfinite(estimate->value))
            continue;
        curve.points.emplace_back(figures.xOf(x), estimate->value);
        const PercentileInterval none {estimate->value, estimate->value};
        const PercentileInterval known = estimate->interval.value_or(none);
        curve.intervals.push_back({known.low, known.high});
        curve.weak.push_back(!estimate->claimed);
        curve.names << pointName(figures, point->index);
        curve.texts << withDoubt(estimateText(*estimate, look.unit), *point);
        curve.runs.push_back({static_cast<int>(point->index)});
    }
    if (!curve.points.empty())
        series.curves.push_back(std::move(curve));
    return series;
}

QString barText(const ExperimentFigures &figures, size_t group, const QString &text)
{
    return figures.groups.size() > 1
        ? QStringLiteral("%1: %2").arg(figures.groupBriefs[group], text)
        : text;
}

QString pointName(const ExperimentFigures &figures, size_t point)
{
    const Experiment &experiment = figures.result->experiment;
    const std::vector<AxisValue> &values = figures.result->points[point].point.values;
    QStringList parts;
    for (size_t i = 0; i < experiment.axes.size(); ++i)
        parts << axisName(experiment.axes[i]) + QLatin1Char(' ')
                + axisValue(experiment.axes[i], values[i]);
    return parts.isEmpty() ? QString::fromStdString(experiment.name)
                           : parts.join(QStringLiteral(", "));
}

} // namespace inferlab
