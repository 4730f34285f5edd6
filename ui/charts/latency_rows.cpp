// Percentiles of several runs, a row for each: names and numbers find room where bars side by side
// would hide each other.
#include "ui/charts/latency_figures.h"

#include <algorithm>

namespace inferlab {

namespace {

// Widths in units of a percentile's column: n has more, and with it keeps the latencies apart.
constexpr double kCountWidth = 1.2;
constexpr double kGroupWidth = static_cast<double>(kLatencyPercentiles.size()) + kCountWidth;
constexpr double kMostMs = 999.5; // beyond, seconds are shorter

struct Scale
{
    double tallestMs = 0;
    double perUnit = 1;
    QString unit;
    int decimals = 0; // of every number of the latency
    int decimalsBrief = 0;
    QString widest; // of these numbers
};

Scale scaleOf(const std::vector<LatenciesOfRun> &runs, size_t figure)
{
    Scale scale;
    for (const LatenciesOfRun &run : runs) {
        if (run.summaries[figure])
            scale.tallestMs = std::max(scale.tallestMs, run.summaries[figure]->p99);
    }
    const LatencyFigure about = latencyFigures()[figure];
    const bool asSeconds = about.perUnit > 1 || scale.tallestMs >= kMostMs;
    scale.perUnit = asSeconds ? 1000.0 : 1.0;
    scale.unit = asSeconds ? QStringLiteral("s") : QStringLiteral("ms");
    const double tallest = scale.tallestMs / scale.perUnit;
    scale.decimals = tallest >= 99.95 ? 0 : tallest >= 9.995 ? 1 : 2;
    scale.decimalsBrief = tallest >= 9.95 ? 0 : 1;
    scale.widest = fixedNumberText(tallest, scale.decimals);
    return scale;
}

// "8.5", ".57": three places that say something of small values too.
QString briefValue(double value, int decimals)
{
    constexpr double kOne = 0.995; // what rounds to it
    return value < kOne ? fixedNumberText(value, 2).mid(1) : fixedNumberText(value, decimals);
}

// "2k": the readout has the number.
QString briefCount(size_t n)
{
    return n < 1000 ? QString::number(n) : QStringLiteral("%1k").arg((n + 500) / 1000);
}

// The cells of one latency of one run, and its n beside them.
void addCells(PlotSpec &spec, const LatenciesOfRun &run, size_t figure, const Scale &scale,
              double row)
{
    const LatencyFigure about = latencyFigures()[figure];
    const auto &summary = run.summaries[figure];
    const double left = static_cast<double>(figure) * kGroupWidth;
    PlotSeries cells;
    cells.name = run.run.label;
    cells.keys = QStringList {run.run.key, about.name};
    cells.kind = PlotKind::Cells;
    cells.cellBars = true;
    cells.meaning = about.meaning;
    cells.barWidth = 0.98;
    cells.cellHeight = 0.84;
    cells.widestWords = scale.widest;
    PlotSeries count = cells;
    count.widestWords.clear();
    count.barWidth = kCountWidth;
    count.pointable = false;
    PlotCurve values;
    PlotCurve counts;
    if (summary && scale.tallestMs > 0) {
        for (size_t p = 0; p < kLatencyPercentiles.size(); ++p) {
            const int percent = kLatencyPercentiles[p];
            const double value = percentileOf(*summary, percent);
            values.points.emplace_back(left + static_cast<double>(p) + 0.5, row);
            values.shades.push_back(value / scale.tallestMs);
            values.weak.push_back(!summary->claims(percent));
            values.cellWords << fixedNumberText(value / scale.perUnit, scale.decimals);
            values.cellBriefs << briefValue(value / scale.perUnit, scale.decimalsBrief);
            values.names << QStringLiteral("%1 P%2").arg(about.name).arg(percent);
            values.texts << claimText(*summary, percent, scale.perUnit, scale.unit);
        }
        counts.points.emplace_back(left + 3 + kCountWidth / 2, row);
        counts.shades.push_back(0);
        counts.cellWords << countText(static_cast<qint64>(summary->n));
        counts.cellBriefs << briefCount(summary->n);
    }
    cells.curves.push_back(std::move(values));
    count.curves.push_back(std::move(counts));
    spec.series.push_back(std::move(cells));
    spec.series.push_back(std::move(count));
}

void addHeading(PlotSpec &spec, size_t figure, const Scale &scale)
{
    const double left = static_cast<double>(figure) * kGroupWidth;
    for (size_t p = 0; p < kLatencyPercentiles.size(); ++p) {
        PlotCategory category;
        category.from = left + static_cast<double>(p);
        category.to = category.from + 1;
        category.text = QStringLiteral("P%1").arg(kLatencyPercentiles[p]);
        category.brief = QString::number(kLatencyPercentiles[p]);
        spec.x.categories.push_back(category);
    }
    PlotCategory count;
    count.from = left + 3;
    count.to = count.from + kCountWidth;
    count.text = QStringLiteral("n");
    spec.x.categories.push_back(count);
    PlotCategory heading;
    heading.from = left;
    heading.to = left + 3 + kCountWidth;
    heading.caption = QStringLiteral("%1, %2").arg(latencyFigures()[figure].name, scale.unit);
    spec.x.categories.push_back(heading);
}

} // namespace

void addLatencyRows(PlotSpec &spec, const std::vector<LatenciesOfRun> &runs)
{
    const auto rows = static_cast<double>(runs.size());
    spec.x.hasRange = spec.y.hasRange = true;
    spec.x.min = 0;
    spec.x.max = 3 * kGroupWidth;
    spec.y.min = 0;
    spec.y.max = rows;
    spec.reach = 0.5;
    for (size_t r = 0; r < runs.size(); ++r) { // the current run is the last, and on top
        PlotCategory name;
        name.from = static_cast<double>(r);
        name.to = name.from + 1;
        name.text = runs[r].run.label;
        name.brief = runs[r].run.brief;
        spec.y.categories.push_back(name);
    }
    bool anyWeak = false;
    for (size_t f = 0; f < latencyFigures().size(); ++f) {
        const Scale scale = scaleOf(runs, f);
        for (size_t r = runs.size(); r-- > 0;) {
            addCells(spec, runs[r], f, scale, static_cast<double>(r) + 0.5);
            const std::vector<bool> &weak = spec.series[spec.series.size() - 2].curves[0].weak;
            anyWeak = anyWeak || std::find(weak.begin(), weak.end(), true) != weak.end();
        }
        addHeading(spec, f, scale);
        LegendEntry entry;
        entry.key = entry.text = latencyFigures()[f].name;
        entry.kind = PlotKind::Bars;
        entry.meaning = latencyFigures()[f].meaning;
        spec.legend.push_back(entry);
    }
    if (anyWeak)
        addWeakLegend(spec);
}

} // namespace inferlab
