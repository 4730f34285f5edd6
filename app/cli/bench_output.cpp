#include "bench_output.h"

#include "device_times_output.h"
#include "standard_output.h"

#include "engine/base/byte_text.h"
#include "engine/base/number_text.h"
#include "engine/measure/percentile.h"
#include "engine/model/weights.h"
#include "kernels/api/devices.h"

#include <array>
#include <cstdio>

namespace inferlab::cli {

namespace {

Json spreadJson(const std::vector<double> &values)
{
    const std::optional<SampleSummary> summary = summarise(values);
    if (!summary)
        return nullptr;
    return {{"median", summary->p50}, {"min", summary->min}, {"max", summary->max}};
}

std::string spreadText(const std::vector<double> &values)
{
    const std::optional<SampleSummary> summary = summarise(values);
    if (!summary)
        return "-";
    const int decimals = decimalsFor(summary->p50, 3);
    return fixedText(summary->p50, decimals) + " (" + fixedText(summary->min, decimals) + "-"
        + fixedText(summary->max, decimals) + ")";
}

std::string checksumText(uint64_t checksum)
{
    std::array<char, 20> text {};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(checksum));
    return text.data();
}

// Measured over predicted; absent where one of them is 0.
std::optional<double> shareOf(const std::vector<double> &measured, double predicted)
{
    const std::optional<SampleSummary> summary = summarise(measured);
    return summary && predicted > 0 ? std::optional(summary->p50 / predicted) : std::nullopt;
}

Json predictedJson(const BenchResult &result)
{
    if (!result.predicted)
        return nullptr;
    const BenchPrediction &p = *result.predicted;
    const auto orNull = [](std::optional<double> v) { return v ? Json(*v) : Json(nullptr); };
    return {{"prefill_tok_s", p.prefillTokPerSecond},
            {"prefill_limit", stepLimitName(p.prefillLimit)},
            {"prefill_share", orNull(shareOf(result.prefillTokPerSecond, p.prefillTokPerSecond))},
            {"decode_tok_s", p.decodeTokPerSecond},
            {"decode_limit", stepLimitName(p.decodeLimit)},
            {"decode_share", orNull(shareOf(result.decodeTokPerSecond, p.decodeTokPerSecond))}};
}

// "687 tok/s by compute, 68% reached".
std::string predictedText(double tokPerSecond, StepLimit limit, std::optional<double> share)
{
    std::string text =
        shortText(tokPerSecond, 3) + " tok/s by " + std::string(stepLimitName(limit));
    if (share)
        text += ", " + fixedText(100.0 * *share, 0) + "% reached";
    return text;
}

// Of a step that decodes one token of each sequence.
double decodeStepMs(const BenchResult &result)
{
    const std::optional<SampleSummary> summary = summarise(result.decodeTokPerSecond);
    return summary ? 1e3 * result.plan.batch / summary->p50 : 0.0;
}

Json machineJson(const LoadedModel &model)
{
    const DeviceInfo device = model.backend().device();
    return {{"device", device.kind},
            {"name", device.name},
            {"threads", model.backend().threads()},
            {"hardware_threads", device.hardwareThreads},
            {"memory_bytes", device.memoryBytes},
            {"program", "InferLab " INFERLAB_VERSION}};
}

} // namespace

Json benchJson(const LoadedModel &model, const std::vector<BenchResult> &results)
{
    Json list = Json::array();
    for (const BenchResult &result : results) {
        list.push_back({{"batch", result.plan.batch},
                        {"prompt_tokens", result.plan.promptTokens},
                        {"new_tokens", result.plan.newTokens},
                        {"depth", result.plan.depth},
                        {"chunk_tokens", result.plan.chunkTokens},
                        {"repeat", result.plan.repeat},
                        {"cache_type", dtypeInfo(result.plan.cacheType).name},
                        {"batch_invariant", result.plan.batchInvariant},
                        {"step_graphs", result.plan.stepGraphs},
                        {"prefill_tok_s", spreadJson(result.prefillTokPerSecond)},
                        {"decode_tok_s", spreadJson(result.decodeTokPerSecond)},
                        {"decode_step_ms", decodeStepMs(result)},
                        {"decode_device_ms", spreadJson(result.deviceStepMs)},
                        {"decode_launches", result.launches},
                        {"device", deviceTimesJson(result.steps)},
                        {"ttft_ms", spreadJson(result.ttftMs)},
                        {"weight_bytes", result.weightBytesPerStep},
                        {"bytes_per_token", result.bytesPerToken},
                        {"achieved_gb_s", result.achievedGbPerSecond},
                        {"predicted", predictedJson(result)},
                        {"checksum", checksumText(result.checksum)}});
    }
    return {{"machine", machineJson(model)},
            {"model", model.identity().file},
            {"results", std::move(list)}};
}

void printBenchHeader(const LoadedModel &model, bool predicted)
{
    const ModelIdentity &identity = model.identity();
    const int threads = model.backend().threads();
    printOut("%s (%s), %s of weights in memory; %s, %d %s\n", identity.file.c_str(),
             identity.quantisation.c_str(), byteText(identity.weightBytes).c_str(),
             model.backend().device().name.c_str(), threads, threads == 1 ? "thread" : "threads");
    printOut("Prompt, new and depth in tokens; tok/s total is over all sequences; median "
             "(min-max)\n");
    if (!predicted)
        printOut("To see predictions beside it: inferlab-cli devices --calibrate --device %s "
                 "--threads %d, once\n",
                 model.backend().device().kind.c_str(), threads);
    printOut("\n");
    printOut("%5s  %7s  %7s  %7s  %-22s  %-22s  %8s  %-22s  %6s  %s\n", "batch", "prompt", "new",
             "depth", "prefill, tok/s total", "decode, tok/s total", "step, ms", "TTFT, ms", "GB/s",
             "checksum");
}

void printBenchRow(const BenchResult &result)
{
    const auto tokens = [](int32_t n) { return groupedText(static_cast<uint64_t>(n)); };
    printOut("%5d  %7s  %7s  %7s  %-22s  %-22s  %8s  %-22s  %6s  %s\n", result.plan.batch,
             tokens(result.plan.promptTokens).c_str(), tokens(result.plan.newTokens).c_str(),
             tokens(result.plan.depth).c_str(), spreadText(result.prefillTokPerSecond).c_str(),
             spreadText(result.decodeTokPerSecond).c_str(),
             fixedText(decodeStepMs(result), 2).c_str(), spreadText(result.ttftMs).c_str(),
             fixedText(result.achievedGbPerSecond, 1).c_str(),
             checksumText(result.checksum).c_str());
    if (const auto &p = result.predicted) {
        printOut("       predicted: prefill %s; decode %s\n",
                 predictedText(p->prefillTokPerSecond, p->prefillLimit,
                               shareOf(result.prefillTokPerSecond, p->prefillTokPerSecond))
                     .c_str(),
                 predictedText(p->decodeTokPerSecond, p->decodeLimit,
                               shareOf(result.decodeTokPerSecond, p->decodeTokPerSecond))
                     .c_str());
    }
    printOut("%s", deviceTimesText(result.steps, "       ").c_str());
    flushOut();
}

} // namespace inferlab::cli
