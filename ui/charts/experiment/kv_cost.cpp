// The cost of an answer by length, with the KV cache and without it, and from which length on the
// cache pays; behind each line what the cost model expects.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/experiment_plot.h"
#include "ui/charts/experiment/predicted_curve.h"

#include "app/experiment/cache_verdicts.h"
#include "engine/measure/curve_crossing.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

constexpr double kSPerMs = 1e-3;
constexpr int kPercent = 50;

class KvCost : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("kv-cost"); }
    PlotSpec plot(const ChartData &data, int view) override;
};

// What the points of a comparison have in common: "batch 8"; empty where nothing else varies.
QString commonName(const ExperimentFigures &figures, const CacheRoles &roles,
                   const CacheComparison &comparison)
{
    const ExperimentResult &result = *figures.result;
    const std::vector<AxisValue> &values = result.points[comparison.anyPoint()].point.values;
    QStringList names;
    for (size_t axis = 0; axis < values.size(); ++axis) {
        const ExperimentAxis &of = result.experiment.axes[axis];
        if (axis != roles.length && axis != roles.cache)
            names << axisName(of) + QLatin1Char(' ') + axisValue(of, values[axis]);
    }
    return names.join(QStringLiteral(", "));
}

// Of one comparison, with the cache or without it.
struct Side
{
    bool on = true;
    QString name; // "KV cache on, batch 8"
    PlotSeries measured, predicted;
    std::vector<Estimate> estimates; // of the measured points
};

QString sideName(const QString &common, const QString &cache)
{
    return common.isEmpty() ? cache : cache + QStringLiteral(", ") + common;
}

Side sideOf(const ExperimentFigures &figures, const CacheComparison &comparison,
            const QString &common, bool on, int age)
{
    struct At
    {
        double length = 0;
        const PointFigures *point = nullptr;
    };
    Side out;
    out.on = on;
    const QString word = on ? QStringLiteral("on") : QStringLiteral("off");
    out.name = sideName(common, QStringLiteral("KV cache ") + word);
    std::vector<At> along;
    std::vector<PredictedAt> expected;
    for (const CacheComparison::AtLength &at : comparison.lengths) {
        const std::optional<size_t> &index = on ? at.on : at.off;
        if (!index)
            continue;
        const RunMetrics *metrics = figures.predicted(*index);
        if (const auto seconds = metrics != nullptr
                ? predictedPercentile(metrics->endToEnd, kPercent, kSPerMs)
                : std::nullopt)
            expected.push_back({at.length, *seconds, *index});
        if (!figures.points[*index]->endToEndMs.empty())
            along.push_back({at.length, figures.points[*index].get()});
    }
    PlotSeries &series = out.measured;
    series.name = out.name;
    series.keys = {out.name};
    series.meaning = on ? Meaning::Decode : Meaning::Prefill;
    series.age = age;
    series.marker = on ? MarkerShape::Circle : MarkerShape::Square;
    series.markers = true;
    series.unit = QStringLiteral("s");
    PlotCurve curve;
    for (const auto &[length, point] : along) {
        const Estimate estimate = *estimateOf(point->endToEndMs, kPercent, kSPerMs);
        const PercentileInterval none {estimate.value, estimate.value};
        const PercentileInterval known = estimate.interval.value_or(none);
        curve.points.emplace_back(length, estimate.value);
        curve.intervals.push_back({known.low, known.high});
        curve.names << pointName(figures, point->index);
        curve.texts << withDoubt(estimateText(estimate, series.unit), *point);
        curve.runs.push_back({static_cast<int>(point->index)});
        out.estimates.push_back(estimate);
    }
    if (!curve.points.empty())
        series.curves.push_back(std::move(curve));
    out.predicted =
        predictedLine(figures, std::move(expected), sideName(common, word), age, series.unit);
    return out;
}

void addSide(PlotSpec &spec, const Side &side, const QString &common)
{
    if (side.measured.isEmpty())
        return;
    const PlotSeries &series = side.measured;
    LegendEntry entry;
    entry.key = series.name;
    entry.text = series.name;
    entry.meaning = series.meaning;
    entry.age = series.age;
    entry.marker = series.marker;
    spec.legend.push_back(entry);
    const PlotCurve &curve = series.curves.front();
    EndLabel label;
    label.y = curve.points.back().y();
    label.text = sideName(common, side.on ? QStringLiteral("on") : QStringLiteral("off"))
        + QLatin1Char(' ') + numberText(label.y);
    label.keys = series.keys;
    label.meaning = series.meaning;
    spec.endLabels.push_back(label);
    for (size_t i = 0; i < curve.points.size(); ++i) {
        const bool known = side.estimates[i].interval.has_value();
        spec.table.rows.push_back({curve.names[static_cast<qsizetype>(i)], QString(),
                                   plainNumber(curve.points[i].y()),
                                   known ? plainNumber(curve.intervals[i].low) : QString(),
                                   known ? plainNumber(curve.intervals[i].high) : QString(),
                                   estimateRemark(side.estimates[i])});
    }
    spec.series.push_back(series);
}

void addPredictedRows(PlotSpec &spec, const PlotSeries &line)
{
    for (const PlotCurve &curve : line.curves) {
        for (size_t i = 0; i < curve.points.size(); ++i)
            spec.table.rows.push_back({curve.names[static_cast<qsizetype>(i)], line.name,
                                       plainNumber(curve.points[i].y()), QString(), QString(),
                                       QString()});
    }
}

// The value of a line at x; none where it has no point there.
std::optional<double> valueAt(const PlotSeries &line, double x)
{
    for (const PlotCurve &curve : line.curves) {
        for (const QPointF &point : curve.points) {
            if (point.x() == x)
                return point.y();
        }
    }
    return std::nullopt;
}

// What is said of on against off: at the greatest length and over all of them.
void addComparison(PlotSpec &spec, const Side &on, const Side &off, const QString &common)
{
    std::vector<double> x;
    std::vector<double> with;
    std::vector<double> without;
    for (const QPointF &point : on.measured.curves.front().points) {
        const std::optional<double> same = valueAt(off.measured, point.x());
        if (!same)
            continue;
        x.push_back(point.x());
        with.push_back(point.y());
        without.push_back(*same);
    }
    if (x.empty())
        return;
    const QString ratio = numberText(without.back() / with.back());
    QString expected;
    const std::optional<double> expectedOn = valueAt(on.predicted, x.back());
    const std::optional<double> expectedOff = valueAt(off.predicted, x.back());
    if (expectedOn && expectedOff)
        expected = QStringLiteral(" (predicted %1)").arg(numberText(*expectedOff / *expectedOn));
    const QString where = common.isEmpty() ? QString() : common + QStringLiteral(": ");
    const QString pays = QString::fromStdString(cachePaysWords(x, with, without));
    spec.description += QStringLiteral(" %1At %2, off takes %3 times as long as on%4; %5.")
                            .arg(where, numberText(x.back()), ratio, expected, pays);
    addNote(spec,
            QStringLiteral("%1at %2: off / on = %3%4; %5")
                .arg(where, numberText(x.back()), ratio, expected, pays));
    if (const std::optional<CurveCrossing> crossing = curveCrossing(x, with, without)) {
        PointLabel label;
        label.at = {crossing->x, crossing->y};
        label.text = where + pays;
        label.strong = true;
        spec.pointLabels.push_back(label);
    }
}

PlotSpec KvCost::plot(const ChartData &data, int)
{
    PlotSpec spec =
        experimentPlot(id(), QStringLiteral("KV cache on and off: total latency P50, s"),
                       QStringLiteral("The KV cache's cost and gain by length"), data);
    spec.y.unit = QStringLiteral("s");
    spec.table.columns = {QStringLiteral("Point"),
                          QStringLiteral("Line"),
                          QStringLiteral("Total latency P50, s"),
                          QStringLiteral("Interval from, s"),
                          QStringLiteral("to, s"),
                          QStringLiteral("Remark")};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    const std::optional<CacheRoles> roles = cacheRoles(figures.result->experiment);
    if (!roles) {
        spec.emptyText = QStringLiteral("Vary the KV cache and a length to see what it saves.");
        return spec;
    }
    setNumbersX(spec, figures.result->experiment.axes[roles->length]);
    spec.description = spec.title + QStringLiteral(".");
    struct Pair
    {
        QString common;
        Side on, off;
    };
    std::vector<Pair> pairs;
    std::vector<Estimate> drawn;
    std::vector<PlotSeries> predicted;
    for (const CacheComparison &comparison : cacheComparisons(*figures.result, *roles)) {
        const auto age = static_cast<int>(pairs.size());
        const QString common = commonName(figures, *roles, comparison);
        pairs.push_back({common, sideOf(figures, comparison, common, true, age),
                         sideOf(figures, comparison, common, false, age)});
        for (const Side *side : {&pairs.back().on, &pairs.back().off}) {
            addSide(spec, *side, common);
            drawn.insert(drawn.end(), side->estimates.begin(), side->estimates.end());
            predicted.push_back(side->predicted);
        }
    }
    if (spec.isEmpty())
        return spec;
    for (const PlotSeries &line : predicted)
        addPredictedRows(spec, line);
    addPredictedLines(spec, std::move(predicted));
    addIntervalNote(spec, drawn);
    addDoubtNote(spec, figures);
    for (const auto &[common, on, off] : pairs) {
        if (!on.measured.isEmpty() && !off.measured.isEmpty())
            addComparison(spec, on, off, common);
    }
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeKvCost()
{
    return std::make_unique<KvCost>();
}

} // namespace inferlab
