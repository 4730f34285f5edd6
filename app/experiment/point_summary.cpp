#include "point_summary.h"

#include "app/experiment/point_samples.h"

namespace inferlab {

namespace {

std::optional<SampleSummary> summaryOf(const Samples &samples)
{
    return samples.empty() ? std::nullopt : std::optional(summariseSorted(samples.all));
}

} // namespace

PointSummary summarisePoint(const PointResult &point)
{
    const PointSamples samples = pointSamples(point);
    PointSummary summary;
    summary.runs = samples.runs;
    summary.busyRuns = samples.busyRuns;
    summary.requests = samples.requests;
    summary.failed = samples.failed;
    summary.ttftMs = summaryOf(samples.ttftMs);
    summary.itlMs = summaryOf(samples.itlMs);
    summary.tpotMs = summaryOf(samples.tpotMs);
    summary.endToEndMs = summaryOf(samples.endToEndMs);
    summary.runTokPerSecond = summaryOf(samples.runTokPerSecond);
    summary.tokPerSecond95 = percentileInterval(samples.runTokPerSecond.all, 50.0);
    summary.sustainedTokPerSecond = samples.sustainedTokPerSecond;
    summary.paddedShare = samples.paddedShare();
    summary.weightBytes = samples.weightBytes;
    summary.cacheBytes = samples.cacheBytes;
    summary.workspaceBytes = samples.workspaceBytes;
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
