// P50, P90 and P99 of the three latencies, each group on its own scale with the values written on
// the bars, grey where the sample is too small for the claim; or the whole distributions.
#include "ui/charts/chart_source.h"
#include "ui/charts/run_overlay.h"

#include "engine/measure/metrics.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

constexpr std::array kPercentiles {50, 90, 99};
constexpr double kGroupWidth = 3.5; // three bars and a gap

struct Figure
{
    QString name; // "TTFT"
    QString unit;
    double perUnit; // ms in it
    Meaning meaning;
    std::vector<double> (*sample)(const RunRecord &);
};

std::array<Figure, 3> figures()
{
    return {
        Figure {QStringLiteral("TTFT"), QStringLiteral("ms"), 1.0, Meaning::Prefill, &ttftsMs},
        Figure {QStringLiteral("ITL"), QStringLiteral("ms"), 1.0, Meaning::Decode, &pooledItlMs},
        Figure {QStringLiteral("Total"), QStringLiteral("s"), 1000.0, Meaning::Prediction,
                &endToEndsMs}};
}

struct Summed
{
    OverlaidRun run;
    std::array<std::optional<SampleSummary>, 3> summaries;
    std::array<std::vector<double>, 3> sorted; // ms; for the distributions only
};

double valueOf(const SampleSummary &summary, int p)
{
    return p == 50 ? summary.p50 : p == 90 ? summary.p90 : summary.p99;
}

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
    static void addBars(PlotSpec &spec, const std::vector<Summed> &runs);
    static void addGroup(PlotSpec &spec, const std::vector<Summed> &runs, size_t figure,
                         std::vector<PlotSeries> &series, bool &anyWeak);
    static void addDistributions(PlotSpec &spec, const std::vector<Summed> &runs);
    static void addTableAndWords(PlotSpec &spec, const std::vector<Summed> &runs);

    FigureClock m_clock;
    std::vector<Summed> m_runs;
};

void PercentilesChart::addGroup(PlotSpec &spec, const std::vector<Summed> &runs, size_t figure,
                                std::vector<PlotSeries> &series, bool &anyWeak)
{
    const Figure about = figures()[figure];
    double tallest = 0;
    for (const Summed &run : runs) {
        if (run.summaries[figure])
            tallest = std::max(tallest, run.summaries[figure]->p99);
    }
    const double left = static_cast<double>(figure) * kGroupWidth;
    const double barWidth = 0.84 / static_cast<double>(runs.size());
    size_t n = 0;
    for (size_t r = 0; r < runs.size(); ++r) {
        const auto &summary = runs[r].summaries[figure];
        if (!summary || tallest <= 0)
            continue;
        n = summary->n; // of the current run, which is the last
        PlotSeries &bars = series[r * 3 + figure];
        bars.barWidth = barWidth;
        PlotCurve &curve = bars.curves.front();
        for (size_t p = 0; p < kPercentiles.size(); ++p) {
            const double value = valueOf(*summary, kPercentiles[p]);
            const double x = left + static_cast<double>(p) + 0.5
                + (static_cast<double>(r) + 0.5) * barWidth - 0.42;
            const bool weak = !summary->claims(kPercentiles[p]);
            anyWeak = anyWeak || weak;
            curve.points.emplace_back(x, value / tallest);
            curve.weak.push_back(weak);
            curve.names << QStringLiteral("%1 P%2").arg(about.name).arg(kPercentiles[p]);
            curve.texts << valueText(value / about.perUnit, about.unit)
                    + (weak ? QStringLiteral(", n %1 of %2")
                                  .arg(summary->n)
                                  .arg(samplesNeeded(kPercentiles[p]))
                            : QString());
            PointLabel label;
            label.at = {x, value / tallest};
            label.text = numberText(value / about.perUnit);
            label.keys = bars.keys;
            label.onTop = true;
            label.muted = weak || runs[r].run.age > 0;
            spec.pointLabels.insert(spec.pointLabels.begin(),
                                    label); // the current run gets its place first
        }
    }
    for (size_t p = 0; p < kPercentiles.size(); ++p) {
        PlotCategory category;
        category.from = left + static_cast<double>(p);
        category.to = category.from + 1;
        category.text = QStringLiteral("P%1").arg(kPercentiles[p]);
        spec.x.categories.push_back(category);
    }
    PlotCategory heading;
    heading.from = left - 0.25;
    heading.to = left + 3.25;
    heading.caption = QStringLiteral("%1, %2 · n %3").arg(about.name, about.unit).arg(n);
    spec.x.categories.push_back(heading);
}

void PercentilesChart::addBars(PlotSpec &spec, const std::vector<Summed> &runs)
{
    spec.x.hasRange = spec.y.hasRange = true;
    spec.y.hidden = true; // each group has its own scale; the values stand on the bars
    spec.y.max = 1;
    spec.x.min = -0.25;
    spec.x.max = 3 * kGroupWidth - 0.25;
    spec.reach = 0.5;
    std::vector<PlotSeries> series;
    for (const Summed &run : runs) {
        for (const Figure &figure : figures()) {
            PlotSeries bars;
            bars.name = run.run.label;
            bars.keys = {run.run.key};
            bars.kind = PlotKind::Bars;
            bars.meaning = figure.meaning;
            bars.age = run.run.age;
            bars.curves.resize(1);
            series.push_back(std::move(bars));
        }
    }
    bool anyWeak = false;
    for (size_t f = 0; f < figures().size(); ++f)
        addGroup(spec, runs, f, series, anyWeak);
    spec.series = std::move(series);
    if (anyWeak && runs.size() > 1) {
        spec.note = QStringLiteral("Hatched: n too small for the claim; P90 needs %1, P99 %2")
                        .arg(samplesNeeded(90))
                        .arg(samplesNeeded(99));
    } else if (anyWeak) {
        LegendEntry weak;
        weak.text = QStringLiteral("n too small: P90 needs %1, P99 %2")
                        .arg(samplesNeeded(90))
                        .arg(samplesNeeded(99));
        weak.kind = PlotKind::Bars;
        weak.meaning = Meaning::Queue;
        weak.hatched = true;
        spec.legend.push_back(weak);
    }
}

void PercentilesChart::addDistributions(PlotSpec &spec, const std::vector<Summed> &runs)
{
    spec.x.logarithmic = true;
    spec.x.title = QStringLiteral("latency, ms");
    spec.x.unit = QStringLiteral("ms");
    spec.y.hasRange = true;
    spec.y.max = 100;
    spec.y.unit = QStringLiteral("%");
    for (const Summed &run : runs) {
        for (size_t f = 0; f < figures().size(); ++f) {
            const Figure figure = figures()[f];
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
    for (const Figure &figure : figures()) {
        LegendEntry entry;
        entry.key = entry.text = figure.name;
        entry.meaning = figure.meaning;
        spec.legend.push_back(entry);
    }
}

void PercentilesChart::addTableAndWords(PlotSpec &spec, const std::vector<Summed> &runs)
{
    spec.table.columns = {QStringLiteral("Run"),      QStringLiteral("Figure"),
                          QStringLiteral("n"),        QStringLiteral("P50, ms"),
                          QStringLiteral("P90, ms"),  QStringLiteral("P99, ms"),
                          QStringLiteral("Mean, ms"), QStringLiteral("Too few samples for")};
    spec.description = QStringLiteral("Latency percentiles. ");
    const qsizetype heading = spec.description.size();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        for (size_t f = 0; f < figures().size(); ++f) {
            const auto &summary = run->summaries[f];
            if (!summary)
                continue;
            QStringList weak;
            for (const int p : kPercentiles) {
                if (!summary->claims(p))
                    weak << QStringLiteral("P%1").arg(p);
            }
            const QString name = figures()[f].name;
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
    spec.emptyText = QStringLiteral(
        "P50, P90 and P99 of first token, gaps and total appear here.\nPress Run (Ctrl+Enter).");
    if (m_clock.due(data.live, spec.rangeKey)) {
        m_runs.clear();
        for (const OverlaidRun &run : overlaidRuns(data)) {
            Summed summed;
            summed.run = run;
            for (size_t f = 0; f < figures().size(); ++f) {
                std::vector<double> sample = figures()[f].sample(*run.record);
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
    else
        addBars(spec, m_runs);
    std::vector<OverlaidRun> runs;
    for (const Summed &run : m_runs)
        runs.push_back(run.run);
    addRunLegend(spec, runs, distribution ? PlotKind::Dots : PlotKind::Bars, Meaning::Prediction);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makePercentilesChart()
{
    return std::make_unique<PercentilesChart>();
}

} // namespace inferlab
