// Gaps between tokens over what varies, from the stamps; and, as a second view, beside them what
// the course notebook calls ITL: a run's time over the tokens of all its sequences.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_notes.h"
#include "ui/charts/experiment/percentile_curves.h"
#include "ui/charts/experiment/predicted_curve.h"

namespace inferlab {

namespace {

class ItlByX : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("itl-by-point"); }
    QStringList views() const override
    {
        return {QStringLiteral("by stamps"), QStringLiteral("with course notebook")};
    }
    PlotSpec plot(const ChartData &data, int view) override;
};

void addNotebook(PlotSpec &spec, const ExperimentFigures &figures)
{
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        CurveLook look;
        look.name = QStringLiteral("course notebook");
        if (!figures.groupBriefs[group].isEmpty())
            look.name += QStringLiteral(", ") + figures.groupBriefs[group];
        look.key = QStringLiteral("notebook");
        look.meaning = Meaning::Queue;
        look.age = static_cast<int>(group);
        look.marker = MarkerShape::Diamond;
        look.width = 1.2;
        look.unit = QStringLiteral("ms");
        PlotSeries series = curveOverX(figures, group, look, [](const PointFigures &point) {
            return estimateOf(point.runMsPerToken, 50);
        });
        if (!series.isEmpty())
            spec.series.push_back(std::move(series));
    }
    LegendEntry entry;
    entry.key = QStringLiteral("notebook");
    entry.text = QStringLiteral("course notebook: run time / all sequences' tokens");
    entry.brief = QStringLiteral("notebook");
    entry.meaning = Meaning::Queue;
    entry.marker = MarkerShape::Diamond;
    spec.legend.push_back(entry);
    addNote(spec,
            QStringLiteral("The notebook's figure is inverse throughput: it falls as the "
                           "batch grows, while each reader waits longer"));
}

PlotSpec ItlByX::plot(const ChartData &data, int view)
{
    PlotSpec spec = experimentPlot(id(), QStringLiteral("Inter-token latency, ms"),
                                   QStringLiteral("Inter-token latency"), data);
    spec.view = views().value(view);
    spec.rangeKey += spec.view;
    spec.y.unit = QStringLiteral("ms");
    setPercentileColumns(spec, QStringLiteral("ITL"));
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    PercentileCurves curves;
    curves.sample = &PointFigures::itlMs;
    curves.meaning = Meaning::Decode;
    curves.unit = spec.y.unit;
    curves.percents = view == 1 ? std::vector<int> {50} : std::vector<int> {50, 90, 99};
    addPercentileCurves(spec, *data.experiment, curves);
    addPredictedCurve(spec, *data.experiment, [](const RunMetrics &metrics) {
        return predictedPercentile(metrics.itl, 50);
    });
    if (view == 1)
        addNotebook(spec, *data.experiment);
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeItlByX()
{
    return std::make_unique<ItlByX>();
}

} // namespace inferlab
