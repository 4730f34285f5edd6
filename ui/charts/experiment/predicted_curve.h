// The expected curve behind a measured one: what the cost model says of each point, measured or
// not.
#pragma once

#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/plot_spec.h"

#include <functional>
#include <optional>

namespace inferlab {

// One figure of a predicted run, in the unit of the axis.
using FigureOfPrediction = std::function<std::optional<double>(const RunMetrics &)>;

// A thin line for each group, labelled "predicted", under what is drawn already; its values stand
// in the table as well. Does nothing where nothing was predicted or drawn.
void addPredictedCurve(PlotSpec &spec, const ExperimentFigures &figures,
                       const FigureOfPrediction &figure);

} // namespace inferlab
