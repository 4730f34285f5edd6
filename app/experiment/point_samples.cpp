#include "app/experiment/point_samples.h"

#include "engine/measure/metrics.h"
#include "engine/measure/percentile.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace inferlab {

void Samples::addRun(std::vector<double> run)
{
    std::sort(run.begin(), run.end());
    const auto middle = static_cast<std::ptrdiff_t>(all.size());
    all.insert(all.end(), run.begin(), run.end());
    std::inplace_merge(all.begin(), all.begin() + middle, all.end());
    byRun.push_back(std::move(run));
}

std::optional<double> Samples::median() const
{
    return all.empty() ? std::nullopt : std::optional(percentileOfSorted(all, 50));
}

std::optional<double> PointSamples::paddedShare() const
{
    if (usefulTokens <= 0)
        return std::nullopt;
    return static_cast<double>(paddedTokens) / static_cast<double>(paddedTokens + usefulTokens);
}

PointSamples pointSamples(const PointResult &point)
{
    PointSamples out;
    out.runs = point.runs.size();
    int64_t tokens = 0;
    double seconds = 0;
    for (const MeasuredRun &run : point.runs) {
        const RunRecord &record = *run.record;
        const RunMetrics metrics = computeMetrics(record);
        out.ttftMs.addRun(ttftsMs(record));
        out.itlMs.addRun(pooledItlMs(record));
        out.tpotMs.addRun(tpotsMs(record));
        out.endToEndMs.addRun(endToEndsMs(record));
        if (metrics.outputTokPerSecond)
            out.runTokPerSecond.addRun({*metrics.outputTokPerSecond});
        tokens += metrics.outputTokens;
        seconds += metrics.durationS;
        out.busyRuns += run.machine.busy() ? 1 : 0;
        out.requests += metrics.requests;
        out.failed += metrics.failed;
        out.paddedTokens += run.paddedTokens;
        out.usefulTokens += run.usefulTokens;
        out.weightBytes = std::max(out.weightBytes, run.weightBytes);
        out.cacheBytes = std::max(out.cacheBytes, run.cacheBytes);
        out.workspaceBytes = std::max(out.workspaceBytes, run.workspaceBytes);
    }
    if (tokens > 0 && seconds > 0)
        out.sustainedTokPerSecond = static_cast<double>(tokens) / seconds;
    return out;
}

} // namespace inferlab
