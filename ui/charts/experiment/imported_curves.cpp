#include "ui/charts/experiment/imported_curves.h"

#include "ui/charts/experiment/experiment_plot.h"
#include "ui/charts/experiment/sweet_spot.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace inferlab {

namespace {

constexpr double kSPerMs = 1e-3;

QString nameOf(const ImportedSeries &series)
{
    return QStringLiteral("imported: %1").arg(QString::fromStdString(series.name));
}

QString loadOf(const ImportedSeries &series, const ImportedPoint &point)
{
    const QString load = plainNumber(point.load);
    return series.inFlight ? QStringLiteral("%1 in flight").arg(load)
                           : QStringLiteral("batch %1").arg(load);
}

std::optional<double> seconds(const std::map<int, double> &ms, int percent)
{
    const auto found = ms.find(percent);
    return found == ms.end() ? std::nullopt : std::optional(found->second * kSPerMs);
}

using FigureOfImported = std::function<std::optional<double>(const ImportedPoint &)>;

// What a chart over x shows of them: a figure by its id; null for a chart that shows none.
FigureOfImported figureOf(const QString &id)
{
    if (id == QLatin1String("throughput-by-point"))
        return [](const ImportedPoint &point) { return point.tokPerSecond; };
    if (id == QLatin1String("latency-by-point"))
        return [](const ImportedPoint &point) { return seconds(point.latencyMs, 50); };
    if (id == QLatin1String("ttft-by-point"))
        return [](const ImportedPoint &point) { return seconds(point.ttftMs, 50); };
    return nullptr;
}

PlotSeries lookOf(const ImportedSeries &imported, size_t index, Meaning meaning,
                  const QString &unit)
{
    PlotSeries series;
    series.name = nameOf(imported);
    series.keys = {QStringLiteral("imported-%1").arg(index)};
    series.meaning = meaning;
    series.age = static_cast<int>(index) + 1;
    series.marker = MarkerShape::Cross;
    series.width = 1.4;
    series.dashed = true;
    series.markers = true;
    series.unit = unit;
    return series;
}

void addLegend(PlotSpec &spec, const PlotSeries &series, const ImportedSeries &imported)
{
    LegendEntry entry;
    entry.key = series.keys.front();
    entry.text = series.name;
    entry.brief = QString::fromStdString(imported.name);
    entry.meaning = series.meaning;
    entry.age = series.age;
    entry.marker = series.marker;
    entry.dashed = true;
    spec.legend.push_back(entry);
}

// Loads that the experiment has not planned are drawn as well.
void widenX(PlotSpec &spec, const ExperimentFigures &figures)
{
    std::vector<double> loads;
    for (size_t i = 0; i < figures.xCount(); ++i)
        loads.push_back(figures.xOf(i));
    for (const ImportedSeries &series : *figures.imported) {
        for (const ImportedPoint &point : series.points)
            loads.push_back(point.load);
    }
    setNumericX(spec, std::move(loads));
}

void addOverX(PlotSpec &spec, const ExperimentFigures &figures, const FigureOfImported &figure)
{
    const Meaning meaning = spec.series.empty() ? Meaning::Throughput : spec.series.back().meaning;
    size_t index = 0;
    for (const ImportedSeries &imported : *figures.imported) {
        PlotSeries series = lookOf(imported, index++, meaning, spec.y.unit);
        PlotCurve curve;
        for (const ImportedPoint &point : imported.points) {
            const std::optional<double> value = figure(point);
            if (!value)
                continue;
            curve.points.emplace_back(point.load, *value);
            curve.names << loadOf(imported, point);
            curve.texts << valueText(*value, spec.y.unit) + QStringLiteral(", ") + series.name;
            spec.table.rows.push_back({curve.names.back(), series.name, plainNumber(*value),
                                       QString(), QString(), QStringLiteral("imported")});
        }
        if (curve.points.empty())
            continue;
        series.curves.push_back(std::move(curve));
        addLegend(spec, series, imported);
        spec.series.push_back(std::move(series));
    }
    widenX(spec, figures);
}

struct ImportedDot
{
    QPointF at;
    QString name;
    bool isWeak = false; // its latency
    size_t runs = 0;     // 0: unknown
};

QString fewWords(size_t runs)
{
    return runs > 0 ? QStringLiteral("of %1 runs: few").arg(runs)
                    : QStringLiteral("of how many runs is unknown");
}

void addAgainstLatency(PlotSpec &spec, const ExperimentFigures &figures, int percent)
{
    size_t index = 0;
    for (const ImportedSeries &imported : *figures.imported) {
        PlotSeries series = lookOf(imported, index++, Meaning::Throughput, spec.y.unit);
        series.kind = PlotKind::Dots; // latency need not rise with the load
        std::vector<ImportedDot> dots;
        for (const ImportedPoint &point : imported.points) {
            const std::optional<double> latency = seconds(point.latencyMs, percent);
            if (latency && point.tokPerSecond)
                dots.push_back({{*latency, *point.tokPerSecond},
                                loadOf(imported, point),
                                percent > 50 && point.weakLatency,
                                point.runs});
        }
        if (dots.empty())
            continue;
        std::stable_sort(dots.begin(), dots.end(),
                         [](const auto &a, const auto &b) { return a.at.x() < b.at.x(); });
        PlotCurve curve;
        for (const auto &[at, name, isWeak, runs] : dots) {
            const QString few = isWeak ? fewWords(runs) : QString();
            curve.points.push_back(at);
            curve.names << name;
            curve.texts << QStringLiteral("%1 tok/s total at %2 s, %3")
                               .arg(numberText(at.y()), numberText(at.x()), series.name)
                    + (isWeak ? QStringLiteral(" (%1)").arg(few) : QString());
            curve.weak.push_back(isWeak);
            PointLabel label;
            label.at = at;
            label.text = name;
            label.keys = series.keys;
            label.muted = true;
            spec.pointLabels.push_back(label);
            spec.table.rows.push_back(
                {name + QStringLiteral(", ") + series.name, plainNumber(at.y(), 2),
                 plainNumber(at.x()), QString(),
                 isWeak ? QStringLiteral("imported, %1").arg(few) : QStringLiteral("imported"),
                 QString()});
        }
        PlotSeries path = series;
        path.kind = PlotKind::Line;
        path.markers = false;
        path.pointable = false;
        path.curves.push_back(curve);
        path.curves.back().weak.clear(); // of the dots
        spec.series.push_back(std::move(path));
        series.curves.push_back(std::move(curve));
        addLegend(spec, series, imported);
        spec.series.push_back(std::move(series));
    }
}

class WithImported : public ChartSource
{
public:
    explicit WithImported(std::unique_ptr<ChartSource> chart)
        : m_chart(std::move(chart))
    { }

    QString id() const override { return m_chart->id(); }
    QStringList views() const override { return m_chart->views(); }
    ChartTable table(const PlotSpec &spec) const override { return m_chart->table(spec); }
    PlotSpec plot(const ChartData &data, int view) override
    {
        PlotSpec spec = m_chart->plot(data, view);
        const ExperimentFigures *figures = data.experiment.get();
        if (figures == nullptr || figures->imported == nullptr || figures->imported->empty()
            || !alongLoad(*figures))
            return spec;
        if (const FigureOfImported figure = figureOf(id()))
            addOverX(spec, *figures, figure);
        else
            addAgainstLatency(spec, *figures, sweetPercent(view));
        // Fitted anew when there are others.
        for (const ImportedSeries &series : *figures->imported) {
            spec.rangeKey += QLatin1Char('|') + QString::fromStdString(series.name);
            spec.description += QStringLiteral(" Beside it, %1.").arg(nameOf(series));
        }
        return spec;
    }

private:
    std::unique_ptr<ChartSource> m_chart;
};

} // namespace

std::unique_ptr<ChartSource> withImported(std::unique_ptr<ChartSource> chart)
{
    const QString id = chart->id();
    if (figureOf(id) == nullptr && id != QLatin1String("throughput-against-latency"))
        return chart;
    return std::make_unique<WithImported>(std::move(chart));
}

} // namespace inferlab
