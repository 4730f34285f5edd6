#include "support/synthetic_experiment.h"

#include "support/synthetic_run.h"

#include <algorithm>

namespace inferlab {

namespace {

MeasuredRun runOf(const ExperimentPoint &point, int32_t repeat)
{
    const RunSettings &settings = point.settings.run;
    SyntheticRun shape;
    shape.batch = settings.batch;
    shape.promptTokens = settings.promptTokens > 0 ? settings.promptTokens : 20;
    shape.newTokens = settings.maxNewTokens;
    shape.kvCache = settings.kvCache;
    shape.device = settings.device;
    if (settings.device == "cuda")
        shape.stepMs /= 8;
    shape.seed = 1 + static_cast<uint64_t>(repeat) * 1000 + point.index;
    RunRecord record = makeSyntheticRun(shape);
    record.label = point.label;
    record.settings = settings;
    MeasuredRun run;
    run.repeat = repeat;
    int32_t longest = 0;
    int32_t useful = 0;
    for (size_t i = 0; i < record.requests.size(); ++i) {
        if (settings.padding) // unequal prompts are what padding is about
            record.requests[i].promptTokens = 10 + 30 * (static_cast<int32_t>(i) % 4);
        longest = std::max(longest, record.requests[i].promptTokens);
        useful += record.requests[i].promptTokens;
    }
    run.usefulTokens = useful;
    if (settings.padding)
        run.paddedTokens = longest * static_cast<int32_t>(record.requests.size()) - useful;
    run.weightBytes = 92ULL << 20;
    run.cacheBytes = static_cast<uint64_t>(settings.batch) * 3 << 20;
    run.workspaceBytes = 5ULL << 20;
    run.record = std::make_shared<RunRecord>(std::move(record));
    return run;
}

} // namespace

std::shared_ptr<ExperimentResult> makeSyntheticResult(const Experiment &experiment, int repeats,
                                                      size_t points)
{
    auto result = std::make_shared<ExperimentResult>(emptyResult(experiment));
    result->started = "2026-11-24T10:00:00+00:00";
    for (size_t i = 0; i < std::min(points, result->points.size()); ++i) {
        PointResult &point = result->points[i];
        for (int32_t repeat = 0; repeat < std::min(repeats, experiment.repeats); ++repeat)
            point.runs.push_back(runOf(point.point, repeat));
        point.state = repeats >= experiment.repeats ? PointState::Done : PointState::Partial;
    }
    return result;
}

} // namespace inferlab
