// How many requests are in flight, over time. A request is in flight from its submission to its
// end, or as far as the record knows; intervals are half-open: who ends at an instant is gone
// before who begins there.
#pragma once

#include "engine/measure/run_record.h"

#include <vector>

namespace inferlab {

struct Concurrency
{
    double durationS = 0; // last end - first submit
    double mean = 0;      // weighted with time; 0 where no time passed
    int peak = 0;
};
Concurrency concurrencyOf(const RunRecord &run);

// From this time on so many are in flight, until the next step.
struct ConcurrencyStep
{
    double seconds = 0; // from the first submit
    int inFlight = 0;
};
// Rising times, none twice; the last has nobody in flight. Empty where no time passed.
std::vector<ConcurrencyStep> concurrencyOverTime(const RunRecord &run);

} // namespace inferlab
