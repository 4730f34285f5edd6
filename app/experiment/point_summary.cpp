#include "point_summary.h"

#include "engine/measure/metrics.h"

#include <algorithm>
#include <vector>

namespace inferlab {

namespace {

void append(std::vector<double> &all, const std::vector<double> &more)
{
    all.insert(all.end(), more.begin(), more.end());
}

struct Pool
{
    std::vector<double> ttftMs, itlMs, tpotMs, endToEndMs, tokPerSecond;
    double seconds = 0, tokens = 0;
    int64_t padded = 0, useful = 0;

    void add(const MeasuredRun &run)
    {
        const RunRecord &record = *run.record;
        append(ttftMs, inferlab::ttftsMs(record));
        append(itlMs, pooledItlMs(record));
        append(endToEndMs, endToEndsMs(record));
        for (const RequestRecord &request : record.requests) {
            const auto tpot = inferlab::tpotMs(request);
            if (tpot && request.endReason != EndReason::Error)
                tpotMs.push_back(*tpot);
        }
        const RunMetrics metrics = computeMetrics(record);
        if (metrics.outputTokPerSecond)
            tokPerSecond.push_back(*metrics.outputTokPerSecond);
        seconds += metrics.durationS;
        tokens += static_cast<double>(metrics.outputTokens);
        padded += run.paddedTokens;
        useful += run.usefulTokens;
    }
};

} // namespace

PointSummary summarisePoint(const PointResult &point)
{
    PointSummary summary;
    Pool pool;
    for (const MeasuredRun &run : point.runs) {
        pool.add(run);
        summary.busyRuns += run.machine.busy() ? 1 : 0;
        summary.requests += run.record->requests.size();
        summary.failed += static_cast<size_t>(std::count_if(
            run.record->requests.begin(), run.record->requests.end(),
            [](const RequestRecord &request) { return request.endReason == EndReason::Error; }));
        summary.weightBytes = std::max(summary.weightBytes, run.weightBytes);
        summary.cacheBytes = std::max(summary.cacheBytes, run.cacheBytes);
        summary.workspaceBytes = std::max(summary.workspaceBytes, run.workspaceBytes);
    }
    summary.runs = point.runs.size();
    summary.ttftMs = summarise(pool.ttftMs);
    summary.itlMs = summarise(pool.itlMs);
    summary.tpotMs = summarise(pool.tpotMs);
    summary.endToEndMs = summarise(pool.endToEndMs);
    summary.runTokPerSecond = summarise(pool.tokPerSecond);
    summary.tokPerSecond95 = percentileInterval(pool.tokPerSecond, 50.0);
    if (pool.seconds > 0 && pool.tokens > 0)
        summary.sustainedTokPerSecond = pool.tokens / pool.seconds;
    if (pool.useful > 0)
        summary.paddedShare =
            static_cast<double>(pool.padded) / static_cast<double>(pool.padded + pool.useful);
    return summary;
}

std::vector<PointSummary> summarisePoints(const ExperimentResult &result)
{
    std::vector<PointSummary> summaries;
    summaries.reserve(result.points.size());
    for (const PointResult &point : result.points)
        summaries.push_back(summarisePoint(point));
    return summaries;
}

} // namespace inferlab
