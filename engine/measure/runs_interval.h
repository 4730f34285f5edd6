// How far a percentile is known whose samples come in runs. Requests of one run share their batch,
// their machine and their moment, so they are not as many independent samples as they look: 32
// first tokens of one batch are nearly one. Only whole runs are independent of each other.
#pragma once

#include "engine/measure/percentile_interval.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace inferlab {

// A median of fewer runs has no 95% interval (percentile_interval.h), whatever they hold.
inline constexpr size_t kFewestRunsForInterval = 6;

enum class IntervalMethod {
    RangeOfRuns, // from the least to the most of the runs' own percentiles: no confidence is
                 // claimed
    WholeRuns    // 95%, of the percentile of all samples, with runs as what was drawn
};

struct RunsInterval
{
    PercentileInterval interval;
    IntervalMethod method = IntervalMethod::RangeOfRuns;
    size_t runs = 0;
};

// Of the p-th percentile of all samples together; p in (0, 100). sorted: all samples; runs: the
// same by run, each sorted; empty ones do not count. Nullopt for fewer than two runs.
//
// From kFewestRunsForInterval runs on, Woodruff's interval (JASA 47, 1952) with runs as clusters:
// the share of samples below the percentile is known as well as it agrees between runs (Student's
// t, runs - 1 degrees), and never better than for independent samples; its ends are read off the
// samples. Where the samples do not reach far enough for 95%, and for fewer runs, the range.
std::optional<RunsInterval> runsInterval(std::span<const double> sorted,
                                         std::span<const std::vector<double>> runs, double p);

} // namespace inferlab
