// The sweet spot: throughput against total latency, a labelled point each, the knee by every
// method, and what a latency budget leaves.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/experiment_plot.h"
#include "ui/charts/experiment/predicted_curve.h"
#include "ui/charts/experiment/sweet_spot.h"
#include "ui/charts/knee_words.h"
#include "ui/charts/load_steps.h"

#include <algorithm>

namespace inferlab {

namespace {

constexpr double kMsPerS = 1000.0;

QString viewName(int percent)
{
    return QStringLiteral("P%1 latency").arg(percent);
}

class ThroughputAgainstLatency : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("throughput-against-latency"); }
    QStringList views() const override
    {
        QStringList names;
        for (const int percent : kSweetPercents)
            names << viewName(percent);
        return names;
    }
    PlotSpec plot(const ChartData &data, int view) override;
};

QPointF placeOf(const SweetPoint &point)
{
    return {point.latency.value, point.throughput.value};
}

PlotSeries pathOf(const std::vector<SweetPoint> &points, const PlotSeries &look)
{
    PlotSeries path = look;
    path.kind = PlotKind::Line;
    path.width = 1.4;
    path.pointable = false;
    path.markers = false;
    path.marker = MarkerShape::Circle;
    std::vector<QPointF> places;
    for (const SweetPoint &point : points)
        places.push_back(placeOf(point));
    path.curves = loadSteps(places);
    return path;
}

PlotCurve curveOf(const std::vector<SweetPoint> &points)
{
    PlotCurve curve;
    for (const SweetPoint &point : points) {
        const QPointF at = placeOf(point);
        curve.points.push_back(at);
        curve.names << point.name;
        QString text =
            QStringLiteral("%1 tok/s total at %2 s").arg(numberText(at.y()), numberText(at.x()));
        if (!point.latency.claimed)
            text += QStringLiteral(" (n = %1: few)").arg(point.latency.n);
        curve.texts << withDoubt(text, *point.figures);
        curve.runs.push_back({static_cast<int>(point.figures->index)});
        curve.weak.push_back(!point.latency.claimed);
        const PercentileInterval here {at.y(), at.y()};
        const PercentileInterval up = point.throughput.interval.value_or(here);
        curve.intervals.push_back({up.low, up.high});
        const PercentileInterval along =
            point.latency.interval.value_or(PercentileInterval {at.x(), at.x()});
        curve.xIntervals.push_back({along.low, along.high});
    }
    return curve;
}

void addGroup(PlotSpec &spec, const ExperimentFigures &figures, size_t group,
              std::vector<SweetPoint> points, const std::optional<double> &knee)
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
    std::stable_sort(points.begin(), points.end(), [](const SweetPoint &a, const SweetPoint &b) {
        return a.latency.value < b.latency.value;
    });
    for (const SweetPoint &point : points) {
        PointLabel label;
        label.at = placeOf(point);
        label.keys = series.keys;
        label.strong = knee && *knee == point.load;
        label.text = label.strong ? point.name + QStringLiteral(": knee") : point.name;
        spec.pointLabels.push_back(label);
        const QString remark = estimateRemark(point.latency);
        spec.table.rows.push_back({point.name, plainNumber(label.at.y(), 2),
                                   plainNumber(label.at.x()), QString::number(point.latency.n),
                                   remark, label.strong ? QStringLiteral("knee") : QString()});
        spec.description +=
            QStringLiteral(" %1: %2 tok/s total at %3 s.")
                .arg(point.name, numberText(label.at.y()), numberText(label.at.x()));
    }
    if (figures.groups.size() > 1) {
        LegendEntry entry;
        entry.key = series.keys.front();
        entry.text = figures.groups[group];
        entry.brief = figures.groupBriefs[group];
        entry.kind = PlotKind::Dots;
        entry.meaning = series.meaning;
        entry.age = series.age;
        entry.marker = series.marker;
        spec.legend.push_back(entry);
    }
    series.curves.push_back(curveOf(points));
    spec.series.push_back(std::move(series));
}

// The same path as the cost model expects it, with its name at the far end.
void addPrediction(PlotSpec &spec, const ExperimentFigures &figures, int percent)
{
    std::vector<PlotSeries> lines;
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        PlotSeries line =
            predictedLine(figures, predictedSweetPoints(figures, group, percent),
                          figures.groupBriefs[group], static_cast<int>(group), spec.y.unit);
        if (line.isEmpty())
            continue;
        const PlotCurve &curve = line.curves.front();
        for (size_t i = 0; i < curve.points.size(); ++i)
            spec.table.rows.push_back(
                {curve.names[static_cast<qsizetype>(i)], plainNumber(curve.points[i].y(), 2),
                 plainNumber(curve.points[i].x()), QString(), line.name, QString()});
        PointLabel label;
        label.at = curve.points.back();
        label.text = line.name;
        label.keys = line.keys;
        label.muted = true;
        spec.pointLabels.push_back(label);
        lines.push_back(std::move(line));
    }
    const size_t labels = spec.endLabels.size();
    addPredictedLines(spec, std::move(lines));
    spec.endLabels.resize(labels); // the path ends inside the plot: its label stands there
}

void addBudgetLine(PlotSpec &spec, double budgetS)
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

// Judged at its own percentile, whichever is drawn: a line is drawn in the view of that one, and
// where it does not lie so far out that the points would be squeezed together.
void addBudget(PlotSpec &spec, const ExperimentFigures &figures, const LatencyBudget &budget,
               int percent)
{
    constexpr double kFurthest = 2.0; // times the largest latency
    const QString words = budgetWords(figures, budget);
    addNote(spec, words);
    spec.description += QLatin1Char(' ') + words + QLatin1Char('.');
    double most = 0;
    for (const PlotSeries &series : spec.series) {
        for (const PlotCurve &curve : series.curves)
            most = std::max(most, curve.points.empty() ? 0.0 : curve.points.back().x());
    }
    const double budgetS = budget.ms / kMsPerS;
    if (budget.percentile == percent && budgetS <= kFurthest * most)
        addBudgetLine(spec, budgetS);
}

PlotSpec ThroughputAgainstLatency::plot(const ChartData &data, int view)
{
    const int percent = sweetPercent(view);
    PlotSpec spec = experimentPlot(
        id(), QStringLiteral("Throughput, tok/s total, against latency P%1, s").arg(percent),
        QStringLiteral("Throughput against latency"), data);
    spec.view = viewName(percent);
    spec.rangeKey += spec.view;
    spec.x = {};
    spec.x.title = QStringLiteral("total latency P%1, s").arg(percent);
    spec.x.unit = QStringLiteral("s");
    spec.xName.clear();
    spec.y.unit = QStringLiteral("tok/s total");
    spec.table.columns = {QStringLiteral("Point"),
                          QStringLiteral("Throughput, tok/s total"),
                          QStringLiteral("Total latency P%1, s").arg(percent),
                          QStringLiteral("n"),
                          QStringLiteral("Remark"),
                          QStringLiteral("Knee")};
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    KneeReport report;
    std::vector<Estimate> drawn;
    spec.description = spec.title + QStringLiteral(".");
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        const std::vector<SweetPoint> points = sweetPoints(figures, group, percent);
        if (points.empty())
            continue;
        if (group == 0)
            report = kneesOf(figures, points);
        addGroup(spec, figures, group, points, group == 0 ? report.recommended : std::nullopt);
        for (const SweetPoint &point : points) {
            drawn.push_back(point.latency);
            drawn.push_back(point.throughput);
        }
    }
    if (spec.isEmpty())
        return spec;
    addPrediction(spec, figures, percent);
    addIntervalNote(spec, drawn);
    const bool lacks = std::any_of(drawn.begin(), drawn.end(),
                                   [](const Estimate &estimate) { return !estimate.claimed; });
    addSamplesNote(spec, lacks ? std::vector<int> {percent} : std::vector<int> {});
    if (!report.answers.empty()) {
        addNote(spec, kneeWords(report));
        spec.description += QLatin1Char(' ') + kneeWords(report) + QLatin1Char('.');
        if (report.methodsDisagree)
            addNote(spec, QStringLiteral("the methods disagree"));
    }
    if (data.latencyBudget)
        addBudget(spec, figures, *data.latencyBudget, percent);
    addDoubtNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeThroughputAgainstLatency()
{
    return std::make_unique<ThroughputAgainstLatency>();
}

} // namespace inferlab
