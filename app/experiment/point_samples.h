// The samples of one point of an experiment, gathered once from the records of its runs: whatever
// summarises, draws or advises on a point begins here.
#pragma once

#include "app/experiment/experiment_result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace inferlab {

// All values of one figure at a point, and the same by run.
struct Samples
{
    std::vector<double> all;                // sorted
    std::vector<std::vector<double>> byRun; // each sorted
    bool empty() const noexcept { return all.empty(); }
    std::optional<double> median() const; // none when empty
    void addRun(std::vector<double> run); // in any order
};

// Over all counted runs. Percentiles are taken of pooled samples, never averaged. Failed requests
// are in none of the samples; definitions of the figures: engine/measure/metrics.h.
struct PointSamples
{
    size_t runs = 0, busyRuns = 0; // busy: others took some of the machine
    size_t requests = 0, failed = 0;
    Samples ttftMs, itlMs, tpotMs, endToEndMs;
    Samples runTokPerSecond;                     // one value for each run that has one
    std::optional<double> sustainedTokPerSecond; // all tokens / all the runs' time
    int64_t paddedTokens = 0, usefulTokens = 0;
    uint64_t weightBytes = 0, cacheBytes = 0, workspaceBytes = 0; // most of any run

    std::optional<double> paddedShare() const; // of all computed positions, 0 .. 1
};

PointSamples pointSamples(const PointResult &point);

} // namespace inferlab
