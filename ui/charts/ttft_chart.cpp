// Time to first token: a bar for every request of a run, waiting in grey below prefill in orange;
// runs side by side, each with its median.
#include "ui/charts/chart_source.h"
#include "ui/charts/run_overlay.h"

#include "engine/measure/metrics.h"

#include <algorithm>

namespace inferlab {

namespace {

constexpr double kBandShare = 0.86; // of a run's band taken by its bars; the rest keeps runs apart
constexpr double kWidestBar = 0.12; // of a band: one request is no wall of colour
constexpr double kNsPerMs = 1e6;

// The part of TTFT before the request took part in a step.
double waitingMs(const RequestRecord &request, double ttft)
{
    const auto queue = queueMs(request); // from when it was due
    if (!queue)
        return 0.0;
    const double late = static_cast<double>(request.submittedNs - request.scheduledNs) / kNsPerMs;
    return std::clamp(*queue - late, 0.0, ttft);
}

class TtftChart : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("ttft"); }
    PlotSpec plot(const ChartData &data, int view) override;

private:
    static void addRun(PlotSpec &spec, const OverlaidRun &run, double band);
    static void addMedian(PlotSpec &spec, const OverlaidRun &run, double band);
};

void TtftChart::addRun(PlotSpec &spec, const OverlaidRun &run, double band)
{
    PlotSeries waiting;
    waiting.name = QStringLiteral("waiting");
    waiting.keys = {run.key, QStringLiteral("waiting")};
    waiting.kind = PlotKind::Bars;
    waiting.meaning = Meaning::Queue;
    waiting.age = run.age;
    waiting.pointable = false;
    waiting.unit = QStringLiteral("ms");
    PlotSeries first = waiting;
    first.name = QStringLiteral("first token");
    first.keys = {run.key, QStringLiteral("prefill")};
    first.meaning = Meaning::Prefill;
    first.marker = markerOfAge(run.age);
    first.pointable = true;

    const auto &requests = run.record->requests;
    const double slot = kBandShare / static_cast<double>(std::max<size_t>(requests.size(), 1));
    const double used = std::min(slot, kWidestBar * 1.25) * static_cast<double>(requests.size());
    const double perRequest = used / static_cast<double>(std::max<size_t>(requests.size(), 1));
    waiting.barWidth = first.barWidth = std::min(perRequest * 0.8, kWidestBar);
    PlotCurve bars;
    PlotCurve waits;
    for (size_t r = 0; r < requests.size(); ++r) {
        const auto ttft =
            requests[r].endReason == EndReason::Error ? std::nullopt : ttftMs(requests[r]);
        if (!ttft)
            continue;
        const double x = band + 0.5 - used / 2 + (static_cast<double>(r) + 0.5) * perRequest;
        const double wait = waitingMs(requests[r], *ttft);
        bars.points.emplace_back(x, *ttft);
        bars.bases.push_back(wait);
        bars.names << QStringLiteral("request %1").arg(r + 1);
        waits.names << bars.names.last();
        waits.points.emplace_back(x, wait);
        if (run.age == 0)
            bars.tokens.push_back({static_cast<int>(r), 0});
        spec.table.rows.push_back({run.label, QString::number(r + 1),
                                   QString::number(requests[r].promptTokens), plainNumber(wait),
                                   plainNumber(*ttft)});
    }
    first.curves.push_back(std::move(bars));
    waiting.curves.push_back(std::move(waits));
    spec.series.push_back(std::move(waiting));
    spec.series.push_back(std::move(first));
}

void TtftChart::addMedian(PlotSpec &spec, const OverlaidRun &run, double band)
{
    PlotCategory category;
    category.from = band;
    category.to = band + 1;
    category.text = run.label;
    category.brief = run.brief;
    const auto summary = summarise(ttftsMs(*run.record));
    if (summary) {
        EndLabel median;
        median.y = summary->p50;
        median.keys = {run.key};
        median.rule = summary->n > 1;
        median.ruleFrom = band + 0.5 - kBandShare / 2;
        median.ruleTo = band + 0.5 + kBandShare / 2;
        spec.endLabels.push_back(median);
        category.caption = summary->n == 1 ? valueText(summary->p50, QStringLiteral("ms"))
                                           : QStringLiteral("P50 %1, n %2")
                                                 .arg(valueText(summary->p50, QStringLiteral("ms")))
                                                 .arg(summary->n);
        category.captionBrief =
            QStringLiteral("%1 · n %2").arg(numberText(summary->p50)).arg(summary->n);
        spec.description += summary->n == 1
            ? QStringLiteral("%1: first token after %2 ms. ")
                  .arg(run.label, numberText(summary->p50))
            : QStringLiteral("%1: %2 requests, first token after %3 to %4 ms, median %5 ms. ")
                  .arg(run.label)
                  .arg(summary->n)
                  .arg(numberText(summary->min), numberText(summary->max),
                       numberText(summary->p50));
    }
    spec.x.categories.push_back(category);
}

PlotSpec TtftChart::plot(const ChartData &data, int)
{
    PlotSpec spec;
    spec.id = id();
    spec.title = QStringLiteral("Time to first token, ms");
    spec.rangeKey = QStringLiteral("%1 %2").arg(runKey(data.current)).arg(data.earlier.size());
    spec.live = data.live;
    spec.emptyText = emptyText(
        data, QStringLiteral("How long each request waits for its first token appears here."));
    spec.x.title = QStringLiteral("requests in order, by run");
    spec.y.unit = QStringLiteral("ms");
    spec.table.columns = {QStringLiteral("Run"), QStringLiteral("Request"),
                          QStringLiteral("Prompt, tokens"), QStringLiteral("Waiting, ms"),
                          QStringLiteral("TTFT, ms")};
    spec.description = QStringLiteral("Time to first token. ");
    const qsizetype heading = spec.description.size();
    const std::vector<OverlaidRun> runs = overlaidRuns(data);
    double band = 0;
    bool waited = false;
    for (const OverlaidRun &run : runs) {
        addRun(spec, run, band);
        addMedian(spec, run, band);
        band += 1;
        const PlotCurve &waits = spec.series[spec.series.size() - 2].curves.front();
        waited = waited
            || std::any_of(waits.points.begin(), waits.points.end(),
                           [](const QPointF &p) { return p.y() >= 0.5; });
    }
    spec.x.hasRange = true;
    spec.x.max = std::max(1.0, band);
    if (spec.description.size() == heading)
        spec.description += QStringLiteral("No first token yet.");
    spec.description = spec.description.trimmed();
    if (spec.isEmpty())
        return spec;
    spec.sample = QStringLiteral("n = %1 requests").arg(spec.table.rows.size());
    LegendEntry prefill;
    prefill.key = QStringLiteral("prefill");
    prefill.text = QStringLiteral("prefill");
    prefill.kind = PlotKind::Bars;
    prefill.meaning = Meaning::Prefill;
    spec.legend.push_back(prefill);
    if (waited) {
        LegendEntry waiting = prefill;
        waiting.key = waiting.text = QStringLiteral("waiting");
        waiting.meaning = Meaning::Queue;
        spec.legend.push_back(waiting);
    }
    addRunLegend(spec, runs, PlotKind::Bars, Meaning::Prefill);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeTtftChart()
{
    return std::make_unique<TtftChart>();
}

} // namespace inferlab
