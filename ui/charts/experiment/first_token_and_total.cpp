// How much of the median total latency is spent before the first token.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_plot.h"

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
    LegendEntry entry;
    entry.key = name;
    entry.text = name;
    entry.kind = PlotKind::Bars;
    entry.meaning = meaning;
    spec.legend.push_back(entry);
    spec.series.push_back(std::move(series));
}

PlotSpec FirstTokenAndTotal::plot(const ChartData &data, int)
{
    PlotSpec spec = experimentPlot(id(), QStringLiteral("First token and total latency P50, s"),
                                   QStringLiteral("First token against total latency"), data);
    spec.y.unit = QStringLiteral("s");
    spec.table.columns = {QStringLiteral("Point"), QStringLiteral("TTFT P50, s"),
                          QStringLiteral("Total latency P50, s"), QStringLiteral("TTFT share, %"),
                          QStringLiteral("n")};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    setCategoriesX(spec, figures);
    const auto groups = static_cast<double>(figures.groups.size());
    const double width = 0.8 / groups;
    PlotCurve first;
    PlotCurve rest;
    spec.description = spec.title + QStringLiteral(".");
    for (size_t x = 0; x < figures.xCount(); ++x) {
        for (size_t group = 0; group < figures.groups.size(); ++group) {
            const PointFigures *point = figures.at(x, group);
            if (point == nullptr || point->ttftMs.empty() || point->endToEndMs.empty())
                continue;
            const double ttft = percentileOfSorted(point->ttftMs, 50) * kSPerMs;
            const double total = percentileOfSorted(point->endToEndMs, 50) * kSPerMs;
            const double at =
                static_cast<double>(x) + (static_cast<double>(group) - (groups - 1) / 2) * width;
            const QString name = pointName(figures, point->index);
            const QString share = plainNumber(100 * ttft / total, 1);
            first.points.emplace_back(at, ttft);
            rest.points.emplace_back(at, total);
            rest.bases.push_back(std::min(ttft, total));
            for (PlotCurve *curve : {&first, &rest}) {
                curve->names << name;
                curve->runs.push_back({static_cast<int>(point->index)});
            }
            first.texts << valueText(ttft, spec.y.unit);
            rest.texts << valueText(total, spec.y.unit);
            PointLabel label;
            label.at = {at, total};
            label.text = barText(figures, group, share + QLatin1Char('%'));
            label.onTop = true;
            spec.pointLabels.push_back(label);
            spec.table.rows.push_back({name, plainNumber(ttft), plainNumber(total), share,
                                       QString::number(point->endToEndMs.size())});
            spec.description +=
                QStringLiteral(" %1: %2 of %3, %4%.")
                    .arg(name, valueText(ttft, spec.y.unit), valueText(total, spec.y.unit), share);
        }
    }
    if (first.points.empty())
        return spec;
    addPart(spec, QStringLiteral("until the first token"), Meaning::Prefill, first, width * 0.9);
    addPart(spec, QStringLiteral("the rest of the answer"), Meaning::Decode, rest, width * 0.9);
    addNote(spec, QStringLiteral("Percent: the share until the first token"));
    addSideBySideNote(spec, figures);
    addPartialNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeFirstTokenAndTotal()
{
    return std::make_unique<FirstTokenAndTotal>();
}

} // namespace inferlab
