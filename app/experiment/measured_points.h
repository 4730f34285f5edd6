// What an experiment measured at each point, as advice and knees take it.
#pragma once

#include "app/experiment/experiment_result.h"
#include "engine/measure/advice.h"
#include "engine/measure/knee.h"
#include "engine/measure/slo.h"

#include <cstdint>
#include <vector>

namespace inferlab {

// Samples of all counted runs of a point, pooled; the throughput is that of all of them together.
// Memory is the most that any run took. Load and group are left out.
MeasuredPoint measuredPoint(const PointResult &result);

// Of every point that has a run, in their order. The load is the value along the first axis that is
// one (isLoad()); the group names the values along the others.
std::vector<MeasuredPoint> measuredPoints(const ExperimentResult &result);

// Tokens of prompt and answer of the longest request that was measured; 0 without any.
int64_t longestRequestTokens(const ExperimentResult &result);

// The requests of a point's runs, for attainment and goodput.
SloSample sloSample(const PointResult &result);

// What the knee's methods take: the points that agree with `like` but for the first axis, which is
// a load; at a percentile of total latency. Empty where the first axis is none.
std::vector<LoadPoint> loadPoints(const ExperimentResult &result, const ExperimentPoint &like,
                                  double percentile);

} // namespace inferlab
