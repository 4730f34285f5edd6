// Axes and curves of experiments.
#include "ui/charts/experiment/experiment_plot.h"

#include "ui/charts/axis_range.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kLogRoom = 1.12;        // beside the first and the last value
constexpr double kLogarithmicFrom = 8.0; // last over first: beyond, the small values would crowd

MarkerShape shapeOf(size_t index)
{
    return markerOfAge(static_cast<int>(index));
}

QString percentName(int percent)
{
    return QStringLiteral("P%1").arg(percent);
}

// At the end of a curve: its name and last value. A name that is a number needs a colon behind it.
void addEndLabel(PlotSpec &spec, const PlotSeries &series, const QString &name)
{
    if (series.isEmpty())
        return;
    const PlotCurve &curve = series.curves.front();
    EndLabel label;
    label.y = curve.points.back().y();
    label.text = name + QLatin1Char(' ') + numberText(label.y);
    label.keys = series.keys;
    label.meaning = series.meaning;
    label.weak = !curve.weak.empty() && curve.weak.back();
    spec.endLabels.push_back(label);
}

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

void setExperimentX(PlotSpec &spec, const ExperimentFigures &figures)
{
    const ExperimentAxis *axis = figures.axis();
    if (axis == nullptr || !figures.numericX()) {
        setCategoriesX(spec, figures);
        return;
    }
    spec.x.title = axisTitle(*axis);
    spec.x.whole = axisInfo(axis->kind).isWhole;
    spec.xName = spec.x.title;
    std::vector<double> values;
    for (size_t i = 0; i < axis->values.size(); ++i)
        values.push_back(figures.xOf(i));
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
        curve.texts << estimateText(*estimate, 1.0, look.unit);
        curve.runs.push_back({static_cast<int>(point->index)});
    }
    if (!curve.points.empty())
        series.curves.push_back(std::move(curve));
    return series;
}

void setPercentileColumns(PlotSpec &spec, const QString &quantity)
{
    const QString &unit = spec.y.unit;
    spec.table.columns = {QStringLiteral("Point"),
                          QStringLiteral("Percentile"),
                          QStringLiteral("%1, %2").arg(quantity, unit),
                          QStringLiteral("95% interval from, %1").arg(unit),
                          QStringLiteral("to, %1").arg(unit),
                          QStringLiteral("Remark")};
}

void addPercentileCurves(PlotSpec &spec, const ExperimentFigures &figures,
                         const PercentileCurves &curves)
{
    const bool grouped = figures.groups.size() > 1;
    const std::vector<int> percents =
        grouped ? std::vector<int> {curves.percents.front()} : curves.percents;
    size_t fewest = 0;
    spec.description = spec.title + QLatin1Char('.');
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        for (size_t p = 0; p < percents.size(); ++p) {
            const int percent = percents[p];
            CurveLook look;
            look.name = grouped ? figures.groups[group] : percentName(percent);
            look.key = QStringLiteral("%1-%2").arg(group).arg(percent);
            look.meaning = curves.meaning;
            look.age = static_cast<int>(group);
            look.marker = shapeOf(grouped ? group : p);
            look.width = grouped ? 2.0 : 2.4 - 0.5 * static_cast<double>(p);
            look.unit = curves.unit;
            PlotSeries series = curveOverX(figures, group, look, [&](const PointFigures &point) {
                std::optional<Estimate> estimate = estimateOf(curves.sample(point), percent);
                if (!estimate)
                    return estimate;
                fewest = fewest == 0 ? estimate->n : std::min(fewest, estimate->n);
                estimate->value *= curves.scale;
                if (estimate->interval) {
                    estimate->interval->low *= curves.scale;
                    estimate->interval->high *= curves.scale;
                }
                return estimate;
            });
            if (series.isEmpty())
                continue;
            addCurveLegend(spec, look, grouped ? figures.groups[group] : percentName(percent),
                           grouped ? figures.groupBriefs[group] : QString());
            addEndLabel(spec, series,
                        grouped ? figures.groupBriefs[group] + QLatin1Char(':')
                                : percentName(percent));
            const PlotCurve &curve = series.curves.front();
            for (size_t i = 0; i < curve.points.size(); ++i) {
                spec.table.rows.push_back(
                    {curve.names[static_cast<qsizetype>(i)], percentName(percent),
                     plainNumber(curve.points[i].y()), plainNumber(curve.intervals[i].low),
                     plainNumber(curve.intervals[i].high),
                     curve.weak[i] ? QStringLiteral("too few samples") : QString()});
            }
            if (p == 0)
                spec.description +=
                    QStringLiteral(" %1 goes from %2 at %3 to %4 at %5.")
                        .arg(look.name, valueText(curve.points.front().y(), look.unit),
                             curve.names.front(), valueText(curve.points.back().y(), look.unit),
                             curve.names.back());
            spec.series.push_back(std::move(series));
        }
    }
    if (fewest > 0) {
        spec.sample = QStringLiteral("n from %1 a point").arg(fewest);
        for (const int percent : percents) {
            if (fewest < samplesNeeded(percent)) {
                addNote(spec,
                        QStringLiteral("Hollow: fewer samples than %1 needs (%2)")
                            .arg(percentName(percent))
                            .arg(samplesNeeded(percent)));
                break;
            }
        }
    }
    addPartialNote(spec, figures);
}

void addNote(PlotSpec &spec, const QString &sentence)
{
    if (!spec.note.isEmpty())
        spec.note.prepend(QStringLiteral(" · "));
    spec.note.prepend(sentence);
}

QString barText(const ExperimentFigures &figures, size_t group, const QString &text)
{
    return figures.groups.size() > 1
        ? QStringLiteral("%1: %2").arg(figures.groupBriefs[group], text)
        : text;
}

void addSideBySideNote(PlotSpec &spec, const ExperimentFigures &figures)
{
    if (figures.groups.size() < 2)
        return;
    QStringList names;
    for (const QString &group : figures.groups)
        names << group;
    addNote(spec, QStringLiteral("Side by side: %1").arg(names.join(QStringLiteral(", "))));
}

void addPartialNote(PlotSpec &spec, const ExperimentFigures &figures)
{
    size_t partial = 0;
    size_t skipped = 0;
    size_t failed = 0;
    for (const auto &point : figures.points) {
        partial += point->state == PointState::Partial || point->state == PointState::Waiting;
        skipped += point->state == PointState::Skipped;
        failed += point->state == PointState::Failed;
    }
    if (partial > 0)
        addNote(spec,
                QStringLiteral("Partial: %1 of %2 points lack repeats")
                    .arg(partial)
                    .arg(figures.points.size()));
    if (skipped > 0)
        addNote(spec, QStringLiteral("%1 skipped").arg(skipped));
    if (failed > 0)
        addNote(spec, QStringLiteral("%1 failed").arg(failed));
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

QString estimateText(const Estimate &estimate, double scale, const QString &unit)
{
    QString text = valueText(estimate.value * scale, unit);
    if (estimate.interval && estimate.interval->high > estimate.interval->low)
        text += QStringLiteral(" (%1 to %2)")
                    .arg(numberText(estimate.interval->low * scale),
                         numberText(estimate.interval->high * scale));
    return text + QStringLiteral(", n = %1").arg(estimate.n);
}

} // namespace inferlab
