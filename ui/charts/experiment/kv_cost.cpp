// The cost of an answer by length, with the KV cache and without it, and from which length on the
// cache pays.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_plot.h"

#include "engine/measure/curve_crossing.h"

#include <algorithm>

namespace inferlab {

namespace {

constexpr double kSPerMs = 1e-3;

class KvCost : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("kv-cost"); }
    PlotSpec plot(const ChartData &data, int view) override;
};

// Which axis is the length and which the cache; none when one of them does not vary.
struct Roles
{
    size_t length = 0, cache = 0;
};
std::optional<Roles> rolesOf(const Experiment &experiment)
{
    std::optional<size_t> length;
    std::optional<size_t> cache;
    for (size_t i = 0; i < experiment.axes.size(); ++i) {
        const AxisKind kind = experiment.axes[i].kind;
        if (kind == AxisKind::KvCache)
            cache = i;
        else if (axisInfo(kind).isNumber && !length)
            length = i;
    }
    if (!length || !cache)
        return std::nullopt;
    return Roles {*length, *cache};
}

PlotSeries lineOf(const ExperimentFigures &figures, const Roles &roles, bool on)
{
    std::vector<std::pair<double, const PointFigures *>> along;
    for (const auto &point : figures.points) {
        const std::vector<AxisValue> &values = figures.result->points[point->index].point.values;
        if (std::get<std::string>(values[roles.cache]) == (on ? "on" : "off")
            && !point->endToEndMs.empty())
            along.emplace_back(std::get<double>(values[roles.length]), point.get());
    }
    std::sort(along.begin(), along.end());
    PlotSeries series;
    series.name = on ? QStringLiteral("KV cache on") : QStringLiteral("KV cache off");
    series.keys = {series.name};
    series.meaning = on ? Meaning::Decode : Meaning::Prefill;
    series.marker = on ? MarkerShape::Circle : MarkerShape::Square;
    series.markers = true;
    series.unit = QStringLiteral("s");
    PlotCurve curve;
    for (const auto &[length, point] : along) {
        const std::optional<Estimate> estimate = estimateOf(point->endToEndMs, 50);
        curve.points.emplace_back(length, estimate->value * kSPerMs);
        const PercentileInterval known =
            estimate->interval.value_or(PercentileInterval {estimate->value, estimate->value});
        curve.intervals.push_back({known.low * kSPerMs, known.high * kSPerMs});
        curve.names << pointName(figures, point->index);
        curve.texts << estimateText(*estimate, kSPerMs, series.unit);
        curve.runs.push_back({static_cast<int>(point->index)});
    }
    if (!curve.points.empty())
        series.curves.push_back(std::move(curve));
    return series;
}

void addCrossing(PlotSpec &spec, const PlotCurve &on, const PlotCurve &off)
{
    std::vector<double> x;
    std::vector<double> with;
    std::vector<double> without;
    for (const QPointF &point : on.points) {
        const auto same = std::find_if(off.points.begin(), off.points.end(),
                                       [&](const QPointF &p) { return p.x() == point.x(); });
        if (same == off.points.end())
            continue;
        x.push_back(point.x());
        with.push_back(point.y());
        without.push_back(same->y());
    }
    if (x.empty())
        return;
    spec.description += QStringLiteral(" At %1, off takes %2 times as long as on.")
                            .arg(numberText(x.back()), numberText(without.back() / with.back()));
    addNote(spec,
            QStringLiteral("at %1: off / on = %2")
                .arg(numberText(x.back()), numberText(without.back() / with.back())));
    if (const std::optional<CurveCrossing> crossing = curveCrossing(x, with, without)) {
        PointLabel label;
        label.at = {crossing->x, crossing->y};
        label.text = QStringLiteral("the cache pays from %1").arg(numberText(crossing->x));
        label.strong = true;
        spec.pointLabels.push_back(label);
        spec.description += QStringLiteral(" The lines cross at %1.").arg(numberText(crossing->x));
    } else {
        addNote(spec,
                without.front() > with.front()
                    ? QStringLiteral("the cache pays at every measured length")
                    : QStringLiteral("the cache pays at no measured length"));
    }
}

PlotSpec KvCost::plot(const ChartData &data, int)
{
    PlotSpec spec =
        experimentPlot(id(), QStringLiteral("KV cache on and off: total latency P50, s"),
                       QStringLiteral("The KV cache's cost and gain by length"), data);
    spec.y.unit = QStringLiteral("s");
    spec.table.columns = {QStringLiteral("Point"), QStringLiteral("Total latency P50, s"),
                          QStringLiteral("95% interval from, s"), QStringLiteral("to, s")};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    const std::optional<Roles> roles = rolesOf(figures.result->experiment);
    if (!roles) {
        spec.emptyText = QStringLiteral("Vary the KV cache and a length to see what it saves.");
        return spec;
    }
    spec.x.title = axisTitle(figures.result->experiment.axes[roles->length]);
    spec.description = spec.title + QStringLiteral(".");
    const PlotSeries on = lineOf(figures, *roles, true);
    const PlotSeries off = lineOf(figures, *roles, false);
    for (const PlotSeries *series : {&on, &off}) {
        if (series->isEmpty())
            continue;
        LegendEntry entry;
        entry.key = series->name;
        entry.text = series->name;
        entry.meaning = series->meaning;
        entry.marker = series->marker;
        spec.legend.push_back(entry);
        const PlotCurve &curve = series->curves.front();
        EndLabel label;
        label.y = curve.points.back().y();
        label.text = (series == &on ? QStringLiteral("on ") : QStringLiteral("off "))
            + valueText(label.y, series->unit);
        label.keys = series->keys;
        label.meaning = series->meaning;
        spec.endLabels.push_back(label);
        for (size_t i = 0; i < curve.points.size(); ++i)
            spec.table.rows.push_back(
                {curve.names[static_cast<qsizetype>(i)], plainNumber(curve.points[i].y()),
                 plainNumber(curve.intervals[i].low), plainNumber(curve.intervals[i].high)});
        spec.series.push_back(*series);
    }
    if (!on.isEmpty() && !off.isEmpty())
        addCrossing(spec, on.curves.front(), off.curves.front());
    addPartialNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeKvCost()
{
    return std::make_unique<KvCost>();
}

} // namespace inferlab
