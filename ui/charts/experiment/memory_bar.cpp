// What each point held in memory: weights, KV cache, workspace; and what weights and cache come to
// by the formula W + B k n.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/experiment_plot.h"
#include "ui/charts/experiment/predicted_curve.h"

#include <array>

namespace inferlab {

namespace {

constexpr double kMiB = 1024.0 * 1024.0;

struct Part
{
    const char *name;
    Meaning meaning;
    uint64_t PointFigures::*bytes;
    bool hatched = false; // told from the weights without colour as well
};

constexpr std::array<Part, 3> kParts {
    {{"weights", Meaning::Queue, &PointFigures::weightBytes},
     {"KV cache", Meaning::Decode, &PointFigures::cacheBytes},
     {"workspace", Meaning::Prefill, &PointFigures::workspaceBytes, true}}};

class MemoryBar : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("memory"); }
    PlotSpec plot(const ChartData &data, int view) override;
};

PlotSpec MemoryBar::plot(const ChartData &data, int)
{
    PlotSpec spec = experimentPlot(id(), QStringLiteral("Memory, MiB"),
                                   QStringLiteral("Memory by what holds it"), data);
    spec.y.unit = QStringLiteral("MiB");
    spec.table.columns = {QStringLiteral("Point"), QStringLiteral("Weights, MiB"),
                          QStringLiteral("KV cache, MiB"), QStringLiteral("Workspace, MiB"),
                          QStringLiteral("Weights and cache by formula, MiB")};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    setCategoriesX(spec, figures);
    const auto groups = static_cast<double>(figures.groups.size());
    const double width = 0.8 / groups;
    std::array<PlotCurve, kParts.size()> curves;
    std::vector<QPointF> expected;
    spec.description = spec.title + QStringLiteral(".");
    for (size_t x = 0; x < figures.xCount(); ++x) {
        for (size_t group = 0; group < figures.groups.size(); ++group) {
            const PointFigures *point = figures.at(x, group);
            if (point == nullptr || point->weightBytes == 0)
                continue;
            const double at =
                static_cast<double>(x) + (static_cast<double>(group) - (groups - 1) / 2) * width;
            double below = 0;
            QStringList row {pointName(figures, point->index)};
            for (size_t part = 0; part < kParts.size(); ++part) {
                const double size = static_cast<double>((*point).*kParts[part].bytes) / kMiB;
                curves[part].points.emplace_back(at, below + size);
                curves[part].bases.push_back(below);
                curves[part].weak.push_back(kParts[part].hatched);
                curves[part].names << row.front();
                curves[part].texts << valueText(size, spec.y.unit);
                curves[part].runs.push_back({static_cast<int>(point->index)});
                below += size;
                row << plainNumber(size, 2);
            }
            const double formula = figures.predictedBytes(point->index) / kMiB;
            if (formula > 0)
                expected.emplace_back(at, formula);
            row << (formula > 0 ? plainNumber(formula, 2) : QString());
            PointLabel label;
            label.at = {at, below};
            label.text = barText(figures, group, numberText(below));
            label.onTop = true;
            spec.pointLabels.push_back(label);
            spec.table.rows.push_back(row);
            spec.description +=
                QStringLiteral(" %1: %2 in all.").arg(row.front(), valueText(below, spec.y.unit));
        }
    }
    if (curves.front().points.empty())
        return spec;
    for (size_t part = 0; part < kParts.size(); ++part) {
        PlotSeries series;
        series.name = QLatin1String(kParts[part].name);
        series.kind = PlotKind::Bars;
        series.meaning = kParts[part].meaning;
        series.barWidth = width * 0.9;
        series.unit = spec.y.unit;
        series.curves.push_back(std::move(curves[part]));
        LegendEntry entry;
        entry.text = series.name;
        entry.kind = PlotKind::Bars;
        entry.meaning = kParts[part].hatched ? Meaning::Queue : series.meaning;
        entry.hatched = kParts[part].hatched;
        spec.legend.push_back(entry);
        spec.series.push_back(std::move(series));
    }
    addPredictedDashes(spec, expected, width * 0.9);
    if (!expected.empty())
        addNote(spec,
                QStringLiteral("Predicted: weights, and keys and values of every sequence at its "
                               "longest"));
    addSideBySideNote(spec, figures);
    addDoubtNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeMemoryBar()
{
    return std::make_unique<MemoryBar>();
}

} // namespace inferlab
