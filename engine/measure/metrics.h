// Every figure of a run, from its record. Definitions and sources: README, "What the numbers mean".
// A figure that does not exist (a request without tokens has no TTFT) is absent, never 0.
// A token event with count 0 (a remote server's chunk without content) is no token and ends no gap.
#pragma once

#include "engine/measure/percentile.h"
#include "engine/measure/run_record.h"
#include "engine/measure/slo.h"

#include <optional>
#include <vector>

namespace inferlab {

// Per request. Times in milliseconds.
std::optional<double>
ttftMs(const RequestRecord &request); // first token - submitted, queue time included
std::optional<double> endToEndMs(const RequestRecord &request); // last token - submitted
std::optional<double> endToEndFromScheduledMs(const RequestRecord &request);
std::optional<double> queueMs(const RequestRecord &request); // started - scheduled
std::optional<double> tpotMs(const RequestRecord &request);  // (E2E - TTFT) / (n - 1); n >= 2
std::optional<double> normalisedLatencyMs(const RequestRecord &request); // E2E / n
std::optional<double> userTokPerSecond(const RequestRecord &request);    // 1 / TPOT
std::vector<double> itlMs(const RequestRecord &request); // gaps between consecutive token events
double gapMs(int64_t fromNs, int64_t toNs) noexcept;     // one of them
int64_t outputTokens(const RequestRecord &request) noexcept;

// Of a run. Failed requests (EndReason::Error) stay out of latencies and token counts and count as
// misses of an SLO. Cancelled and running requests have a TTFT and gaps, but no total latency yet:
// end-to-end figures are those of requests that ended with Stop or Length. All are linear in the
// number of tokens.
std::vector<double> ttftsMs(const RunRecord &run);
std::vector<double> tpotsMs(const RunRecord &run);
std::vector<double> pooledItlMs(const RunRecord &run);
std::vector<double> endToEndsMs(const RunRecord &run);

struct RunMetrics
{
    size_t requests = 0, completed = 0, failed = 0, cancelled = 0;
    int64_t promptTokens = 0, outputTokens = 0;
    int64_t paddedTokens = 0; // rows of rectangular batches that mean nothing
    double durationS = 0;     // last end - first submit
    std::optional<SampleSummary> ttft, itl, tpot, endToEnd, endToEndFromScheduled, queue; // ms
    std::optional<SampleSummary> userTokPerSecond;
    std::optional<double> outputTokPerSecond; // output tokens / duration
    std::optional<double> requestPerSecond;
    std::optional<double>
        prefillTokPerSecond; // prompt tokens / time of steps that held prefill rows
    std::optional<double>
        decodeTokPerSecond; // all gaps' tokens / time from first to last token, all sequences
    std::optional<double> goodputRequestPerSecond; // with targets only
    std::optional<double> sloAttainment;           // share of all requests that met the targets
    double meanConcurrency = 0;
    int peakConcurrency = 0;
};
RunMetrics computeMetrics(const RunRecord &run, const SloTargets *targets = nullptr);

// Throughput over time for live charts: tokens per second of all sequences, and per running
// sequence, in consecutive windows of windowNs > 0 from the first submit. The rest at the end is a
// window of its own from half a width on, and part of the window before it otherwise. At most
// 16,384 windows; a longer run gets wider ones. A gap between tokens that crosses a border counts
// on each side by its share.
struct ThroughputPoint
{
    double seconds = 0; // middle of the window, from the first submit
    double totalTokPerSecond = 0;
    std::optional<double> userTokPerSecond; // mean over sequences that were decoding in the window
};
std::vector<ThroughputPoint> throughputOverTime(const RunRecord &run, int64_t windowNs);

// A round width for the above: at most 60 windows, and at least three median gaps between tokens,
// since a narrower one shows how tokens fall into windows and not how fast they come.
int64_t throughputWindowNs(const RunRecord &run);

} // namespace inferlab
