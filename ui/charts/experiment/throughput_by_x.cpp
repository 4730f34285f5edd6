// Tokens per second over what varies: sustained over all runs, and the median and P90 of single
// runs.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/percentile_curves.h"
#include "ui/charts/experiment/predicted_curve.h"

namespace inferlab {

namespace {

class ThroughputByX : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("throughput-by-point"); }
    PlotSpec plot(const ChartData &data, int view) override;
};

PlotSpec ThroughputByX::plot(const ChartData &data, int)
{
    PlotSpec spec = experimentPlot(id(), QStringLiteral("Throughput, tok/s total"),
                                   QStringLiteral("Throughput"), data);
    spec.y.unit = QStringLiteral("tok/s total");
    setPercentileColumns(spec, QStringLiteral("Throughput of a run"));
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    const ExperimentFigures &figures = *data.experiment;
    PercentileCurves curves;
    curves.sample = &PointFigures::runTokPerSecond;
    curves.meaning = Meaning::Throughput;
    curves.unit = QStringLiteral("tok/s total");
    curves.percents = {50, 90};
    addPercentileCurves(spec, figures, curves);
    addPredictedCurve(spec, figures,
                      [](const RunMetrics &metrics) { return metrics.outputTokPerSecond; });
    if (figures.groups.size() > 1)
        return spec;
    CurveLook look;
    look.name = QStringLiteral("sustained");
    look.key = QStringLiteral("sustained");
    look.meaning = Meaning::Throughput;
    look.marker = MarkerShape::Diamond;
    look.width = 1.2;
    look.unit = curves.unit;
    PlotSeries series = curveOverX(figures, 0, look, sustainedEstimate);
    if (series.isEmpty())
        return spec;
    LegendEntry entry;
    entry.key = look.key;
    entry.text = QStringLiteral("sustained: all tokens / all time");
    entry.brief = look.name;
    entry.meaning = look.meaning;
    entry.marker = look.marker;
    spec.legend.push_back(entry);
    const PlotCurve &curve = series.curves.front();
    for (size_t i = 0; i < curve.points.size(); ++i)
        spec.table.rows.push_back({curve.names[static_cast<qsizetype>(i)], look.name,
                                   plainNumber(curve.points[i].y()), QString(), QString(),
                                   QString()});
    spec.series.push_back(std::move(series));
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeThroughputByX()
{
    return std::make_unique<ThroughputByX>();
}

} // namespace inferlab
