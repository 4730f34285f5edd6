#include "app/experiment/measured_points.h"

#include "engine/measure/concurrency.h"
#include "engine/measure/metrics.h"

#include <algorithm>
#include <variant>

namespace inferlab {

namespace {

void append(std::vector<double> &to, const std::vector<double> &from)
{
    to.insert(to.end(), from.begin(), from.end());
}

double loadOf(const ExperimentPoint &point)
{
    if (!point.values.empty()) {
        if (const double *number = std::get_if<double>(&point.values.front()))
            return *number;
    }
    return static_cast<double>(point.index);
}

} // namespace

MeasuredPoint measuredPoint(const PointResult &result)
{
    MeasuredPoint out;
    out.label = result.point.label;
    out.load = loadOf(result.point);
    int64_t tokens = 0;
    double seconds = 0;
    for (const MeasuredRun &run : result.runs) {
        const RunRecord &record = *run.record;
        append(out.ttftMs, ttftsMs(record));
        append(out.tpotMs, tpotsMs(record));
        append(out.itlMs, pooledItlMs(record));
        append(out.endToEndMs, endToEndsMs(record));
        for (const RequestRecord &request : record.requests) {
            const bool failed = request.endReason == EndReason::Error;
            out.failedRequests += failed ? 1 : 0;
            tokens += failed ? 0 : outputTokens(request);
        }
        seconds += concurrencyOf(record).durationS;
        out.memoryBytes =
            std::max(out.memoryBytes, run.weightBytes + run.cacheBytes + run.workspaceBytes);
    }
    if (tokens > 0 && seconds > 0)
        out.tokPerSecond = static_cast<double>(tokens) / seconds;
    return out;
}

std::vector<MeasuredPoint> measuredPoints(const ExperimentResult &result)
{
    std::vector<MeasuredPoint> out;
    for (const PointResult &point : result.points) {
        if (!point.runs.empty())
            out.push_back(measuredPoint(point));
    }
    return out;
}

SloSample sloSample(const PointResult &result)
{
    SloSample sample;
    for (const MeasuredRun &run : result.runs)
        sample.add(*run.record);
    return sample;
}

int64_t longestRequestTokens(const ExperimentResult &result)
{
    int64_t longest = 0;
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs) {
            for (const RequestRecord &request : run.record->requests)
                longest = std::max<int64_t>(
                    longest, int64_t {request.promptTokens} + run.record->settings.maxNewTokens);
        }
    }
    return longest;
}

} // namespace inferlab
