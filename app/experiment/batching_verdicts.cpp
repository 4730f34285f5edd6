#include "batching_verdicts.h"

#include "app/experiment/point_summary.h"
#include "engine/base/number_text.h"
#include "engine/measure/metrics.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>

namespace inferlab {

namespace {

std::optional<size_t> axisOf(const Experiment &experiment, AxisKind kind)
{
    for (size_t i = 0; i < experiment.axes.size(); ++i) {
        if (experiment.axes[i].kind == kind)
            return i;
    }
    return std::nullopt;
}

// The steps of all runs of a point together.
BatchingSteps stepsOf(const PointResult &point)
{
    BatchingSteps sum;
    for (const MeasuredRun &run : point.runs) {
        std::vector<int64_t> lengths;
        for (const RequestRecord &request : run.record->requests)
            lengths.push_back(outputTokens(request));
        const BatchingSteps steps = batchingSteps(lengths, point.point.settings.run.batch);
        sum.staticSteps += steps.staticSteps;
        sum.continuousSteps += steps.continuousSteps;
    }
    return sum;
}

std::string expectedWords(const PointResult &fixed, const PointResult &continuous)
{
    const BatchingSteps steps = stepsOf(fixed);
    const PointSummary before = summarisePoint(fixed);
    const PointSummary after = summarisePoint(continuous);
    if (steps.continuousSteps == 0 || !before.runTokPerSecond || !after.runTokPerSecond
        || before.runTokPerSecond->p50 <= 0)
        return {};
    const auto ratio = [](double a, double b) { return shortText(a / b, 3); };
    std::string words = continuous.point.label
        + ": a static batch waits for its longest answer, so " + "by the lengths alone it takes "
        + ratio(static_cast<double>(steps.staticSteps), static_cast<double>(steps.continuousSteps))
        + " times as many steps; continuous batching reached "
        + ratio(after.runTokPerSecond->p50, before.runTokPerSecond->p50) + " times the throughput";
    if (before.ttftMs && after.ttftMs)
        words += ", and the first token came after " + durationText(after.ttftMs->p50 / 1e3)
            + " instead of " + durationText(before.ttftMs->p50 / 1e3) + " (medians)";
    return words + ".";
}

} // namespace

BatchingSteps batchingSteps(std::span<const int64_t> answerTokens, int32_t places)
{
    BatchingSteps steps;
    const auto batch = static_cast<size_t>(std::max(places, 1));
    for (size_t first = 0; first < answerTokens.size(); first += batch) {
        const auto of = answerTokens.subspan(first, std::min(batch, answerTokens.size() - first));
        steps.staticSteps += *std::max_element(of.begin(), of.end());
    }
    std::priority_queue<int64_t, std::vector<int64_t>, std::greater<>> freeAt;
    for (size_t place = 0; place < batch; ++place)
        freeAt.push(0);
    for (const int64_t tokens : answerTokens) {
        const int64_t end = freeAt.top() + tokens;
        freeAt.pop();
        freeAt.push(end);
        steps.continuousSteps = std::max(steps.continuousSteps, end);
    }
    return steps;
}

std::vector<std::string> batchingVerdicts(const ExperimentResult &result)
{
    std::vector<std::string> out;
    const std::optional<size_t> axis = axisOf(result.experiment, AxisKind::Scheduler);
    if (!axis)
        return out;
    const AxisValue fixed = std::string(batchPolicyName(BatchPolicy::Static));
    for (const PointResult &point : result.points) {
        if (point.point.settings.run.scheduler != BatchPolicy::Continuous)
            continue;
        std::vector<AxisValue> wanted = point.point.values;
        wanted[*axis] = fixed;
        const auto beside = std::find_if(
            result.points.begin(), result.points.end(),
            [&wanted](const PointResult &other) { return other.point.values == wanted; });
        if (beside == result.points.end())
            continue;
        if (std::string words = expectedWords(*beside, point); !words.empty())
            out.push_back(std::move(words));
    }
    return out;
}

std::vector<std::string> chunkVerdicts(const ExperimentResult &result)
{
    const std::optional<size_t> axis = axisOf(result.experiment, AxisKind::ChunkTokens);
    const PointResult *smallest = nullptr;
    const PointResult *largest = nullptr;
    for (const PointResult &point : result.points) {
        if (!axis || point.runs.empty())
            continue;
        const auto rows = [](const PointResult &of) { return of.point.settings.run.chunkTokens; };
        if (smallest == nullptr || rows(point) < rows(*smallest))
            smallest = &point;
        if (largest == nullptr || rows(point) > rows(*largest))
            largest = &point;
    }
    if (smallest == largest)
        return {};
    const PointSummary low = summarisePoint(*smallest);
    const PointSummary high = summarisePoint(*largest);
    if (!low.itlMs || !high.itlMs || !low.ttftMs || !high.ttftMs)
        return {};
    const auto time = [](double ms) { return durationText(ms / 1e3); };
    return {
        "From " + smallest->point.label + " to " + largest->point.label
        + ": the longest gaps between two tokens (ITL P99) go from " + time(low.itlMs->p99) + " to "
        + time(high.itlMs->p99) + ", and the first token (median) from " + time(low.ttftMs->p50)
        + " to " + time(high.ttftMs->p50)
        + ". A step takes as long as its rows: a small chunk of a prompt holds the others up less, "
          "and makes the one who sent it wait longer."};
}

} // namespace inferlab
