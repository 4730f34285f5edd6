// The sweet spot: throughput against total latency, a labelled point each, the knee by every
// method, and what a latency budget leaves.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_plot.h"
#include "ui/charts/knee_words.h"

#include "engine/base/error.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

constexpr size_t kFewestPoints = 3; // fewer have no bend
constexpr double kMsPerS = 1000.0;

struct Sweet
{
    LoadPoint load;
    const PointFigures *point = nullptr;
    QString name;
};

class ThroughputAgainstLatency : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("throughput-against-latency"); }
    QStringList views() const override
    {
        return {QStringLiteral("P50 latency"), QStringLiteral("P90 latency"),
                QStringLiteral("P99 latency")};
    }
    PlotSpec plot(const ChartData &data, int view) override;
};

std::vector<Sweet> sweetPoints(const ExperimentFigures &figures, size_t group, double percent)
{
    std::vector<Sweet> out;
    for (size_t x = 0; x < figures.xCount(); ++x) {
        const PointFigures *point = figures.at(x, group);
        if (point == nullptr || !point->sustainedTokPerSecond || point->endToEndMs.empty())
            continue;
        const double latencyMs = percentileOfSorted(point->endToEndMs, percent);
        if (latencyMs > 0 && *point->sustainedTokPerSecond > 0)
            out.push_back({{figures.xOf(x), *point->sustainedTokPerSecond, latencyMs},
                           point,
                           pointName(figures, point->index)});
    }
    return out;
}

// Steps from point to point in the order of the load; each rises in x one way or the other.
PlotSeries pathOf(const std::vector<Sweet> &points, const PlotSeries &look)
{
    PlotSeries path = look;
    path.kind = PlotKind::Line;
    path.width = 1.4;
    path.pointable = false;
    path.markers = false;
    path.marker = MarkerShape::Circle;
    path.curves.clear();
    for (size_t i = 1; i < points.size(); ++i) {
        PlotCurve step;
        for (const Sweet *end : {&points[i - 1], &points[i]})
            step.points.emplace_back(end->load.latencyMs / kMsPerS, end->load.throughput);
        if (step.points[0].x() > step.points[1].x())
            std::swap(step.points[0], step.points[1]);
        path.curves.push_back(std::move(step));
    }
    return path;
}

void addGroup(PlotSpec &spec, const ExperimentFigures &figures, size_t group,
              std::vector<Sweet> points, const std::optional<double> &knee)
{
    PlotSeries series;
    series.name = figures.groups.size() > 1 ? figures.groups[group] : QStringLiteral("throughput");
    series.keys = {QString::number(group)};
    series.kind = PlotKind::Dots;
    series.meaning = Meaning::Throughput;
    series.age = static_cast<int>(group);
    series.marker = markerOfAge(series.age);
    series.unit = QStringLiteral("tok/s total");
    if (figures.numericX())
        spec.series.push_back(pathOf(points, series));
    std::stable_sort(points.begin(), points.end(), [](const Sweet &a, const Sweet &b) {
        return a.load.latencyMs < b.load.latencyMs;
    });
    PlotCurve curve;
    for (const Sweet &sweet : points) {
        const QPointF at(sweet.load.latencyMs / kMsPerS, sweet.load.throughput);
        curve.points.push_back(at);
        curve.names << sweet.name;
        curve.texts
            << QStringLiteral("%1 tok/s total at %2 s").arg(numberText(at.y()), numberText(at.x()));
        curve.runs.push_back({static_cast<int>(sweet.point->index)});
        PointLabel label;
        label.at = at;
        label.keys = series.keys;
        label.strong = group == 0 && knee && *knee == sweet.load.load;
        label.text = label.strong ? sweet.name + QStringLiteral(": knee") : sweet.name;
        spec.pointLabels.push_back(label);
        spec.table.rows.push_back({sweet.name, plainNumber(at.y(), 2), plainNumber(at.x()),
                                   QString::number(sweet.point->endToEndMs.size()),
                                   label.strong ? QStringLiteral("knee") : QString()});
        spec.description += QStringLiteral(" %1: %2 tok/s total at %3 s.")
                                .arg(sweet.name, numberText(at.y()), numberText(at.x()));
    }
    if (figures.groups.size() > 1) {
        LegendEntry entry;
        entry.key = series.keys.front();
        entry.text = figures.groups[group];
        entry.kind = PlotKind::Dots;
        entry.meaning = series.meaning;
        entry.age = series.age;
        entry.marker = series.marker;
        spec.legend.push_back(entry);
    }
    series.curves.push_back(std::move(curve));
    spec.series.push_back(std::move(series));
}

void addBudget(PlotSpec &spec, double budgetS)
{
    double most = 0;
    for (const PlotSeries &series : spec.series) {
        for (const PlotCurve &curve : series.curves) {
            for (const QPointF &point : curve.points)
                most = std::max(most, point.y());
        }
    }
    PlotSeries line;
    line.name = QStringLiteral("budget");
    line.meaning = Meaning::Budget;
    line.pointable = false;
    PlotCurve curve;
    curve.points = {{budgetS, 0}, {budgetS, most}};
    line.curves.push_back(std::move(curve));
    spec.series.push_back(std::move(line));
    PointLabel label;
    label.at = {budgetS, most};
    label.text = QStringLiteral("budget %1").arg(valueText(budgetS, QStringLiteral("s")));
    label.meaning = Meaning::Budget;
    spec.pointLabels.push_back(label);
}

KneeReport kneesOf(const std::vector<Sweet> &points, const std::optional<double> &budgetMs)
{
    std::vector<LoadPoint> loads;
    for (const Sweet &point : points)
        loads.push_back(point.load);
    return points.size() < kFewestPoints ? KneeReport() : findKnees(std::move(loads), budgetMs);
}

PlotSpec ThroughputAgainstLatency::plot(const ChartData &data, int view)
{
    static constexpr std::array kPercents {50.0, 90.0, 99.0};
    const auto chosen = static_cast<size_t>(std::clamp(view, 0, 2));
    const QString percent = QStringLiteral("P%1").arg(kPercents[chosen]);
    PlotSpec spec = experimentPlot(
        id(), QStringLiteral("Throughput, tok/s total, against latency %1, s").arg(percent),
        QStringLiteral("Throughput against latency"), data);
    spec.view = views()[static_cast<qsizetype>(chosen)];
    spec.rangeKey += spec.view;
    spec.x = {};
    spec.x.title = QStringLiteral("total latency %1, s").arg(percent);
    spec.x.unit = QStringLiteral("s");
    spec.xName.clear();
    spec.y.unit = QStringLiteral("tok/s total");
    spec.table.columns = {QStringLiteral("Point"), QStringLiteral("Throughput, tok/s total"),
                          QStringLiteral("Total latency %1, s").arg(percent), QStringLiteral("n"),
                          QStringLiteral("Knee")};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    KneeReport report;
    spec.description = spec.title + QStringLiteral(".");
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        const std::vector<Sweet> points = sweetPoints(figures, group, kPercents[chosen]);
        if (points.empty())
            continue;
        if (group == 0 && figures.numericX() && figures.xOf(0) > 0)
            report = kneesOf(points, data.latencyBudgetMs);
        addGroup(spec, figures, group, points, group == 0 ? report.recommended : std::nullopt);
    }
    if (!report.answers.empty()) {
        addNote(spec, kneeWords(report));
        spec.description += QLatin1Char(' ') + kneeWords(report) + QLatin1Char('.');
        if (report.methodsDisagree)
            addNote(spec, QStringLiteral("the methods disagree"));
    }
    if (data.latencyBudgetMs && !spec.isEmpty())
        addBudget(spec, *data.latencyBudgetMs / kMsPerS);
    addPartialNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeThroughputAgainstLatency()
{
    return std::make_unique<ThroughputAgainstLatency>();
}

} // namespace inferlab
