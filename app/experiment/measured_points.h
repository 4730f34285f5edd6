// What an experiment measured at each point, as advice and knees take it.
#pragma once

#include "app/experiment/experiment_result.h"
#include "engine/measure/advice.h"
#include "engine/measure/slo.h"

#include <cstdint>
#include <vector>

namespace inferlab {

// Samples of all counted runs of a point, pooled; the throughput is that of all of them together.
// The load is the value of the first axis where that is a number, else the point's index. Memory is
// the most that any run took.
MeasuredPoint measuredPoint(const PointResult &result);

// Of every point that has a run, in their order.
std::vector<MeasuredPoint> measuredPoints(const ExperimentResult &result);

// Tokens of prompt and answer of the longest request that was measured; 0 without any.
int64_t longestRequestTokens(const ExperimentResult &result);

// The requests of a point's runs, for attainment and goodput.
SloSample sloSample(const PointResult &result);

} // namespace inferlab
