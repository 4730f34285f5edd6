// What one point of an experiment came to, over all its counted runs.
#pragma once

#include "app/experiment/experiment_result.h"
#include "engine/measure/percentile.h"
#include "engine/measure/percentile_interval.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace inferlab {

// Samples are pooled over the runs, percentiles are never averaged. Failed requests are in none.
struct PointSummary
{
    size_t runs = 0, busyRuns = 0; // busy: others took some of the machine
    size_t requests = 0, failed = 0;
    std::optional<SampleSummary> ttftMs, itlMs, tpotMs, endToEndMs;
    std::optional<SampleSummary> runTokPerSecond;     // one value for each run
    std::optional<PercentileInterval> tokPerSecond95; // of its median
    std::optional<double> sustainedTokPerSecond;      // all tokens / all the runs' time
    std::optional<double> paddedShare;                // of all computed positions, 0 .. 1
    uint64_t weightBytes = 0, cacheBytes = 0, workspaceBytes = 0; // most of any run
};

PointSummary summarisePoint(const PointResult &point);
// Of every point, in its order: sorting all samples takes a moment, so do it once.
std::vector<PointSummary> summarisePoints(const ExperimentResult &result);

} // namespace inferlab
