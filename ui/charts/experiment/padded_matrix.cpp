// A batch as the rectangle that padding makes of it: a row for each prompt, what is read, and what
// is computed for nothing; and, as a second view, the share of that over what varies.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/experiment_plot.h"

#include <algorithm>

namespace inferlab {

namespace {

constexpr int kMostColumns = 64; // of cells; beyond, a cell stands for several positions

class PaddedMatrix : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("padded-matrix"); }
    QStringList views() const override
    {
        return {QStringLiteral("one batch"), QStringLiteral("wasted share")};
    }
    PlotSpec plot(const ChartData &data, int view) override;
};

// The point with padding that wasted most, else the one with the most requests.
const PointFigures *tellingPoint(const ExperimentFigures &figures)
{
    const PointFigures *best = nullptr;
    for (const auto &point : figures.points) {
        if (point->promptTokens.empty())
            continue;
        const bool better = best == nullptr || point->paddedTokens > best->paddedTokens
            || (point->paddedTokens == best->paddedTokens
                && point->promptTokens.size() > best->promptTokens.size());
        if (better)
            best = point.get();
    }
    return best;
}

PlotCurve rowOf(int32_t length, int32_t longest, int32_t perCell, double y, bool padded, int point,
                const QString &name)
{
    PlotCurve row;
    for (int32_t from = 0; from < longest; from += perCell) {
        const bool useful = from < length;
        if (!useful && !padded)
            break;
        row.points.emplace_back(from + perCell / 2.0, y);
        row.shades.push_back(useful ? 0.7 : 0.0);
        row.weak.push_back(!useful);
        row.names << name;
        row.texts << (padded
                          ? QStringLiteral("%1 tokens, %2 padded").arg(length).arg(longest - length)
                          : QStringLiteral("%1 tokens").arg(length));
        row.runs.push_back({point});
    }
    return row;
}

void addLegend(PlotSpec &spec)
{
    LegendEntry useful;
    useful.text = QStringLiteral("prompt");
    useful.kind = PlotKind::Bars;
    useful.meaning = Meaning::Prefill;
    LegendEntry wasted;
    wasted.text = QStringLiteral("padding: computed for nothing");
    wasted.brief = QStringLiteral("padding");
    wasted.kind = PlotKind::Bars;
    wasted.meaning = Meaning::Queue;
    wasted.hatched = true;
    spec.legend = {useful, wasted};
}

std::optional<Estimate> wastedPercent(const PointFigures &point)
{
    const int64_t all = point.paddedTokens + point.usefulTokens;
    if (point.runs == 0 || all <= 0)
        return std::nullopt;
    Estimate estimate;
    estimate.value = 100.0 * static_cast<double>(point.paddedTokens) / static_cast<double>(all);
    estimate.n = point.runs;
    return estimate;
}

void addWasted(PlotSpec &spec, const ExperimentFigures &figures, size_t group)
{
    CurveLook look;
    look.name = figures.groups[group].isEmpty() ? QStringLiteral("wasted") : figures.groups[group];
    look.key = QString::number(group);
    look.meaning = Meaning::Queue; // as the pads of the matrix
    look.age = static_cast<int>(group);
    look.marker = group % 2 == 0 ? MarkerShape::Circle : MarkerShape::Diamond;
    look.unit = spec.y.unit;
    PlotSeries series = curveOverX(figures, group, look, wastedPercent);
    if (series.isEmpty())
        return;
    addCurveLegend(spec, look, look.name);
    spec.series.push_back(std::move(series));
}

// A count of rows, so it is the same on every machine; what it costs in time is another chart's.
PlotSpec wastedShare(const QString &id, const QString &view, const ChartData &data)
{
    PlotSpec spec = experimentPlot(id, QStringLiteral("Wasted share of computed rows, %"),
                                   QStringLiteral("Wasted share"), data);
    spec.view = view;
    spec.rangeKey += view;
    spec.y.unit = QStringLiteral("%");
    spec.table.columns = {QStringLiteral("Point"), QStringLiteral("Wasted, %")};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    spec.description = spec.title + QLatin1Char('.');
    for (const auto &point : figures.points) {
        if (const auto wasted = wastedPercent(*point)) {
            const QString name = pointName(figures, point->index);
            spec.table.rows.push_back({name, plainNumber(wasted->value, 1)});
            spec.description +=
                QStringLiteral(" %1: %2%.").arg(name, plainNumber(wasted->value, 1));
        }
    }
    for (size_t group = 0; group < figures.groups.size(); ++group)
        addWasted(spec, figures, group);
    spec.y.hasRange = true;
    spec.y.min = 0;
    spec.y.max = 100;
    addDoubtNote(spec, figures);
    return spec;
}

PlotSpec PaddedMatrix::plot(const ChartData &data, int view)
{
    if (view == 1)
        return wastedShare(id(), views().back(), data);
    PlotSpec spec = experimentPlot(id(), QStringLiteral("Padded matrix: a row for each prompt"),
                                   QStringLiteral("The batch as a rectangle"), data);
    spec.x = {};
    spec.x.title = QStringLiteral("position in the prompt, tokens");
    spec.x.whole = true;
    spec.table.columns = {QStringLiteral("Point"), QStringLiteral("Useful positions"),
                          QStringLiteral("Padded positions"), QStringLiteral("Wasted, %")};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    const PointFigures *point = tellingPoint(figures);
    if (point == nullptr)
        return spec;
    std::vector<int32_t> lengths = point->promptTokens;
    std::sort(lengths.begin(), lengths.end());
    const int32_t longest = std::max(1, lengths.back());
    const int32_t perCell = (longest + kMostColumns - 1) / kMostColumns;
    const bool padded = point->paddedTokens > 0;
    PlotSeries series;
    series.name = QStringLiteral("prompt");
    series.kind = PlotKind::Cells;
    series.meaning = Meaning::Prefill;
    series.barWidth = perCell;
    series.cellHeight = 0.8;
    for (size_t i = 0; i < lengths.size(); ++i)
        series.curves.push_back(rowOf(lengths[i], longest, perCell, static_cast<double>(i), padded,
                                      static_cast<int>(point->index),
                                      QStringLiteral("prompt of %1 tokens").arg(lengths[i])));
    spec.series.push_back(std::move(series));
    spec.y.hidden = true;
    spec.y.hasRange = true;
    spec.y.min = -0.6;
    spec.y.max = static_cast<double>(lengths.size()) - 0.4;
    spec.x.hasRange = true;
    spec.x.min = 0;
    spec.x.max = static_cast<double>((longest + perCell - 1) / perCell * perCell);
    spec.reach = perCell;
    addLegend(spec);
    spec.description = spec.title + QStringLiteral(".");
    for (const auto &each : figures.points) {
        const std::optional<Estimate> share = wastedPercent(*each);
        if (!share)
            continue;
        const double wasted = share->value;
        const QString name = pointName(figures, each->index);
        spec.table.rows.push_back({name, QString::number(each->usefulTokens),
                                   QString::number(each->paddedTokens), plainNumber(wasted, 1)});
        const QString words =
            QStringLiteral("%1: %2% of all positions wasted").arg(name, plainNumber(wasted, 1));
        if (each.get() == point)
            addNote(spec, words);
        spec.description += QLatin1Char(' ') + words + QLatin1Char('.');
    }
    addDoubtNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makePaddedMatrix()
{
    return std::make_unique<PaddedMatrix>();
}

} // namespace inferlab
