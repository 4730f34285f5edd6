// The expected curve behind a measured one: what the cost model says of each point, measured or
// not; thin and black, with its label.
#pragma once

#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/plot_spec.h"

#include <functional>
#include <optional>
#include <vector>

namespace inferlab {

// One figure of a predicted run, in the unit of the axis.
using FigureOfPrediction = std::function<std::optional<double>(const RunMetrics &)>;

// The percentile of a predicted sample, times scale; none without it. percent: 50, 90, 95 or 99.
std::optional<double> predictedPercentile(const std::optional<SampleSummary> &sample, int percent,
                                          double scale = 1);

// Where a prediction is drawn, and of which point.
struct PredictedAt
{
    double x = 0, y = 0;
    size_t point = 0;
};

// Over x, rising; empty where `values` is. brief: which of several lines it is, "off"; may be
// empty.
PlotSeries predictedLine(const ExperimentFigures &figures, std::vector<PredictedAt> values,
                         const QString &brief, int age, const QString &unit);

// Under what is drawn already, with the label at the end of each line and an entry in the legend.
// Those without a point are left out.
void addPredictedLines(PlotSpec &spec, std::vector<PlotSeries> lines);
// Of bars and boxes: a dash across each, `width` along x, over what is drawn already, with an entry
// in the legend. Nothing for none.
void addPredictedDashes(PlotSpec &spec, const std::vector<QPointF> &at, double width);
// "1.20 s; predicted 1.10 s".
QString withPrediction(const QString &measured, const std::optional<double> &predicted,
                       const QString &unit);

// A line for each group over what varies; its values stand in the table of percentiles as well.
// Does nothing where nothing was predicted or drawn.
void addPredictedCurve(PlotSpec &spec, const ExperimentFigures &figures,
                       const FigureOfPrediction &figure);

} // namespace inferlab
