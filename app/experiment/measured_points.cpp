#include "app/experiment/measured_points.h"

#include "app/experiment/point_samples.h"

#include <algorithm>
#include <variant>

namespace inferlab {

namespace {

// Load and group of a point among the others.
void place(const Experiment &experiment, const ExperimentPoint &point, MeasuredPoint &out)
{
    for (size_t i = 0; i < experiment.axes.size(); ++i) {
        const ExperimentAxis &axis = experiment.axes[i];
        if (isLoad(axis.kind) && !out.load)
            out.load = std::get<double>(point.values[i]);
        else
            out.group += (out.group.empty() ? "" : ", ") + axisValueLabel(axis, point.values[i]);
    }
}

} // namespace

MeasuredPoint measuredPoint(const PointResult &result)
{
    PointSamples samples = pointSamples(result);
    MeasuredPoint out;
    out.label = result.point.label;
    out.tokPerSecond = samples.sustainedTokPerSecond;
    out.ttftMs = std::move(samples.ttftMs.all);
    out.tpotMs = std::move(samples.tpotMs.all);
    out.itlMs = std::move(samples.itlMs.all);
    out.endToEndMs = std::move(samples.endToEndMs.all);
    out.failedRequests = samples.failed;
    for (const MeasuredRun &run : result.runs)
        out.memoryBytes =
            std::max(out.memoryBytes, run.weightBytes + run.cacheBytes + run.workspaceBytes);
    return out;
}

std::vector<MeasuredPoint> measuredPoints(const ExperimentResult &result)
{
    std::vector<MeasuredPoint> out;
    for (const PointResult &point : result.points) {
        if (point.runs.empty())
            continue;
        out.push_back(measuredPoint(point));
        place(result.experiment, point.point, out.back());
    }
    return out;
}

std::vector<LoadPoint> loadPoints(const ExperimentResult &result, const ExperimentPoint &like,
                                  double percentile)
{
    std::vector<LoadPoint> out;
    const std::vector<ExperimentAxis> &axes = result.experiment.axes;
    if (axes.empty() || !isLoad(axes.front().kind))
        return out;
    for (const PointResult &point : result.points) {
        const std::vector<AxisValue> &values = point.point.values;
        if (point.runs.empty()
            || !std::equal(values.begin() + 1, values.end(), like.values.begin() + 1))
            continue;
        const MeasuredPoint measured = measuredPoint(point);
        if (const auto load = loadPoint(std::get<double>(values.front()), measured.tokPerSecond,
                                        measured.endToEndMs, percentile))
            out.push_back(*load);
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
