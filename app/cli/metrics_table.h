// The figures of a run as a table for people.
#pragma once

#include "engine/measure/metrics.h"

#include <string>

namespace inferlab::cli {

// Aligned columns with n; a percentile that the sample is too small to claim has an asterisk, and a
// line below says so. Ends with a line end.
std::string metricsTable(const RunMetrics &metrics);

} // namespace inferlab::cli
