// The figures of a run as JSON: of `metrics`, and of `generate --json`.
#pragma once

#include "engine/base/json.h"
#include "engine/measure/metrics.h"

namespace inferlab::cli {

// Units in the names; a figure that does not exist is null; each summary has its n, and under
// "claims" whether n is large enough for each percentile.
Json metricsToJson(const RunMetrics &metrics);

} // namespace inferlab::cli
