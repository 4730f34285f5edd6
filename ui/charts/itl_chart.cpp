// Inter-token latency: every gap between two tokens of a request, against its place in the answer
// or against time, with P50, P90 and P99 of the current run.
#include "ui/charts/chart_source.h"
#include "ui/charts/run_overlay.h"

#include "engine/measure/metrics.h"
#include "engine/measure/pooled_itl.h"

#include <algorithm>
#include <array>
#include <limits>

namespace inferlab {

namespace {

constexpr double kNsPerS = 1e9;
constexpr size_t kMostLines = 8; // requests of a run drawn as lines; more would hide each other
constexpr std::array kPercentiles {50.0, 90.0, 99.0};
// A gap of more than five times P99 is an outlier: the axis then ends at two and a half times P99.
constexpr double kOutlier = 5.0, kCap = 2.5;

int64_t firstSubmitNs(const RunRecord &run)
{
    int64_t first = run.requests.empty() ? 0 : run.requests.front().submittedNs;
    for (const RequestRecord &request : run.requests)
        first = std::min(first, request.submittedNs);
    return first;
}

PlotCurve curveOf(const RequestRecord &request, int index, bool byTime, int64_t startNs,
                  bool isCurrent)
{
    PlotCurve curve;
    const TokenRecord *before = nullptr;
    for (size_t t = 0; t < request.tokens.size(); ++t) {
        const TokenRecord &token = request.tokens[t];
        if (token.count <= 0)
            continue;
        if (before != nullptr) {
            const double x =
                byTime ? static_cast<double>(token.ns - startNs) / kNsPerS : static_cast<double>(t);
            curve.points.emplace_back(x, gapMs(before->ns, token.ns));
            if (isCurrent)
                curve.tokens.push_back({index, static_cast<int>(t)});
        }
        before = &token;
    }
    return curve;
}

class ItlChart : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("itl"); }
    QStringList views() const override
    {
        return {QStringLiteral("by token"), QStringLiteral("by time")};
    }
    PlotSpec plot(const ChartData &data, int view) override;
    ChartTable table(const PlotSpec &spec) const override;

private:
    void addFigures(PlotSpec &spec, const ChartData &data, const std::vector<OverlaidRun> &runs);
    QString describe(const std::vector<OverlaidRun> &runs) const;

    PooledItl m_gaps;
    double capOf(const std::vector<OverlaidRun> &runs) const;

    FigureClock m_clock;
    double m_cap = std::numeric_limits<double>::infinity();
    std::vector<EndLabel> m_labels;
    QString m_description;
    QString m_sample;
};

PlotSpec ItlChart::plot(const ChartData &data, int view)
{
    const bool byTime = view == 1;
    PlotSpec spec;
    spec.id = id();
    spec.title = QStringLiteral("Inter-token latency, ms");
    spec.view = views()[byTime ? 1 : 0];
    spec.rangeKey = spec.view + runKey(data.current);
    spec.live = data.live;
    spec.emptyText = data.current != nullptr && !data.live
        ? QStringLiteral("No gap to show: no answer has two tokens.")
        : emptyText(data, QStringLiteral("The time between one token and the next appears here."));
    spec.x.title = byTime ? QStringLiteral("time since the first request, s")
                          : QStringLiteral("token of the answer");
    spec.x.unit = byTime ? QStringLiteral("s") : QString();
    spec.x.whole = !byTime;
    spec.xName = byTime ? QString() : QStringLiteral("token");
    spec.y.unit = QStringLiteral("ms");
    spec.reach = byTime ? 0.05 : 0.5;

    const std::vector<OverlaidRun> runs = overlaidRuns(data);
    double mostTokens = 0;
    for (const OverlaidRun &run : runs) {
        PlotSeries series;
        series.name = run.label;
        series.keys = {run.key};
        series.meaning = Meaning::Decode;
        series.age = run.age;
        series.marker = markerOfAge(run.age);
        series.unit = QStringLiteral("ms");
        series.kind = run.record->requests.size() > kMostLines ? PlotKind::Dots : PlotKind::Line;
        series.width = run.age > 0 ? 1.2 : run.record->requests.size() > 1 ? 1.2 : 1.6;
        series.markers = true;
        const int64_t start = firstSubmitNs(*run.record);
        for (size_t r = 0; r < run.record->requests.size(); ++r) {
            const RequestRecord &request = run.record->requests[r];
            if (request.endReason == EndReason::Error)
                continue;
            series.curves.push_back(
                curveOf(request, static_cast<int>(r), byTime, start, run.age == 0));
            mostTokens = std::max(mostTokens, static_cast<double>(request.tokens.size()) - 1);
        }
        if (data.live && run.age == 0)
            mostTokens =
                std::max(mostTokens, static_cast<double>(run.record->settings.maxNewTokens) - 1);
        spec.series.push_back(std::move(series));
    }
    if (!byTime && mostTokens >= 1) {
        spec.x.hasRange = true; // the end is known beforehand: the axis keeps still
        spec.x.min = 0;
        spec.x.max = std::max(mostTokens, 4.0);
    }
    addRunLegend(spec, runs, PlotKind::Line, Meaning::Decode);
    addFigures(spec, data, runs);
    return spec;
}

void ItlChart::addFigures(PlotSpec &spec, const ChartData &data,
                          const std::vector<OverlaidRun> &runs)
{
    if (data.current != nullptr && m_clock.due(data.live, spec.rangeKey)) {
        m_labels.clear();
        m_gaps.update(*data.current);
        for (const double p : kPercentiles) {
            if (m_gaps.size() < 2)
                break;
            EndLabel label;
            label.y = percentileOfSorted(m_gaps.sortedMs(), p);
            label.text = QStringLiteral("P%1 %2").arg(p).arg(numberText(label.y));
            label.keys = QStringList {QStringLiteral("run"), QStringLiteral("percentiles")};
            label.rule = true;
            label.weak = m_gaps.size() < samplesNeeded(p);
            m_labels.push_back(label);
        }
        m_cap = capOf(runs);
        m_description = describe(runs);
        const size_t requests = data.current->requests.size();
        m_sample = QStringLiteral("n = %1 gaps").arg(countText(static_cast<qint64>(m_gaps.size())));
        if (requests > 1)
            m_sample += QStringLiteral(" of %1 requests").arg(requests);
    }
    if (data.current == nullptr) {
        m_labels.clear();
        m_sample.clear();
        m_cap = capOf(runs);
        m_description = describe(runs);
    }
    spec.endLabels = m_labels;
    spec.y.cap = m_cap;
    spec.sample = m_sample;
    spec.description = m_description;
    if (!m_labels.empty()) {
        LegendEntry entry;
        entry.key = QStringLiteral("percentiles");
        entry.text = QStringLiteral("P50 P90 P99");
        entry.meaning = Meaning::Prediction;
        if (spec.legend.empty()) {
            LegendEntry gaps;
            gaps.key = QStringLiteral("run");
            gaps.text = QStringLiteral("every gap");
            gaps.kind = spec.series.back().kind;
            gaps.meaning = Meaning::Decode;
            spec.legend.push_back(gaps);
        }
        spec.legend.push_back(entry);
    }
}

double ItlChart::capOf(const std::vector<OverlaidRun> &runs) const
{
    double longest = 0;
    double p99 = 0;
    for (const OverlaidRun &run : runs) {
        const std::vector<double> gaps =
            run.age == 0 ? std::vector<double>() : pooledItlMs(*run.record);
        const auto of = run.age == 0 ? m_gaps.summary() : summarise(gaps);
        if (!of)
            continue;
        longest = std::max(longest, of->max);
        p99 = std::max(p99, of->p99);
    }
    return longest > kOutlier * p99 ? kCap * p99 : std::numeric_limits<double>::infinity();
}

QString ItlChart::describe(const std::vector<OverlaidRun> &runs) const
{
    QString text = QStringLiteral("Inter-token latency. ");
    bool any = false;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        std::vector<double> gaps = run->age == 0
            ? std::vector<double>(m_gaps.sortedMs().begin(), m_gaps.sortedMs().end())
            : pooledItlMs(*run->record);
        const auto summary = summarise(gaps);
        if (!summary)
            continue;
        any = true;
        text +=
            QStringLiteral("%1: %2 gaps, half of them at most %3 ms, nine of ten at most %4 ms, "
                           "the longest %5 ms. ")
                .arg(run->label)
                .arg(countText(static_cast<qint64>(summary->n)))
                .arg(numberText(summary->p50), numberText(summary->p90), numberText(summary->max));
    }
    return any ? text.trimmed() : text + QStringLiteral("No gaps yet.");
}

ChartTable ItlChart::table(const PlotSpec &spec) const
{
    ChartTable table;
    const bool byTime = spec.view == views()[1];
    table.columns = {QStringLiteral("Run"), QStringLiteral("Request"),
                     byTime ? QStringLiteral("Time, s") : QStringLiteral("Token"),
                     QStringLiteral("ITL, ms")};
    for (auto series = spec.series.rbegin(); series != spec.series.rend(); ++series) {
        for (size_t c = 0; c < series->curves.size(); ++c) {
            for (const QPointF &point : series->curves[c].points)
                table.rows.push_back({series->name, QString::number(c + 1), plainNumber(point.x()),
                                      plainNumber(point.y())});
        }
    }
    return table;
}

} // namespace

std::unique_ptr<ChartSource> makeItlChart()
{
    return std::make_unique<ItlChart>();
}

} // namespace inferlab
