// Submit to first token over what varies, on a logarithmic axis.
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/percentile_curves.h"
#include "ui/charts/experiment/predicted_curve.h"

namespace inferlab {

namespace {

class TtftByX : public ChartSource
{
public:
    QString id() const override { return QStringLiteral("ttft-by-point"); }
    PlotSpec plot(const ChartData &data, int view) override;
};

PlotSpec TtftByX::plot(const ChartData &data, int)
{
    PlotSpec spec = experimentPlot(id(), QStringLiteral("Time to first token, s (logarithmic)"),
                                   QStringLiteral("Time to first token"), data);
    spec.y.unit = QStringLiteral("s");
    spec.y.logarithmic = true;
    setPercentileColumns(spec, QStringLiteral("TTFT"));
    if (data.experiment == nullptr || !data.experiment->hasRuns())
        return spec;
    PercentileCurves curves;
    curves.sample = &PointFigures::ttftMs;
    curves.meaning = Meaning::Prefill;
    curves.scale = 1e-3; // ms to s
    curves.unit = spec.y.unit;
    addPercentileCurves(spec, *data.experiment, curves);
    addPredictedCurve(spec, *data.experiment, [](const RunMetrics &metrics) {
        return predictedPercentile(metrics.ttft, 50, 1e-3);
    });
    return spec;
}

} // namespace

std::unique_ptr<ChartSource> makeTtftByX()
{
    return std::make_unique<TtftByX>();
}

} // namespace inferlab
