// P50, P90 and P99 of the three latencies, grey where the sample is too small for the claim: bars
// of one run, or a row for each of several; or the whole distributions.
#include "ui/charts/chart_source.h"
#include "ui/charts/latency_figures.h"

#include "engine/measure/metrics.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

constexpr double kGroupWidth = 3.5; // three bars and a gap
constexpr double kBarWidth = 0.84;

class PercentilesChart : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("percentiles"); }
    QStringList views() const override
    {
        return {QStringLiteral("values"), QStringLiteral("distribution")};
    }
    PlotSpec plot(const ChartData &data, int view) override;

private:
    static void addBars(PlotSpec &spec, const LatenciesOfRun &run);
    static void addGroup(PlotSpec &spec, const LatenciesOfRun &run, size_t figure);
    static void addDistributions(PlotSpec &spec, const std::vector<LatenciesOfRun> &runs);
    static void addTableAndWords(PlotSpec &spec, const std::vector<LatenciesOfRun> &runs);

    FigureClock m_clock;
    std::vector<LatenciesOfRun> m_runs;
};

// One run: a bar for each percentile, each latency on its own scale, the values written on the
// bars.
void PercentilesChart::addGroup(PlotSpec &spec, const LatenciesOfRun &run, size_t figure)
{
    const LatencyFigure about = latencyFigures()[figure];
    const auto &summary = run.summaries[figure];
    const double left = static_cast<double>(figure) * kGroupWidth;
    PlotSeries bars;
    bars.name = run.run.label;
    bars.keys = {run.run.key};
    bars.kind = PlotKind::Bars;
    bars.meaning = about.meaning;
    bars.age = run.run.age;
    bars.barWidth = kBarWidth;
    PlotCurve curve;
    for (size_t p = 0; p < kLatencyPercentiles.size(); ++p) {
        const int percent = kLatencyPercentiles[p];
        PlotCategory category;
        category.from = left + static_cast<double>(p);
        category.to = category.from + 1;
        category.text = QStringLiteral("P%1").arg(percent);
        spec.x.categories.push_back(category);
        if (!summary || summary->p99 <= 0)
            continue;
        const double value = percentileOf(*summary, percent);
        curve.points.emplace_back(category.from + 0.5, value / summary->p99);
        curve.weak.push_back(!summary->claims(percent));
        curve.names << QStringLiteral("%1 P%2").arg(about.name).arg(percent);
        curve.texts << claimText(*summary, percent, about.perUnit, about.unit);
        PointLabel label;
        label.at = curve.points.back();
        label.text = numberText(value / about.perUnit);
        label.keys = bars.keys;
        label.onTop = true;
        label.muted = curve.weak.back();
        spec.pointLabels.push_back(label);
    }
    PlotCategory heading;
    heading.from = left - 0.25;
    heading.to = left + 3.25;
    heading.caption = QStringLiteral("%1, %2 · n %3")
                          .arg(about.name, about.unit)
                          .arg(countText(summary ? static_cast<qint64>(summary->n) : 0));
    spec.x.categories.push_back(heading);
    bars.curves.push_back(std::move(curve));
    spec.series.push_back(std::move(bars));
}

void PercentilesChart::addBars(PlotSpec &spec, const LatenciesOfRun &run)
{
    spec.x.hasRange = spec.y.hasRange = true;
    spec.y.hidden = true; // each latency has its own scale; the values stand on the bars
    spec.y.max = 1;
    spec.x.min = -0.25;
    spec.x.max = 3 * kGroupWidth - 0.25;
    spec.reach = 0.5;
    bool anyWeak = false;
    for (size_t f = 0; f < latencyFigures().size(); ++f) {
        addGroup(spec, run, f);
        const std::vector<bool> &weak = spec.series.back().curves.front().weak;
        anyWeak = anyWeak || std::find(weak.begin(), weak.end(), true) != weak.end();
    }
    if (anyWeak)
        addWeakLegend(spec);
}

void PercentilesChart::addDistributions(PlotSpec &spec, const std::vector<LatenciesOfRun> &runs)
{
    spec.x.logarithmic = true;
    spec.x.title = QStringLiteral("latency, ms");
    spec.x.unit = QStringLiteral("ms");
    spec.y.hasRange = true;
    spec.y.max = 100;
    spec.y.unit = QStringLiteral("%");
    for (const LatenciesOfRun &run : runs) {
        for (size_t f = 0; f < latencyFigures().size(); ++f) {
            const LatencyFigure figure = latencyFigures()[f];
            PlotSeries series;
            series.name =
                runs.size() > 1 ? figure.name + QStringLiteral(", ") + run.run.label : figure.name;
            series.keys = {run.run.key, figure.name};
            series.meaning = figure.meaning;
            series.age = run.run.age;
            series.marker = markerOfAge(run.run.age);
            series.width = run.run.age > 0 ? 1.4 : 2.0;
            series.steps = true;
            series.unit = QStringLiteral("%");
            PlotCurve curve;
            const std::vector<double> &sorted = run.sorted[f];
            for (size_t i = 0; i < sorted.size(); ++i) {
                if (sorted[i] > 0)
                    curve.points.emplace_back(sorted[i],
                                              100.0 * static_cast<double>(i + 1)
                                                  / static_cast<double>(sorted.size()));
            }
            series.curves.push_back(std::move(curve));
            spec.series.push_back(std::move(series));
        }
    }
    for (const LatencyFigure &figure : latencyFigures()) {
        LegendEntry entry;
        entry.key = entry.text = figure.name;
        entry.meaning = figure.meaning;
        spec.legend.push_back(entry);
    }
    std::vector<OverlaidRun> overlaid;
    for (const LatenciesOfRun &run : runs)
        overlaid.push_back(run.run);
    addRunLegend(spec, overlaid, PlotKind::Dots, Meaning::Prediction);
}

void PercentilesChart::addTableAndWords(PlotSpec &spec, const std::vector<LatenciesOfRun> &runs)
{
    spec.table.columns = {QStringLiteral("Run"),      QStringLiteral("Figure"),
                          QStringLiteral("n"),        QStringLiteral("P50, ms"),
                          QStringLiteral("P90, ms"),  QStringLiteral("P99, ms"),
                          QStringLiteral("Mean, ms"), QStringLiteral("Too few samples for")};
    spec.description = QStringLiteral("Latency percentiles. ");
    const qsizetype heading = spec.description.size();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        for (size_t f = 0; f < latencyFigures().size(); ++f) {
            const auto &summary = run->summaries[f];
            if (!summary)
                continue;
            QStringList weak;
            for (const int p : kLatencyPercentiles) {
                if (!summary->claims(p))
                    weak << QStringLiteral("P%1").arg(p);
            }
            const QString name = latencyFigures()[f].name;
            spec.table.rows.push_back({run->run.label, name, QString::number(summary->n),
                                       plainNumber(summary->p50), plainNumber(summary->p90),
                                       plainNumber(summary->p99), plainNumber(summary->mean),
                                       weak.join(QLatin1Char(' '))});
            spec.description +=
                QStringLiteral("%1, %2: P50 %3, P90 %4, P99 %5 ms from %6 samples%7. ")
                    .arg(run->run.label, name, numberText(summary->p50), numberText(summary->p90),
                         numberText(summary->p99))
                    .arg(summary->n)
                    .arg(weak.isEmpty() ? QString()
                                        : QStringLiteral(", too few for ")
                                 + weak.join(QStringLiteral(" and ")));
        }
    }
    if (spec.description.size() == heading)
        spec.description += QStringLiteral("No tokens yet.");
    spec.description = spec.description.trimmed();
}

PlotSpec PercentilesChart::plot(const ChartData &data, int view)
{
    const bool distribution = view == 1;
    PlotSpec spec;
    spec.id = id();
    spec.title = QStringLiteral("Latency percentiles");
    if (distribution)
        spec.title = QStringLiteral("Share of latencies at most x, %");
    spec.view = views()[distribution ? 1 : 0];
    spec.rangeKey = spec.view + runKey(data.current);
    spec.live = data.live;
    spec.emptyText = emptyText(
        data, QStringLiteral("P50, P90 and P99 of first token, gaps and total appear here."));
    if (m_clock.due(data.live, spec.rangeKey)) {
        m_runs.clear();
        for (const OverlaidRun &run : overlaidRuns(data)) {
            LatenciesOfRun summed;
            summed.run = run;
            for (size_t f = 0; f < latencyFigures().size(); ++f) {
                std::vector<double> sample = latencyFigures()[f].sample(*run.record);
                std::sort(sample.begin(), sample.end());
                if (!sample.empty())
                    summed.summaries[f] = summariseSorted(sample);
                if (distribution)
                    summed.sorted[f] = std::move(sample);
            }
            summed.run.record = nullptr; // may not outlive this call
            m_runs.push_back(std::move(summed));
        }
    }
    addTableAndWords(spec, m_runs);
    if (spec.table.rows.empty())
        return spec;
    if (distribution)
        addDistributions(spec, m_runs);
    else if (m_runs.size() == 1)
        addBars(spec, m_runs.front());
    else
        addLatencyRows(spec, m_runs);
    return spec;
}

} // namespace

std::array<LatencyFigure, 3> latencyFigures()
{
    return {LatencyFigure {QStringLiteral("TTFT"), QStringLiteral("ms"), 1.0, Meaning::Prefill,
                           &ttftsMs},
            LatencyFigure {QStringLiteral("ITL"), QStringLiteral("ms"), 1.0, Meaning::Decode,
                           &pooledItlMs},
            LatencyFigure {QStringLiteral("Total"), QStringLiteral("s"), 1000.0,
                           Meaning::Prediction, &endToEndsMs}};
}

double percentileOf(const SampleSummary &summary, int percent)
{
    return percent == 50 ? summary.p50 : percent == 90 ? summary.p90 : summary.p99;
}

QString claimText(const SampleSummary &summary, int percent, double perUnit, const QString &unit)
{
    const QString text = valueText(percentileOf(summary, percent) / perUnit, unit);
    return summary.claims(percent)
        ? text
        : QStringLiteral("%1, n %2 of %3").arg(text).arg(summary.n).arg(samplesNeeded(percent));
}

void addWeakLegend(PlotSpec &spec)
{
    LegendEntry weak;
    weak.text = QStringLiteral("n too small: P90 needs %1, P99 %2")
                    .arg(samplesNeeded(90))
                    .arg(samplesNeeded(99));
    weak.brief = QStringLiteral("n too small");
    weak.kind = PlotKind::Bars;
    weak.meaning = Meaning::Queue;
    weak.hatched = true;
    spec.legend.push_back(weak);
}

std::unique_ptr<ChartSource> makePercentilesChart()
{
    return std::make_unique<PercentilesChart>();
}

} // namespace inferlab
