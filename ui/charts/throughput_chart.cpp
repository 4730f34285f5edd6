// Throughput over time: tokens per second of all sequences, and of each while it decodes.
#include "ui/charts/chart_source.h"
#include "ui/charts/run_overlay.h"

#include "engine/measure/metrics.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

constexpr double kNsPerS = 1e9;
class ThroughputChart : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("throughput"); }
    PlotSpec plot(const ChartData &data, int view) override;

private:
    struct Figures
    {
        QString total, user; // of the current run, in words
        QString description;
    };
    static void addSeries(PlotSpec &spec, const OverlaidRun &run);
    static void addTokenTimes(PlotSpec &spec, const RunRecord &run);
    static Figures figures(const std::vector<OverlaidRun> &runs);

    FigureClock m_clock;
    Figures m_figures;
};

void ThroughputChart::addSeries(PlotSpec &spec, const OverlaidRun &run)
{
    PlotSeries total;
    total.name = run.age == 0 ? QStringLiteral("total") : QStringLiteral("total, ") + run.label;
    total.keys = {QStringLiteral("total"), run.key};
    total.meaning = Meaning::Throughput;
    total.age = run.age;
    total.marker = markerOfAge(run.age);
    total.width = run.age > 0 ? 1.4 : 2.2;
    total.markers = true;
    total.unit = QStringLiteral("tok/s total");
    PlotSeries user = total;
    user.unit = QStringLiteral("tok/s/user");
    user.name =
        run.age == 0 ? QStringLiteral("per user") : QStringLiteral("per user, ") + run.label;
    user.keys = {QStringLiteral("user"), run.key};
    user.meaning = Meaning::Decode;
    user.width = run.age > 0 ? 1.2 : 1.6;
    if (run.age == 0)
        user.marker = MarkerShape::Diamond;
    PlotCurve totals;
    PlotCurve users;
    for (const ThroughputPoint &point :
         throughputOverTime(*run.record, throughputWindowNs(*run.record))) {
        totals.points.emplace_back(point.seconds, point.totalTokPerSecond);
        if (point.userTokPerSecond)
            users.points.emplace_back(point.seconds, *point.userTokPerSecond);
        if (run.age > 0)
            continue;
        spec.table.rows.push_back(
            {plainNumber(point.seconds, 3), plainNumber(point.totalTokPerSecond, 2),
             point.userTokPerSecond ? plainNumber(*point.userTokPerSecond, 2) : QString()});
    }
    total.curves.push_back(std::move(totals));
    user.curves.push_back(std::move(users));
    spec.series.push_back(std::move(user));
    spec.series.push_back(std::move(total));
}

void ThroughputChart::addTokenTimes(PlotSpec &spec, const RunRecord &run)
{
    if (run.requests.empty())
        return;
    int64_t start = run.requests.front().submittedNs;
    for (const RequestRecord &request : run.requests)
        start = std::min(start, request.submittedNs);
    for (const RequestRecord &request : run.requests) {
        std::vector<double> times;
        times.reserve(request.tokens.size());
        for (const TokenRecord &token : request.tokens)
            times.push_back(static_cast<double>(token.ns - start) / kNsPerS);
        spec.tokenX.push_back(std::move(times));
    }
}

ThroughputChart::Figures ThroughputChart::figures(const std::vector<OverlaidRun> &runs)
{
    Figures out;
    out.description = QStringLiteral("Throughput over time. ");
    bool any = false;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        const RunMetrics metrics = computeMetrics(*run->record);
        if (!metrics.outputTokPerSecond)
            continue;
        any = true;
        const QString total = numberText(*metrics.outputTokPerSecond);
        const QString user =
            metrics.userTokPerSecond ? numberText(metrics.userTokPerSecond->p50) : QString();
        if (run->age == 0) {
            out.total = total;
            out.user = user;
        }
        out.description +=
            QStringLiteral("%1: %2 tokens per second in total").arg(run->label, total);
        if (!user.isEmpty())
            out.description += QStringLiteral(", %1 for the median user").arg(user);
        out.description += QStringLiteral(", %1 tokens in %2 s. ")
                               .arg(countText(metrics.outputTokens))
                               .arg(numberText(metrics.durationS));
    }
    out.description =
        any ? out.description.trimmed() : out.description + QStringLiteral("No tokens yet.");
    return out;
}

PlotSpec ThroughputChart::plot(const ChartData &data, int)
{
    PlotSpec spec;
    spec.id = id();
    spec.title = QStringLiteral("Throughput, tok/s total and tok/s/user");
    spec.rangeKey = runKey(data.current);
    spec.live = data.live;
    spec.emptyText =
        emptyText(data, QStringLiteral("Tokens per second, in total and per user, appear here."));
    spec.x.title = QStringLiteral("time since the first request, s");
    spec.x.unit = QStringLiteral("s");
    spec.y.unit = QStringLiteral("tok/s total");
    spec.table.columns = {QStringLiteral("Time, s"), QStringLiteral("Throughput, tok/s total"),
                          QStringLiteral("Median user, tok/s/user")};
    const std::vector<OverlaidRun> runs = overlaidRuns(data);
    for (const OverlaidRun &run : runs)
        addSeries(spec, run);
    if (data.current != nullptr)
        addTokenTimes(spec, *data.current);
    if (m_clock.due(data.live, spec.rangeKey))
        m_figures = figures(runs);
    spec.description = m_figures.description;
    if (data.current != nullptr) {
        spec.reach = static_cast<double>(throughputWindowNs(*data.current)) / kNsPerS;
        spec.sample = QStringLiteral("windows of %1 s").arg(plainNumber(spec.reach));
    }
    if (spec.isEmpty())
        return spec;
    const auto withFigure = [](const QString &unit, const QString &figure) {
        return figure.isEmpty() ? unit : figure + QLatin1Char(' ') + unit;
    };
    LegendEntry total;
    total.key = QStringLiteral("total");
    total.text = withFigure(QStringLiteral("tok/s total"), m_figures.total);
    total.brief = withFigure(QStringLiteral("total"), m_figures.total);
    total.meaning = Meaning::Throughput;
    LegendEntry user;
    user.key = QStringLiteral("user");
    user.text = withFigure(QStringLiteral("tok/s/user"), m_figures.user);
    user.brief = withFigure(QStringLiteral("per user"), m_figures.user);
    user.meaning = Meaning::Decode;
    user.marker = MarkerShape::Diamond;
    spec.legend = {total, user};
    addRunLegend(spec, runs, PlotKind::Dots,
                 Meaning::Prediction); // shapes: each run has two colours
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeThroughputChart()
{
    return std::make_unique<ThroughputChart>();
}

} // namespace inferlab
