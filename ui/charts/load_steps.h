// The path that throughput and latency take as the load rises.
#pragma once

#include "plot_spec.h"

#include <QPointF>
#include <vector>

namespace inferlab {

// Points in the order of the load. A step from each to the next, which rises in x one way or the
// other: latency may fall.
std::vector<PlotCurve> loadSteps(const std::vector<QPointF> &points);

} // namespace inferlab
