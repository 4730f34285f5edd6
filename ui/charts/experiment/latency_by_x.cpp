// Submit to last token over what varies, on a logarithmic axis.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/percentile_curves.h"
#include "ui/charts/experiment/predicted_curve.h"

namespace inferlab {

namespace {

class LatencyByX : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("latency-by-point"); }
    PlotSpec plot(const ChartData &data, int view) override;
};

PlotSpec LatencyByX::plot(const ChartData &data, int)
{
    PlotSpec spec = experimentPlot(id(), QStringLiteral("Total latency, s (logarithmic)"),
                                   QStringLiteral("Total latency"), data);
    spec.y.unit = QStringLiteral("s");
    spec.y.logarithmic = true;
    setPercentileColumns(spec, QStringLiteral("Total latency"));
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    PercentileCurves curves;
    curves.sample = &PointFigures::endToEndMs;
    curves.meaning = Meaning::Decode;
    curves.scale = 1e-3; // ms to s
    curves.unit = spec.y.unit;
    addPercentileCurves(spec, *data.experiment, curves);
    addPredictedCurve(spec, *data.experiment, [](const RunMetrics &metrics) {
        return predictedPercentile(metrics.endToEnd, 50, 1e-3);
    });
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeLatencyByX()
{
    return std::make_unique<LatencyByX>();
}

} // namespace inferlab
