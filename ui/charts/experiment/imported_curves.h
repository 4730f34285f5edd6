// Results of others on an experiment's charts: throughput, latency and TTFT over the load, and
// throughput against latency. Dashed, with a marker that nothing else has, named "imported: NAME".
#pragma once

#include "ui/charts/chart_source.h"

#include <memory>

namespace inferlab {

// The chart with ExperimentFigures::imported beside what it draws by itself, where its x axis is a
// load; any other chart as it is.
std::unique_ptr<ChartSource> withImported(std::unique_ptr<ChartSource> chart);

} // namespace inferlab
