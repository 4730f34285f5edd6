// The same figure of every point at several percentiles, as curves over what varies.
#pragma once

#include "ui/charts/experiment/experiment_plot.h"

#include <vector>

namespace inferlab {

// Which figure of a point.
using SamplesOfPoint = Samples PointFigures::*;

// The same figure at P50, P90 and P99, or at one of them for every group where there are several;
// with legend, end labels and table. scale: of what is drawn, per ms.
struct PercentileCurves
{
    SamplesOfPoint sample = &PointFigures::ttftMs;
    Meaning meaning = Meaning::Decode;
    double scale = 1.0;
    QString unit;
    std::vector<int> percents {50, 90, 99};
};
// The table of those curves; the unit is that of y. quantity: "TTFT".
void setPercentileColumns(PlotSpec &spec, const QString &quantity);
void addPercentileCurves(PlotSpec &spec, const ExperimentFigures &figures,
                         const PercentileCurves &curves);

} // namespace inferlab
