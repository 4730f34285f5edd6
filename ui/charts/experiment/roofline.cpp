// The roofline: what the device could reach at each number of operations per byte, and where
// prefill and decode of every point lie below it.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_plot.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kGiga = 1e9;
constexpr double kRoom = 2.0; // beside the outermost dot and the last ridge, as a factor

struct Ceiling
{
    QString name; // "int8"
    double operationsPerSecond = 0;
};

// Of what the model multiplies with.
std::vector<Ceiling> ceilingsOf(const ModelCost &cost, const DeviceLimits &limits)
{
    constexpr std::array kNames {"int8", "bf16", "f32"};
    std::vector<Ceiling> out;
    for (size_t kind = 0; kind < kProductKinds; ++kind) {
        const double elements = cost.layerMatrices.elements[kind] + cost.output.elements[kind];
        if (elements > 0)
            out.push_back({QLatin1String(kNames[kind]), limits.productsPerSecond[kind]});
    }
    return out;
}

struct Dot
{
    double intensity = 0; // operations per byte
    double operationsPerSecond = 0;
};

std::optional<Dot> dotOf(const std::optional<PhaseComparison> &phase)
{
    if (!phase || phase->bytesPerSecond <= 0 || phase->operationsPerSecond <= 0)
        return std::nullopt;
    return Dot {phase->operationsPerSecond / phase->bytesPerSecond, phase->operationsPerSecond};
}

// "8", "512, off"
QString briefName(const ExperimentFigures &figures, size_t point)
{
    QStringList values;
    for (const AxisValue &value : figures.result->points[point].point.values)
        values << axisValue(value);
    return values.join(QStringLiteral(", "));
}

PlotSeries dotsOf(const ExperimentFigures &figures, bool decode)
{
    PlotSeries series;
    series.name = decode ? QStringLiteral("decode") : QStringLiteral("prefill");
    series.keys = {series.name};
    series.kind = PlotKind::Dots;
    series.meaning = decode ? Meaning::Decode : Meaning::Prefill;
    series.marker = decode ? MarkerShape::Circle : MarkerShape::Square;
    series.unit = QStringLiteral("GOP/s");
    struct At
    {
        Dot dot;
        size_t point = 0;
        double share = 0;
        StepLimit limit = StepLimit::Bandwidth;
    };
    std::vector<At> dots;
    for (size_t i = 0; i < figures.outlook->points.size(); ++i) {
        const std::optional<RunVerdict> &verdict = figures.outlook->points[i].verdict;
        const std::optional<PhaseComparison> none;
        const auto &phase = !verdict ? none : decode ? verdict->decode : verdict->prefill;
        if (const std::optional<Dot> dot = dotOf(phase))
            dots.push_back({*dot, i, phase->share, phase->limit});
    }
    std::stable_sort(dots.begin(), dots.end(),
                     [](const At &a, const At &b) { return a.dot.intensity < b.dot.intensity; });
    PlotCurve curve;
    for (const At &at : dots) {
        curve.points.emplace_back(at.dot.intensity, at.dot.operationsPerSecond / kGiga);
        curve.names << pointName(figures, at.point);
        curve.texts << QStringLiteral("%1 GOP/s at %2 operations per byte; %3% of %4")
                           .arg(numberText(at.dot.operationsPerSecond / kGiga),
                                numberText(at.dot.intensity), plainNumber(at.share * 100, 0),
                                QLatin1String(stepLimitName(at.limit)));
        curve.runs.push_back({static_cast<int>(at.point)});
    }
    if (!curve.points.empty())
        series.curves.push_back(std::move(curve));
    return series;
}

void addDots(PlotSpec &spec, PlotSeries series, const ExperimentFigures &figures)
{
    if (series.isEmpty())
        return;
    const PlotCurve &curve = series.curves.front();
    for (size_t i = 0; i < curve.points.size(); ++i) {
        const QString &name = curve.names[static_cast<qsizetype>(i)];
        PointLabel label;
        label.at = curve.points[i];
        label.text = briefName(figures, static_cast<size_t>(curve.runs[i].point));
        label.keys = series.keys;
        label.muted = true;
        spec.pointLabels.push_back(label);
        spec.table.rows.push_back({name, series.name, plainNumber(curve.points[i].x(), 3),
                                   plainNumber(curve.points[i].y(), 3)});
    }
    LegendEntry entry;
    entry.key = series.name;
    entry.text = series.name;
    entry.kind = PlotKind::Dots;
    entry.meaning = series.meaning;
    entry.marker = series.marker;
    spec.legend.push_back(entry);
    spec.series.push_back(std::move(series));
}

// Up along the bandwidth to the ridge, then level.
PlotSeries roofOf(const Ceiling &ceiling, double bytesPerSecond, double from, double to)
{
    const double ridge = ceiling.operationsPerSecond / bytesPerSecond;
    PlotSeries series;
    series.name = QStringLiteral("roof, ") + ceiling.name;
    series.meaning = Meaning::Prediction;
    series.width = 1.2;
    series.pointable = false;
    PlotCurve curve;
    curve.points = {{from, from * bytesPerSecond / kGiga},
                    {ridge, ceiling.operationsPerSecond / kGiga},
                    {std::max(to, ridge * 1.001), ceiling.operationsPerSecond / kGiga}};
    series.curves.push_back(std::move(curve));
    return series;
}

class Roofline : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("roofline"); }
    PlotSpec plot(const ChartData &data, int view) override;

private:
    static void addRoofs(PlotSpec &spec, const ModelCost &cost, const DeviceLimits &limits);
};

// As far as the dots and the ridges go.
void Roofline::addRoofs(PlotSpec &spec, const ModelCost &cost, const DeviceLimits &limits)
{
    const std::vector<Ceiling> ceilings = ceilingsOf(cost, limits);
    if (ceilings.empty())
        return;
    double from = INFINITY;
    double to = 0;
    double lowest = INFINITY;
    double highest = 0;
    for (const PlotSeries &series : spec.series) {
        for (const QPointF &dot : series.curves.front().points) {
            from = std::min(from, dot.x());
            to = std::max(to, dot.x());
            lowest = std::min(lowest, dot.y());
        }
    }
    for (const Ceiling &ceiling : ceilings) {
        const double ridge = ceiling.operationsPerSecond / limits.bytesPerSecond;
        from = std::min(from, ridge); // a roof begins on its slope
        to = std::max(to, ridge);
        highest = std::max(highest, ceiling.operationsPerSecond / kGiga);
    }
    from /= kRoom;
    to *= kRoom;
    for (const Ceiling &ceiling : ceilings) {
        spec.series.insert(spec.series.begin(), roofOf(ceiling, limits.bytesPerSecond, from, to));
        EndLabel label;
        label.y = ceiling.operationsPerSecond / kGiga;
        label.text =
            ceiling.name + QLatin1Char(' ') + numberText(ceiling.operationsPerSecond / kGiga);
        spec.endLabels.push_back(label);
    }
    spec.x.hasRange = spec.y.hasRange = true;
    spec.x.min = from;
    spec.x.max = to;
    spec.y.min = std::min(lowest, from * limits.bytesPerSecond / kGiga) / 1.5;
    spec.y.max = highest * 1.5;
    const double ridge = ceilings.front().operationsPerSecond / limits.bytesPerSecond;
    PointLabel slope;
    slope.at.setX(std::sqrt(from * ridge)); // half way up
    slope.at.setY(slope.at.x() * limits.bytesPerSecond / kGiga);
    slope.text = QStringLiteral("memory %1 GB/s").arg(numberText(limits.bytesPerSecond / kGiga));
    spec.pointLabels.push_back(slope);
}

PlotSpec Roofline::plot(const ChartData &data, int)
{
    PlotSpec spec = experimentPlot(
        id(), QStringLiteral("Roofline: GOP/s by operations per byte"),
        QStringLiteral("How close each point comes to what the device can do"), data);
    spec.x = {};
    spec.x.title = QStringLiteral("operations per byte read");
    spec.x.unit = QStringLiteral("operations/byte");
    spec.x.logarithmic = spec.y.logarithmic = true;
    spec.xName = QStringLiteral("operations per byte");
    spec.y.unit = QStringLiteral("GOP/s");
    spec.table.columns = {QStringLiteral("Point"), QStringLiteral("Phase"),
                          QStringLiteral("Operations per byte"), QStringLiteral("GOP/s")};
    if (data.experiment == nullptr || data.experiment->outlook == nullptr
        || !data.experiment->outlook->cost || !data.experiment->outlook->limits)
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    for (const bool decode : {false, true})
        addDots(spec, dotsOf(figures, decode), figures);
    if (spec.series.empty())
        return spec;
    addRoofs(spec, *figures.outlook->cost, *figures.outlook->limits);
    spec.description = spec.title + QLatin1Char('.');
    for (const PredictedPoint &point : figures.outlook->points) {
        if (point.verdict)
            spec.description += QLatin1Char(' ') + QString::fromStdString(point.verdict->limited);
    }
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeRoofline()
{
    return std::make_unique<Roofline>();
}

} // namespace inferlab
