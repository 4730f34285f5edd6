// How much of the median total latency is spent before the first token.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/experiment_plot.h"
#include "ui/charts/experiment/predicted_curve.h"

#include <algorithm>

namespace inferlab {

namespace {

constexpr double kSPerMs = 1e-3;

class FirstTokenAndTotal : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("first-token-and-total"); }
    PlotSpec plot(const ChartData &data, int view) override;
};

// Bars of all points, and what is drawn across them.
struct Drawn
{
    PlotCurve first, rest;
    std::vector<Estimate> estimates;
    std::vector<QPointF> predicted;
};

void addPart(PlotSpec &spec, const QString &name, Meaning meaning, const PlotCurve &curve,
             double width)
{
    PlotSeries series;
    series.name = name;
    series.keys = {name};
    series.kind = PlotKind::Bars;
    series.meaning = meaning;
    series.barWidth = width;
    series.unit = QStringLiteral("s");
    series.curves.push_back(curve);
    spec.series.push_back(std::move(series));
}

void addLegend(PlotSpec &spec, const QString &name, Meaning meaning)
{
    LegendEntry entry;
    entry.key = name;
    entry.text = name;
    entry.kind = PlotKind::Bars;
    entry.meaning = meaning;
    spec.legend.push_back(entry);
}

PlotInterval intervalOf(const Estimate &estimate)
{
    const PercentileInterval none {estimate.value, estimate.value};
    const PercentileInterval known = estimate.interval.value_or(none);
    return {known.low, known.high};
}

void addPoint(PlotSpec &spec, Drawn &drawn, const ExperimentFigures &figures,
              const PointFigures &point, size_t group, double at)
{
    const std::optional<Estimate> ttft = estimateOf(point.ttftMs, 50, kSPerMs);
    const std::optional<Estimate> total = estimateOf(point.endToEndMs, 50, kSPerMs);
    if (!ttft || !total)
        return;
    const QString name = pointName(figures, point.index);
    const QString share = plainNumber(100 * ttft->value / total->value, 1);
    const RunMetrics *metrics = figures.predicted(point.index);
    const auto predicted = [metrics](std::optional<SampleSummary> RunMetrics::*sample) {
        return metrics != nullptr ? predictedPercentile(metrics->*sample, 50, kSPerMs)
                                  : std::nullopt;
    };
    const std::optional<double> predictedFirst = predicted(&RunMetrics::ttft);
    const std::optional<double> predictedTotal = predicted(&RunMetrics::endToEnd);
    drawn.first.points.emplace_back(at, ttft->value);
    drawn.rest.points.emplace_back(at, total->value);
    drawn.rest.bases.push_back(std::min(ttft->value, total->value));
    drawn.first.intervals.push_back(intervalOf(*ttft));
    drawn.rest.intervals.push_back(intervalOf(*total));
    for (PlotCurve *curve : {&drawn.first, &drawn.rest}) {
        curve->names << name;
        curve->runs.push_back({static_cast<int>(point.index)});
    }
    const QString &unit = spec.y.unit;
    drawn.first.texts << withDoubt(withPrediction(estimateText(*ttft, unit), predictedFirst, unit),
                                   point);
    drawn.rest.texts << withDoubt(withPrediction(estimateText(*total, unit), predictedTotal, unit),
                                  point);
    for (const std::optional<double> &dash : {predictedFirst, predictedTotal}) {
        if (dash)
            drawn.predicted.emplace_back(at, *dash);
    }
    drawn.estimates.push_back(*ttft);
    drawn.estimates.push_back(*total);
    PointLabel label;
    label.at = {at, drawn.rest.intervals.back().high}; // over the error bar
    label.text = barText(figures, group, share + QLatin1Char('%'));
    label.onTop = true;
    spec.pointLabels.push_back(label);
    spec.table.rows.push_back(
        {name, plainNumber(ttft->value), plainNumber(total->value), share,
         QString::number(total->n), plainNumber(drawn.rest.intervals.back().low),
         plainNumber(drawn.rest.intervals.back().high), estimateRemark(*total),
         predictedFirst ? plainNumber(*predictedFirst) : QString(),
         predictedTotal ? plainNumber(*predictedTotal) : QString()});
    spec.description +=
        QStringLiteral(" %1: %2 of %3, %4%.")
            .arg(name, valueText(ttft->value, unit), valueText(total->value, unit), share);
}

PlotSpec FirstTokenAndTotal::plot(const ChartData &data, int)
{
    PlotSpec spec = experimentPlot(id(), QStringLiteral("First token and total latency P50, s"),
                                   QStringLiteral("First token against total latency"), data);
    spec.y.unit = QStringLiteral("s");
    spec.table.columns = {QStringLiteral("Point"),
                          QStringLiteral("TTFT P50, s"),
                          QStringLiteral("Total latency P50, s"),
                          QStringLiteral("TTFT share, %"),
                          QStringLiteral("n"),
                          QStringLiteral("Total from, s"),
                          QStringLiteral("to, s"),
                          QStringLiteral("Remark"),
                          QStringLiteral("Predicted TTFT P50, s"),
                          QStringLiteral("Predicted total P50, s")};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    setCategoriesX(spec, figures);
    const auto groups = static_cast<double>(figures.groups.size());
    const double width = 0.8 / groups;
    Drawn drawn;
    spec.description = spec.title + QStringLiteral(".");
    for (size_t x = 0; x < figures.xCount(); ++x) {
        for (size_t group = 0; group < figures.groups.size(); ++group) {
            const double at =
                static_cast<double>(x) + (static_cast<double>(group) - (groups - 1) / 2) * width;
            if (const PointFigures *point = figures.at(x, group))
                addPoint(spec, drawn, figures, *point, group, at);
        }
    }
    if (drawn.first.points.empty())
        return spec;
    const QString first = QStringLiteral("until the first token");
    const QString rest = QStringLiteral("the rest of the answer");
    addLegend(spec, first, Meaning::Prefill);
    addLegend(spec, rest, Meaning::Decode);
    // The lower part last: its error bar reaches into the upper one.
    addPart(spec, rest, Meaning::Decode, drawn.rest, width * 0.9);
    addPart(spec, first, Meaning::Prefill, drawn.first, width * 0.9);
    addPredictedDashes(spec, drawn.predicted, width * 0.9);
    addIntervalNote(spec, drawn.estimates);
    addNote(spec, QStringLiteral("Percent: the share until the first token"));
    addSideBySideNote(spec, figures);
    addDoubtNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeFirstTokenAndTotal()
{
    return std::make_unique<FirstTokenAndTotal>();
}

} // namespace inferlab
