#include "bench_prediction.h"

#include <algorithm>

namespace inferlab::cli {

namespace {

Prediction predicted(const PredictionModel &model, int32_t batch, int32_t promptTokens,
                     int32_t newTokens)
{
    RunSettings settings;
    settings.batch = batch;
    settings.promptTokens = promptTokens;
    settings.maxNewTokens = newTokens;
    return predictRun(model, settings, expectedRequests(settings, promptTokens));
}

} // namespace

BenchPrediction predictBench(const PredictionModel &model, const BenchPlan &plan)
{
    BenchPrediction out;
    const auto batch = static_cast<double>(plan.batch);
    // What comes after the depth: all of it, less the depth alone.
    StepTime prefill = predicted(model, plan.batch, plan.depth + plan.promptTokens, 1).prefill.time;
    if (plan.depth > 0) {
        const StepTime depth = predicted(model, plan.batch, plan.depth, 1).prefill.time;
        prefill.bandwidthSeconds -= depth.bandwidthSeconds;
        prefill.computeSeconds -= depth.computeSeconds;
        prefill.overheadSeconds -= depth.overheadSeconds;
    }
    out.prefillLimit = prefill.limit();
    out.prefillTokPerSecond = batch * plan.promptTokens / prefill.seconds();
    const PhaseEstimate decode =
        predicted(model, plan.batch, std::max(plan.depth, 1), plan.newTokens + 1).decode;
    out.decodeLimit = decode.time.limit();
    out.decodeTokPerSecond = batch * static_cast<double>(decode.steps) / decode.time.seconds();
    return out;
}

} // namespace inferlab::cli
