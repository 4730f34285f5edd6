// Samples of every point as boxes beside each other: quartiles, what lies within 1.5 boxes of them,
// and what does not (Tukey).
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/experiment_plot.h"
#include "ui/charts/experiment/predicted_curve.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

constexpr size_t kFewestSamples = 3; // fewer have no quartiles to speak of: dots
constexpr size_t kMostOutliers = 60; // of one box that are drawn
constexpr double kWhiskerBoxes = 1.5;

struct Quantity
{
    const char *view;
    const char *title;
    const char *unit;
    double scale;
    Meaning meaning;
    Samples PointFigures::*sample;
    std::optional<double> (*predicted)(const RunMetrics &); // its median
};

const std::array<Quantity, 4> &quantities()
{
    static const std::array<Quantity, 4> all {
        {{"total latency", "Total latency, s", "s", 1e-3, Meaning::Decode,
          &PointFigures::endToEndMs,
          [](const RunMetrics &m) { return predictedPercentile(m.endToEnd, 50, 1e-3); }},
         {"throughput", "Throughput of single runs, tok/s total", "tok/s total", 1.0,
          Meaning::Throughput, &PointFigures::runTokPerSecond,
          [](const RunMetrics &m) { return m.outputTokPerSecond; }},
         {"first token", "Time to first token, s", "s", 1e-3, Meaning::Prefill,
          &PointFigures::ttftMs,
          [](const RunMetrics &m) { return predictedPercentile(m.ttft, 50, 1e-3); }},
         {"between tokens", "Inter-token latency, ms", "ms", 1.0, Meaning::Decode,
          &PointFigures::itlMs,
          [](const RunMetrics &m) { return predictedPercentile(m.itl, 50); }}}};
    return all;
}

class BoxPlot : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("box-plot"); }
    QStringList views() const override { return viewNames(quantities()); }
    PlotSpec plot(const ChartData &data, int view) override;
};

PlotBox boxOf(const std::vector<double> &sorted, double scale)
{
    PlotBox box;
    const double low = percentileOfSorted(sorted, 25);
    const double high = percentileOfSorted(sorted, 75);
    const double reach = kWhiskerBoxes * (high - low);
    const auto first = std::lower_bound(sorted.begin(), sorted.end(), low - reach);
    const auto last = std::upper_bound(sorted.begin(), sorted.end(), high + reach);
    box.lowQuartile = low * scale;
    box.highQuartile = high * scale;
    box.median = percentileOfSorted(sorted, 50) * scale;
    box.lowWhisker = *first * scale;
    box.highWhisker = *(last - 1) * scale;
    const size_t below = static_cast<size_t>(first - sorted.begin());
    const size_t above = static_cast<size_t>(sorted.end() - last);
    const size_t every = (below + above) / kMostOutliers + 1;
    for (size_t i = 0; i < below; i += every)
        box.outliers.push_back(sorted[i] * scale);
    for (size_t i = 0; i < above; i += every) // the furthest is always one of them
        box.outliers.push_back(sorted[sorted.size() - 1 - i] * scale);
    return box;
}

struct Drawn
{
    PlotCurve boxes, dots;
    std::vector<QPointF> predicted;
};

void addPoint(PlotSpec &spec, Drawn &drawn, const ExperimentFigures &figures,
              const PointFigures &point, double at, const Quantity &quantity)
{
    const std::vector<double> &sorted = (point.*quantity.sample).all;
    if (sorted.empty())
        return;
    const QString name = pointName(figures, point.index);
    const QString unit = QLatin1String(quantity.unit);
    const RunMetrics *metrics = figures.predicted(point.index);
    const std::optional<double> predicted =
        metrics != nullptr ? quantity.predicted(*metrics) : std::nullopt;
    if (predicted)
        drawn.predicted.emplace_back(at, *predicted);
    const PlotRunRef run {static_cast<int>(point.index)};
    if (sorted.size() < kFewestSamples) {
        for (const double value : sorted) {
            drawn.dots.points.emplace_back(at, value * quantity.scale);
            drawn.dots.names << name;
            drawn.dots.texts << withDoubt(
                withPrediction(valueText(value * quantity.scale, unit), predicted, unit), point);
            drawn.dots.runs.push_back(run);
        }
        return;
    }
    const PlotBox box = boxOf(sorted, quantity.scale);
    drawn.boxes.points.emplace_back(at, box.median);
    drawn.boxes.boxes.push_back(box);
    drawn.boxes.names << name;
    drawn.boxes.runs.push_back(run);
    const QString words = QStringLiteral("%1, half from %2 to %3, n = %4")
                              .arg(valueText(box.median, unit), numberText(box.lowQuartile),
                                   numberText(box.highQuartile))
                              .arg(sorted.size());
    drawn.boxes.texts << withDoubt(withPrediction(words, predicted, unit), point);
    spec.table.rows.push_back({name, QString::number(sorted.size()), plainNumber(box.lowWhisker),
                               plainNumber(box.lowQuartile), plainNumber(box.median),
                               plainNumber(box.highQuartile), plainNumber(box.highWhisker),
                               predicted ? plainNumber(*predicted) : QString()});
    spec.description += QLatin1Char(' ') + name + QStringLiteral(": ") + drawn.boxes.texts.back()
        + QLatin1Char('.');
    PointLabel label;
    label.at = {at, std::max(box.highWhisker, sorted.back() * quantity.scale)};
    label.text = numberText(box.median);
    label.onTop = true;
    spec.pointLabels.push_back(label);
}

PlotSpec BoxPlot::plot(const ChartData &data, int view)
{
    const Quantity &quantity = quantities()[static_cast<size_t>(std::clamp(view, 0, 3))];
    PlotSpec spec = experimentPlot(id(), QLatin1String(quantity.title),
                                   QStringLiteral("A box of each point's samples"), data);
    spec.view = QLatin1String(quantity.view);
    spec.rangeKey += spec.view;
    spec.y.unit = QLatin1String(quantity.unit);
    spec.table.columns = {QStringLiteral("Point"), QStringLiteral("n")};
    for (const char *name :
         {"lower whisker", "first quartile", "median", "third quartile", "upper whisker"})
        spec.table.columns << QStringLiteral("%1, %2").arg(QLatin1String(name), spec.y.unit);
    spec.table.columns << QStringLiteral("predicted median, %1").arg(spec.y.unit);
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    setCategoriesX(spec, figures);
    spec.description = spec.title + QStringLiteral(" by point.");
    const auto groups = static_cast<double>(figures.groups.size());
    const double width = 0.7 / groups;
    std::vector<QPointF> predicted;
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        Drawn drawn;
        for (size_t x = 0; x < figures.xCount(); ++x) {
            const double at =
                static_cast<double>(x) + (static_cast<double>(group) - (groups - 1) / 2) * width;
            if (const PointFigures *point = figures.at(x, group))
                addPoint(spec, drawn, figures, *point, at, quantity);
        }
        predicted.insert(predicted.end(), drawn.predicted.begin(), drawn.predicted.end());
        PlotSeries series;
        series.name = groups > 1 ? figures.groups[group] : spec.view;
        series.keys = {QString::number(group)};
        series.meaning = quantity.meaning;
        series.age = static_cast<int>(group);
        series.marker = markerOfAge(series.age);
        series.barWidth = width * 0.75;
        series.unit = spec.y.unit;
        for (auto &[kind, curve] :
             {std::pair {PlotKind::Boxes, &drawn.boxes}, std::pair {PlotKind::Dots, &drawn.dots}}) {
            if (curve->points.empty())
                continue;
            series.kind = kind;
            series.curves = {*curve};
            spec.series.push_back(series);
        }
        if (groups > 1) {
            LegendEntry entry;
            entry.key = series.keys.front();
            entry.text = series.name;
            entry.brief = figures.groupBriefs[group];
            entry.kind = PlotKind::Boxes;
            entry.meaning = series.meaning;
            entry.age = series.age;
            spec.legend.push_back(entry);
        }
    }
    addPredictedDashes(spec, predicted, width);
    addNote(spec,
            QStringLiteral("Box: quartiles; line and number: median; whiskers: within 1.5 boxes"));
    addDoubtNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeBoxPlot()
{
    return std::make_unique<BoxPlot>();
}

} // namespace inferlab
