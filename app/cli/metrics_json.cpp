// Names of the figures in JSON.
#include "metrics_json.h"

namespace inferlab::cli {

namespace {

Json orNull(std::optional<double> value)
{
    return value ? Json(*value) : Json(nullptr);
}

Json summaryToJson(const std::optional<SampleSummary> &summary)
{
    if (!summary)
        return nullptr;
    const SampleSummary &s = *summary;
    Json json = {{"n", s.n}, {"mean", s.mean}};
    json["std"] = s.n >= 2 ? Json(s.standardDeviation) : Json(nullptr);
    json.update({{"min", s.min},
                 {"p50", s.p50},
                 {"p90", s.p90},
                 {"p95", s.p95},
                 {"p99", s.p99},
                 {"max", s.max}});
    json["claims"] = {{"p90", s.claims(90)}, {"p95", s.claims(95)}, {"p99", s.claims(99)}};
    return json;
}

} // namespace

Json metricsToJson(const RunMetrics &m)
{
    return {{"requests", m.requests},
            {"completed", m.completed},
            {"failed", m.failed},
            {"cancelled", m.cancelled},
            {"prompt_tokens", m.promptTokens},
            {"output_tokens", m.outputTokens},
            {"padded_tokens", m.paddedTokens},
            {"duration_s", m.durationS},
            {"ttft_ms", summaryToJson(m.ttft)},
            {"itl_ms", summaryToJson(m.itl)},
            {"tpot_ms", summaryToJson(m.tpot)},
            {"e2e_ms", summaryToJson(m.endToEnd)},
            {"e2e_from_scheduled_ms", summaryToJson(m.endToEndFromScheduled)},
            {"queue_ms", summaryToJson(m.queue)},
            {"user_tok_per_s", summaryToJson(m.userTokPerSecond)},
            {"output_tok_per_s", orNull(m.outputTokPerSecond)},
            {"request_per_s", orNull(m.requestPerSecond)},
            {"prefill_tok_per_s", orNull(m.prefillTokPerSecond)},
            {"decode_tok_per_s", orNull(m.decodeTokPerSecond)},
            {"goodput_request_per_s", orNull(m.goodputRequestPerSecond)},
            {"slo_attainment", orNull(m.sloAttainment)},
            {"mean_concurrency", m.meanConcurrency},
            {"peak_concurrency", m.peakConcurrency}};
}

} // namespace inferlab::cli
