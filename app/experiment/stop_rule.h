// When a point, or an experiment, has been measured enough before all repeats are done.
#pragma once

#include "app/experiment/experiment_result.h"

#include <optional>

namespace inferlab {

// From the first submit to the last end, in seconds.
double measuredSeconds(const MeasuredRun &run);
double measuredSeconds(const PointResult &point);
double measuredSeconds(const ExperimentResult &result);

// Half the width of the 95% interval of the median throughput (order statistics) over that median,
// in percent; the wider half counts. Nullopt with too few runs for an interval.
std::optional<double> throughputIntervalPercent(const PointResult &point);

// Whether the rule leaves out the further repeats of this point.
bool hasEnough(const StopRule &rule, const PointResult &point);
// Whether the rule ends the whole experiment.
bool hasEnough(const StopRule &rule, const ExperimentResult &result);
// Whether going on would measure nothing: every point is done, or the rule ends the experiment.
bool isEnded(const ExperimentResult &result);

} // namespace inferlab
