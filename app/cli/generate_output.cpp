#include "generate_output.h"

#include "engine/base/number_text.h"
#include "engine/measure/metrics.h"
#include "metrics_json.h"
#include "standard_output.h"

#include <cstdio>
#include <cstdlib>

namespace inferlab::cli {

namespace {

// As typed: 0.7, not the float's 0.699999988.
Json asTyped(float value)
{
    return std::strtod(exactText(value).c_str(), nullptr);
}

Json settingsJson(const RunSettings &settings)
{
    return {{"chat", settings.chat},
            {"system", settings.systemPrompt},
            {"max_new_tokens", settings.maxNewTokens},
            {"temperature", asTyped(settings.sampling.temperature)},
            {"top_k", settings.sampling.topK},
            {"top_p", asTyped(settings.sampling.topP)},
            {"min_p", asTyped(settings.sampling.minP)},
            {"repetition_penalty", asTyped(settings.sampling.repetitionPenalty)},
            {"seed", settings.sampling.seed},
            {"batch", settings.batch},
            {"requests", settings.requests},
            {"scheduler", batchPolicyName(settings.scheduler)},
            {"padding", settings.padding ? "on" : "off"},
            {"chunk_tokens", settings.chunkTokens},
            {"kv_cache", settings.kvCache ? "on" : "off"},
            {"cache_type", dtypeInfo(settings.cacheType).name},
            {"batch_invariant", settings.batchInvariant},
            {"step_graphs", settings.stepGraphs},
            {"ignore_eos", settings.ignoreEnd},
            {"context_tokens", settings.contextTokens}};
}

Json sequenceJson(const RequestRecord &request, const std::vector<int32_t> &prompt)
{
    Json ids = Json::array();
    Json times = Json::array();
    for (const TokenRecord &token : request.tokens) {
        ids.push_back(token.id);
        times.push_back(token.ns);
    }
    Json json = {{"prompt_tokens", prompt},
                 {"tokens", std::move(ids)},
                 {"text", request.text},
                 {"end_reason", endReasonName(request.endReason)},
                 {"scheduled_ns", request.scheduledNs},
                 {"submitted_ns", request.submittedNs},
                 {"started_ns", request.startedNs},
                 {"end_ns", request.endNs},
                 {"token_ns", std::move(times)}};
    if (!request.message.empty())
        json["message"] = request.message;
    return json;
}

std::string endText(const RequestRecord &request)
{
    switch (request.endReason) {
    case EndReason::Stop:
        return "stop: end of text";
    case EndReason::Error:
        return "error: " + request.message;
    default:
        return std::string("stop: ") + endReasonName(request.endReason);
    }
}

} // namespace

Json generateJson(const RunRecord &run, const std::vector<int32_t> &prompt)
{
    Json sequences = Json::array();
    for (const RequestRecord &request : run.requests)
        sequences.push_back(sequenceJson(request, prompt));
    return {{"model", run.provenance.modelFile}, {"device", run.settings.device},
            {"threads", run.settings.threads},   {"settings", settingsJson(run.settings)},
            {"sequences", std::move(sequences)}, {"metrics", metricsToJson(computeMetrics(run))}};
}

std::string statsLine(const RequestRecord &request, bool isOneOfMany)
{
    constexpr const char *kDot = " \u00b7 ";
    const int64_t tokens = outputTokens(request);
    std::string line;
    if (const auto rate = userTokPerSecond(request))
        line += rateText(*rate) + (isOneOfMany ? " tok/s/user" : " tok/s") + kDot;
    line +=
        groupedText(static_cast<uint64_t>(tokens)) + (tokens == 1 ? " token" : " tokens") + kDot;
    if (const auto first = ttftMs(request))
        line += durationText(*first / 1000.0) + " to first token" + kDot;
    return line + endText(request);
}

void printGenerated(const RunRecord &run, bool streamed)
{
    const size_t count = run.requests.size();
    for (size_t i = 0; i < count; ++i) {
        const RequestRecord &request = run.requests[i];
        if (count > 1)
            printOut("--- %zu of %zu\n", i + 1, count);
        if (!streamed)
            writeOut(request.text);
        writeOut("\n");
        flushOut();
        std::fprintf(stderr, "%s\n", statsLine(request, count > 1).c_str());
    }
    if (count < 2)
        return;
    const RunMetrics metrics = computeMetrics(run);
    if (metrics.outputTokPerSecond)
        std::fprintf(stderr, "%s tok/s total over %zu sequences\n",
                     rateText(*metrics.outputTokPerSecond).c_str(), count);
    if (run.settings.padding)
        std::fprintf(stderr, "%s pads computed for nothing\n",
                     groupedText(static_cast<uint64_t>(metrics.paddedTokens)).c_str());
}

} // namespace inferlab::cli
