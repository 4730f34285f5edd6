#include "app/experiment/point_samples.h"

#include "engine/measure/metrics.h"
#include "engine/measure/percentile.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace inferlab {

namespace {

void append(Samples &to, std::vector<double> run)
{
    std::sort(run.begin(), run.end());
    const auto middle = static_cast<std::ptrdiff_t>(to.all.size());
    to.all.insert(to.all.end(), run.begin(), run.end());
    std::inplace_merge(to.all.begin(), to.all.begin() + middle, to.all.end());
    to.byRun.push_back(std::move(run));
}

} // namespace

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
        append(out.ttftMs, ttftsMs(record));
        append(out.itlMs, pooledItlMs(record));
        append(out.tpotMs, tpotsMs(record));
        append(out.endToEndMs, endToEndsMs(record));
        if (metrics.outputTokPerSecond)
            append(out.runTokPerSecond, {*metrics.outputTokPerSecond});
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
