#include "app/experiment/predicted_points.h"

#include "app/experiment/point_samples.h"
#include "app/run_setup/run_requests.h"
#include "engine/measure/percentile.h"

#include <algorithm>

namespace inferlab {

namespace {

// The run of median speed: neither the luckiest nor the one that something disturbed.
const RunRecord *medianRun(const PointResult &point)
{
    std::vector<std::pair<double, const RunRecord *>> runs;
    for (const MeasuredRun &run : point.runs) {
        const RunMetrics metrics = computeMetrics(*run.record);
        if (metrics.outputTokPerSecond)
            runs.emplace_back(*metrics.outputTokPerSecond, run.record.get());
    }
    if (runs.empty())
        return nullptr;
    const auto middle = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
    std::nth_element(runs.begin(), middle, runs.end(),
                     [](const auto &a, const auto &b) { return a.first < b.first; });
    return middle->second;
}

// The median prompt of all runs; none without any.
std::optional<int32_t> usualPrompt(const ExperimentResult &result)
{
    std::vector<double> lengths;
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs) {
            for (const RequestRecord &request : run.record->requests)
                lengths.push_back(request.promptTokens);
        }
    }
    const std::optional<double> median = percentile(lengths, 50);
    return median ? std::optional(static_cast<int32_t>(*median)) : std::nullopt;
}

// Of a point that has no run yet: lengths of prompts and answers as its first run will draw them.
// usual: where the pool's lengths are not known. Empty where nothing is.
std::vector<ExpectedRequest> requestsToCome(const Experiment &experiment,
                                            const ExperimentPoint &point,
                                            const PoolLengthsOf &poolLengths,
                                            std::optional<int32_t> usual)
{
    const RunSettings settings = runSettingsOf(experiment, point, 0);
    const bool isDrawn = settings.promptTokens == 0;
    std::vector<int32_t> pool;
    if (poolLengths && isDrawn)
        pool = poolLengths(point.settings);
    if (isDrawn && pool.empty() && !usual)
        return {};
    const size_t prompts = std::max<size_t>(settings.promptPool.size(), 1);
    std::vector<ExpectedRequest> requests =
        expectedRequests(settings, usual.value_or(settings.promptTokens));
    for (size_t i = 0; i < requests.size(); ++i) {
        const DrawnRequest drawn = drawRequest(settings, prompts, static_cast<int32_t>(i));
        requests[i].newTokens = drawn.newTokens;
        if (!pool.empty())
            requests[i].promptTokens = std::max(pool.at(drawn.prompt), 1);
    }
    return requests;
}

double memoryOf(const PredictionModel &model, const RunSettings &settings,
                const std::vector<ExpectedRequest> &requests)
{
    int32_t longest = 0;
    for (const ExpectedRequest &request : requests)
        longest = std::max(longest, request.promptTokens + request.newTokens);
    const size_t places =
        std::min(requests.size(), static_cast<size_t>(std::max(settings.batch, 1)));
    const double tokens = settings.kvCache ? static_cast<double>(longest) : 0;
    return model.cost.weightBytes
        + static_cast<double>(places) * tokens * model.cost.kvBytesPerToken(model.cacheType);
}

// Medians beside medians: what is predicted is one run, as the median of the measured ones is.
void addMissed(const PointSamples &measured, PredictedPoint &out)
{
    const RunMetrics &predicted = *out.metrics;
    const auto add = [&out](const char *what, std::optional<double> expected,
                            std::optional<double> found, const char *unit) {
        if (!expected || !found)
            return;
        if (std::string words = missedWords(what, *expected, *found, unit); !words.empty())
            out.missed.push_back(std::move(words));
    };
    add("TTFT P50", medianOf(predicted.ttft), measured.ttftMs.median(), "ms");
    add("ITL P50", medianOf(predicted.itl), measured.itlMs.median(), "ms");
    add("Throughput P50", predicted.outputTokPerSecond, measured.runTokPerSecond.median(), "tok/s");
}

} // namespace

std::vector<PredictedPoint> predictedPoints(const ExperimentResult &result,
                                            const PredictionModelOf &modelOf, int cores,
                                            const PoolLengthsOf &poolLengths)
{
    const std::optional<int32_t> usual = usualPrompt(result);
    std::vector<PredictedPoint> out;
    for (const PointResult &point : result.points) {
        PredictedPoint &predicted = out.emplace_back();
        const std::optional<PredictionModel> model = modelOf(point.point.settings);
        if (!model)
            continue;
        predicted.model = model;
        const RunSettings &settings = point.point.settings.run;
        const RunRecord *run = medianRun(point);
        const std::vector<ExpectedRequest> requests = run != nullptr
            ? expectedRequests(*run)
            : requestsToCome(result.experiment, point.point, poolLengths, usual);
        if (requests.empty())
            continue;
        predicted.memoryBytes = memoryOf(*model, settings, requests);
        predicted.metrics = computeMetrics(predictRun(*model, settings, requests).record);
        if (run == nullptr)
            continue;
        predicted.verdict = runVerdict(*run, *model, cores);
        addMissed(pointSamples(point), predicted);
    }
    return out;
}

} // namespace inferlab
