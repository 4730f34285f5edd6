#include "stop_rule.h"

#include "engine/measure/concurrency.h"
#include "engine/measure/metrics.h"
#include "engine/measure/percentile.h"
#include "engine/measure/percentile_interval.h"

#include <algorithm>

namespace inferlab {

double measuredSeconds(const MeasuredRun &run)
{
    return concurrencyOf(*run.record).durationS;
}

double measuredSeconds(const PointResult &point)
{
    double seconds = 0;
    for (const MeasuredRun &run : point.runs)
        seconds += measuredSeconds(run);
    return seconds;
}

double measuredSeconds(const ExperimentResult &result)
{
    double seconds = 0;
    for (const PointResult &point : result.points)
        seconds += measuredSeconds(point);
    return seconds;
}

std::optional<double> throughputIntervalPercent(const PointResult &point)
{
    std::vector<double> tokPerSecond;
    for (const MeasuredRun &run : point.runs) {
        if (const auto value = computeMetrics(*run.record).outputTokPerSecond)
            tokPerSecond.push_back(*value);
    }
    const auto interval = percentileInterval(tokPerSecond, 50.0);
    const auto median = percentile(tokPerSecond, 50.0);
    if (!interval || !median || *median <= 0)
        return std::nullopt;
    return 100.0 * std::max(*median - interval->low, interval->high - *median) / *median;
}

bool hasEnough(const StopRule &rule, const PointResult &point)
{
    if (point.runs.empty())
        return false;
    if (rule.pointSeconds > 0 && measuredSeconds(point) >= rule.pointSeconds)
        return true;
    if (rule.intervalPercent <= 0)
        return false;
    const auto percent = throughputIntervalPercent(point);
    return percent && *percent <= rule.intervalPercent;
}

bool hasEnough(const StopRule &rule, const ExperimentResult &result)
{
    return rule.seconds > 0 && measuredSeconds(result) >= rule.seconds;
}

bool isEnded(const ExperimentResult &result)
{
    return result.complete() || hasEnough(result.experiment.stop, result);
}

} // namespace inferlab
