// Service level objectives: which requests met all their limits, how surely, and how many a second
// did (goodput, as vLLM and GuideLLM count it). A limit holds for values up to and including it.
#pragma once

#include "engine/measure/binomial.h"
#include "engine/measure/run_record.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace inferlab {

struct SloTargets
{
    std::optional<double> ttftMs, tpotMs, itlMs, endToEndMs; // each: at most; itlMs: every gap

    bool empty() const noexcept { return !ttftMs && !tpotMs && !itlMs && !endToEndMs; }
    bool operator==(const SloTargets &) const = default;
};

// What limits are compared with; read once from a run, asked for any number of limits.
struct RequestLatencies
{
    bool completed = false; // ended with Stop or Length
    std::optional<double> ttftMs, tpotMs, longestItlMs, endToEndMs;
};
RequestLatencies latenciesOf(const RequestRecord &request);

// All requests of several runs of the same settings, one after the other.
struct SloSample
{
    std::vector<RequestLatencies> requests;
    double durationS = 0; // of all runs together

    void add(const RunRecord &run);
};

// Whether a completed request kept all limits. An answer of one token has no TPOT and no gap, so it
// cannot break a limit on them; one without tokens has no TTFT and misses that limit.
bool meets(const RequestLatencies &request, const SloTargets &targets) noexcept;

// Requests that did not complete are misses of all limits and are counted as `notCompleted` alone.
struct SloOutcome
{
    size_t requests = 0, met = 0, notCompleted = 0;
    size_t missedTtft = 0, missedTpot = 0, missedItl = 0, missedEndToEnd = 0;
    std::optional<double> attainment;              // met / requests; absent without requests
    std::optional<double> goodputRequestPerSecond; // met / duration; absent where no time passed

    // In which the true attainment lies, at 95%: exact, binomial, as if requests were independent.
    // Absent without requests.
    std::optional<PercentileInterval> attainmentInterval() const;
    // The limit that most completed requests missed: "TTFT", "TPOT", "ITL", "total latency"; the
    // first of them where several were missed as often; empty where none was.
    std::string mostMissed() const;
};
SloOutcome sloOutcome(const SloSample &sample, const SloTargets &targets);

} // namespace inferlab
