// The knee: throughput against median latency over batch sizes, and where more of them stops
// paying, by every method.
#include "ui/charts/chart_source.h"
#include "ui/charts/knee_words.h"
#include "ui/charts/load_steps.h"
#include "ui/charts/run_overlay.h"

#include "engine/base/error.h"
#include "engine/measure/knee.h"
#include "engine/measure/metrics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace inferlab {

namespace {

constexpr size_t kFewestPoints = 3; // fewer have no bend
constexpr double kMsPerS = 1000.0;

// One point for each batch size, of the latest run with it. Runs that gave nothing are left out.
std::vector<LoadPoint> pointsOf(const std::vector<RunRecordPtr> &sweep)
{
    std::map<int32_t, LoadPoint> byBatch;
    for (const RunRecordPtr &run : sweep) {
        if (!run)
            continue;
        if (const auto point =
                loadPoint(run->settings.batch, computeMetrics(*run).outputTokPerSecond,
                          endToEndsMs(*run), 50))
            byBatch[run->settings.batch] = *point;
    }
    std::vector<LoadPoint> points;
    for (const auto &[batch, point] : byBatch)
        points.push_back(point);
    return points;
}

QString batchText(double load)
{
    return plainNumber(load, 1);
}

// "batch 8: knee (Kneedle)", and at other points the methods that chose them.
QString pointText(const KneeReport &report, double load)
{
    QStringList methods;
    for (const KneeAnswer &answer : report.answers) {
        if (answer.load && std::abs(*answer.load - load) < 1e-9
            && answer.method != report.recommendedBy)
            methods << kneeAnswerName(answer);
    }
    if (report.recommended && *report.recommended == load)
        return QStringLiteral("batch %1: knee (%2)")
            .arg(batchText(load), kneeMethodName(report.recommendedBy));
    const bool worthSaying = report.methodsDisagree || !report.recommended;
    if (worthSaying && !methods.isEmpty())
        return batchText(load) + QStringLiteral(" · ") + methods.join(QStringLiteral(", "));
    return batchText(load);
}

// The way from batch to batch, step by step, for each of which x rises one way or the other.
PlotSeries pathOf(const PlotSeries &points, const PlotCurve &curve)
{
    PlotSeries path = points;
    path.kind = PlotKind::Line;
    path.markers = false;
    path.pointable = false;
    path.curves = loadSteps(curve.points);
    return path;
}

class KneeChart : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("knee"); }
    PlotSpec plot(const ChartData &data, int view) override;

private:
    static void addPoints(PlotSpec &spec, const std::vector<LoadPoint> &points,
                          const KneeReport &report);
};

void KneeChart::addPoints(PlotSpec &spec, const std::vector<LoadPoint> &points,
                          const KneeReport &report)
{
    PlotSeries series;
    series.name = QStringLiteral("throughput");
    series.meaning = Meaning::Throughput;
    series.markers = true;
    series.unit = QStringLiteral("tok/s total");
    PlotCurve curve;
    for (const LoadPoint &point : points) {
        const QPointF at(point.latencyMs / kMsPerS, point.throughput);
        curve.points.push_back(at);
        curve.names << QStringLiteral("batch %1").arg(batchText(point.load));
        curve.texts << QStringLiteral("%1 tok/s total at P50 %2 s")
                           .arg(numberText(at.y()), numberText(at.x()));
        PointLabel label;
        label.at = at;
        label.text = pointText(report, point.load);
        label.strong = report.recommended && *report.recommended == point.load;
        spec.pointLabels.push_back(label);
        spec.table.rows.push_back({batchText(point.load), plainNumber(point.throughput, 2),
                                   plainNumber(point.latencyMs, 2), QString::number(point.n),
                                   label.strong ? QStringLiteral("knee") : QString()});
        spec.description += QStringLiteral("batch %1: %2 tokens per second at %3 s; ")
                                .arg(batchText(point.load), numberText(at.y()), numberText(at.x()));
    }
    // Lines need x to rise; a sweep may have points that lie to the left of the one before.
    if (!std::is_sorted(curve.points.begin(), curve.points.end(),
                        [](const QPointF &a, const QPointF &b) { return a.x() < b.x(); })) {
        series.kind = PlotKind::Dots;
        spec.series.push_back(pathOf(series, curve));
        std::vector<size_t> order(curve.points.size());
        for (size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
            return curve.points[a].x() < curve.points[b].x();
        });
        PlotCurve sorted;
        for (const size_t i : order) {
            sorted.points.push_back(curve.points[i]);
            sorted.names << curve.names[static_cast<qsizetype>(i)];
            sorted.texts << curve.texts[static_cast<qsizetype>(i)];
        }
        curve = std::move(sorted);
    }
    series.curves.push_back(std::move(curve));
    spec.series.push_back(std::move(series));
}

PlotSpec KneeChart::plot(const ChartData &data, int)
{
    PlotSpec spec;
    spec.id = id();
    spec.title = QStringLiteral("Knee: tok/s total against P50 latency, s");
    spec.live = data.live;
    spec.emptyText = QStringLiteral("Where a larger batch stops paying appears here.\n"
                                    "Press Find the knee: it runs batch 1, 2, 4, 8, 16, 32.");
    spec.x.title = QStringLiteral("total latency P50, s");
    spec.x.unit = QStringLiteral("s");
    spec.y.unit = QStringLiteral("tok/s total");
    spec.table.columns = {QStringLiteral("Batch"), QStringLiteral("Throughput, tok/s total"),
                          QStringLiteral("Total latency P50, ms"), QStringLiteral("n"),
                          QStringLiteral("Knee")};
    const std::vector<LoadPoint> points = pointsOf(data.sweep);
    spec.rangeKey = data.sweep.empty() ? QString() : runKey(data.sweep.front().get());
    if (points.empty()) {
        spec.description = QStringLiteral("Knee. No sweep yet.");
        return spec;
    }
    KneeReport report;
    if (points.size() >= kFewestPoints)
        report = findKnees(points);
    spec.description = QStringLiteral("Throughput against median total latency: ");
    addPoints(spec, points, report);
    spec.description.chop(2);
    spec.description += QStringLiteral(". ");
    if (report.recommended) {
        spec.description +=
            QStringLiteral("The knee is at batch %1, by %2.")
                .arg(batchText(*report.recommended), kneeMethodName(report.recommendedBy));
        spec.note = kneeWords(report);
        if (report.methodsDisagree)
            spec.description += QStringLiteral(" Methods disagree: %1.").arg(spec.note);
    } else {
        spec.description += points.size() < kFewestPoints
            ? QStringLiteral("Too few batch sizes for a knee.")
            : QStringLiteral("No method finds a knee.");
    }
    spec.sample = QStringLiteral("n = %1 batch sizes").arg(points.size());
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeKneeChart()
{
    return std::make_unique<KneeChart>();
}

} // namespace inferlab
