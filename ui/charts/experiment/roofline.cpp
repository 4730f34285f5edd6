// The roofline: what each device could reach at each number of operations per byte, and where
// prefill and decode of every point lie below the roof of its own device and threads.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/experiment_plot.h"
#include "ui/charts/experiment/roofs.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kGiga = 1e9;
constexpr double kRoom = 2.0; // beside the outermost dot and the last ridge, as a factor

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

// "8", "512, off", "Q8_0"
QString briefName(const ExperimentFigures &figures, size_t point)
{
    const std::vector<ExperimentAxis> &axes = figures.result->experiment.axes;
    const std::vector<AxisValue> &values = figures.result->points[point].point.values;
    QStringList words;
    for (size_t i = 0; i < values.size(); ++i)
        words << axisValue(axes[i], values[i]);
    return words.join(QStringLiteral(", "));
}

// Phases differ in shape at the first roof, and at every further one.
MarkerShape shapeOf(bool decode, size_t roof)
{
    return roof % 2 == 0 ? (decode ? MarkerShape::Circle : MarkerShape::Square)
                         : (decode ? MarkerShape::Diamond : MarkerShape::Triangle);
}

PlotSeries dotsOf(const ExperimentFigures &figures, const Roof &roof, size_t number, bool decode)
{
    PlotSeries series;
    series.name = decode ? QStringLiteral("decode") : QStringLiteral("prefill");
    if (!roof.name.isEmpty())
        series.name += QStringLiteral(", ") + roof.name;
    series.keys = {series.name};
    series.kind = PlotKind::Dots;
    series.meaning = decode ? Meaning::Decode : Meaning::Prefill;
    series.age = static_cast<int>(number);
    series.marker = shapeOf(decode, number);
    series.unit = QStringLiteral("GOP/s");
    struct At
    {
        Dot dot;
        size_t point = 0;
        double share = 0;
        StepLimit limit = StepLimit::Bandwidth;
    };
    std::vector<At> dots;
    for (const size_t i : roof.points) {
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
        const QString text =
            QStringLiteral("%1 GOP/s at %2 operations per byte; %3% of %4")
                .arg(numberText(at.dot.operationsPerSecond / kGiga), numberText(at.dot.intensity),
                     plainNumber(at.share * 100, 0), QLatin1String(stepLimitName(at.limit)));
        curve.texts << withDoubt(text, *figures.points[at.point]);
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
    entry.age = series.age;
    entry.marker = series.marker;
    spec.legend.push_back(entry);
    spec.series.push_back(std::move(series));
}

// What the axes have to hold.
struct Extent
{
    double from = INFINITY, to = 0;        // operations per byte
    double lowest = INFINITY, highest = 0; // GOP/s
};

Extent extentOf(const PlotSpec &spec, const std::vector<Roof> &roofs)
{
    Extent extent;
    for (const PlotSeries &series : spec.series) {
        for (const QPointF &dot : series.curves.front().points) {
            extent.from = std::min(extent.from, dot.x());
            extent.to = std::max(extent.to, dot.x());
            extent.lowest = std::min(extent.lowest, dot.y());
        }
    }
    double slowest = INFINITY;
    for (const Roof &roof : roofs) {
        slowest = std::min(slowest, roof.bytesPerSecond);
        for (const Ceiling &ceiling : roof.ceilings) {
            const double ridge = ceiling.operationsPerSecond / roof.bytesPerSecond;
            extent.from = std::min(extent.from, ridge); // a roof begins on its slope
            extent.to = std::max(extent.to, ridge);
            extent.highest = std::max(extent.highest, ceiling.operationsPerSecond / kGiga);
        }
    }
    extent.from /= kRoom;
    extent.to *= kRoom;
    extent.lowest = std::min(extent.lowest, extent.from * slowest / kGiga);
    return extent;
}

// Up along the bandwidth to the ridge, then level.
PlotSeries lineOf(const Roof &roof, const Ceiling &ceiling, size_t number, const Extent &extent)
{
    const double ridge = ceiling.operationsPerSecond / roof.bytesPerSecond;
    PlotSeries series;
    series.name = QStringLiteral("roof, ") + ceiling.name;
    if (!roof.name.isEmpty())
        series.name += QStringLiteral(", ") + roof.name;
    series.meaning = Meaning::Prediction;
    series.age = static_cast<int>(number);
    series.width = 1.2;
    series.pointable = false;
    PlotCurve curve;
    curve.points = {{extent.from, extent.from * roof.bytesPerSecond / kGiga},
                    {ridge, ceiling.operationsPerSecond / kGiga},
                    {std::max(extent.to, ridge * 1.001), ceiling.operationsPerSecond / kGiga}};
    series.curves.push_back(std::move(curve));
    return series;
}

// As far as the dots and the ridges go.
void addRoof(PlotSpec &spec, const Roof &roof, size_t number, const Extent &extent)
{
    const QString whose = roof.name.isEmpty() ? QString() : roof.name + QLatin1Char(' ');
    for (const Ceiling &ceiling : roof.ceilings) {
        spec.series.insert(spec.series.begin(), lineOf(roof, ceiling, number, extent));
        EndLabel label;
        label.y = ceiling.operationsPerSecond / kGiga;
        label.text = whose + ceiling.name + QLatin1Char(' ') + numberText(label.y);
        spec.endLabels.push_back(label);
    }
    const double ridge = roof.ceilings.front().operationsPerSecond / roof.bytesPerSecond;
    const auto upTheSlope = [&](double share) {
        const double intensity = extent.from * std::pow(ridge / extent.from, share);
        return QPointF(intensity, intensity * roof.bytesPerSecond / kGiga);
    };
    PointLabel slope;
    slope.at = upTheSlope(0.5);
    for (const double share : {0.35, 0.65, 0.2, 0.8, 0.1, 0.9})
        slope.orAt.push_back(upTheSlope(share));
    slope.text = whose
        + (roof.hasCaches ? QStringLiteral("caches and memory %1 GB/s")
                          : QStringLiteral("memory %1 GB/s"))
              .arg(numberText(roof.bytesPerSecond / kGiga));
    spec.pointLabels.push_back(slope);
}

class Roofline : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("roofline"); }
    PlotSpec plot(const ChartData &data, int view) override;
};

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
    if (data.experiment == nullptr || data.experiment->outlook == nullptr)
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    const std::vector<Roof> roofs = roofsOf(figures);
    for (size_t i = 0; i < roofs.size(); ++i) {
        for (const bool decode : {false, true})
            addDots(spec, dotsOf(figures, roofs[i], i, decode), figures);
    }
    if (spec.series.empty())
        return spec;
    const Extent extent = extentOf(spec, roofs);
    for (size_t i = 0; i < roofs.size(); ++i)
        addRoof(spec, roofs[i], i, extent);
    spec.x.hasRange = spec.y.hasRange = true;
    spec.x.min = extent.from;
    spec.x.max = extent.to;
    spec.y.min = extent.lowest / 1.5;
    spec.y.max = extent.highest * 1.5;
    spec.description = spec.title + QLatin1Char('.');
    for (const PredictedPoint &point : figures.outlook->points) {
        if (point.verdict)
            spec.description += QLatin1Char(' ') + QString::fromStdString(point.verdict->limited);
    }
    addDoubtNote(spec, figures);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeRoofline()
{
    return std::make_unique<Roofline>();
}

} // namespace inferlab
