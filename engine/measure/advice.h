// Which of the measured configurations to take: the best that keeps all limits at a percentile,
// along a load the last that passes and the first that fails, and one sentence that says so.
#pragma once

#include "engine/measure/slo_presets.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace inferlab {

// What one configuration measured: samples pooled over its runs, in any order.
struct MeasuredPoint
{
    std::string label; // "batch 8"
    // Batch size or concurrency, where that varies: in its order come "last" and "first", among
    // points that agree in everything else.
    std::optional<double> load;
    std::string group; // everything else that varies: "kv cache off"; may be empty
    std::vector<double> ttftMs, tpotMs, itlMs, endToEndMs;
    std::optional<double> tokPerSecond; // of all sequences
    uint64_t memoryBytes = 0;           // weights, cache, workspace; 0: unknown
    size_t failedRequests = 0;
};

enum class LatencyFigure { Ttft, Tpot, Itl, EndToEnd };
const char *latencyFigureName(LatencyFigure figure) noexcept; // "TTFT", "total latency"

// One limit at one configuration.
struct LimitCheck
{
    LatencyFigure figure = LatencyFigure::Ttft;
    double limitMs = 0;
    std::optional<double> foundMs; // the percentile; absent without samples
    size_t n = 0;
    bool claimed = false; // n is enough for the percentile (samplesNeeded())

    bool passes() const noexcept { return foundMs && *foundMs <= limitMs; }
};

enum class PointVerdict {
    Passes,
    Fails,
    Unknown // no sample of something that is limited
};

struct PointAdvice
{
    PointVerdict verdict = PointVerdict::Unknown;
    std::vector<LimitCheck> checks; // of the limits that are set, in the order of LatencyFigure
};

// Of points that differ in load alone; indices of them.
struct LoadLimit
{
    std::string group;
    std::optional<size_t> lastPass;  // highest load that passes
    std::optional<size_t> firstFail; // lowest load that fails
};

struct Advice
{
    std::vector<PointAdvice> points;   // in the order given
    std::optional<size_t> best;        // index of the point to take
    std::vector<LoadLimit> loadLimits; // of each group, as they come; empty: no load varies
    std::optional<double> bestTokPerSecond;
    std::string sentence;
};

// A limit of itlMs is compared with the percentile of all gaps here, while goodput wants every gap
// of a request within it. A configuration with failed requests fails. percentile in (0, 100).
Advice advise(std::span<const MeasuredPoint> points, const SloTargets &limits, double percentile,
              AdviceGoal goal = AdviceGoal::Throughput);

} // namespace inferlab
