#include "aiperf_jsonl.h"

#include "engine/base/json.h"
#include "engine/measure/metrics.h"
#include "engine/text/utf8_stream.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace inferlab {

namespace {

constexpr int64_t kNsPerS = 1'000'000'000;

// Of "2026-11-23T10:00:00+01:00"; 0 where it is no such date. Without an offset it is taken as UTC.
int64_t epochNs(const std::string &iso)
{
    std::tm at {};
    int consumed = 0;
    if (std::sscanf(iso.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &at.tm_year, &at.tm_mon, &at.tm_mday,
                    &at.tm_hour, &at.tm_min, &at.tm_sec, &consumed)
        != 6)
        return 0;
    at.tm_year -= 1900;
    at.tm_mon -= 1;
    char sign = '+';
    int hours = 0;
    int minutes = 0;
    const char *rest = iso.c_str() + consumed;
    const bool hasOffset = std::sscanf(rest, "%c%2d:%2d", &sign, &hours, &minutes) == 3;
    const int64_t offset = hasOffset ? (hours * 60 + minutes) * 60 : 0;
    const int64_t local = timegm(&at);
    return (sign == '-' ? local + offset : local - offset) * kNsPerS;
}

Json metric(const Json &value, const char *unit)
{
    return {{"value", value}, {"unit", unit}};
}

// Cancelled and running requests stopped at their end.
bool wasCancelled(const RequestRecord &request)
{
    return request.endReason == EndReason::Cancelled || request.endReason == EndReason::Running;
}

Json metricsOf(const RequestRecord &request)
{
    Json metrics = Json::object();
    metrics["input_sequence_length"] = metric(request.promptTokens, "tokens");
    metrics["output_sequence_length"] = metric(outputTokens(request), "tokens");
    metrics["output_token_count"] = metric(outputTokens(request), "tokens");
    const auto put = [&metrics](const char *tag, std::optional<double> value, const char *unit) {
        if (value)
            metrics[tag] = metric(*value, unit);
    };
    put("time_to_first_token", ttftMs(request), "ms");
    put("request_latency", endToEndMs(request), "ms");
    put("inter_token_latency", tpotMs(request), "ms");
    put("output_token_throughput_per_user", userTokPerSecond(request), "tokens/sec/user");
    if (const std::vector<double> gaps = itlMs(request); !gaps.empty())
        metrics["inter_chunk_latency"] = metric(gaps, "ms");
    return metrics;
}

Json errorOf(const RequestRecord &request)
{
    if (request.endReason == EndReason::Error)
        return {{"code", 500}, {"type", "EngineError"}, {"message", toValidUtf8(request.message)}};
    if (wasCancelled(request)) {
        return {{"code", 499},
                {"type", "RequestCancellationError"},
                {"message", "Request was cancelled"}};
    }
    return nullptr;
}

Json lineOf(const RequestRecord &request, const std::string &run, size_t number, int64_t baseNs)
{
    const int64_t endNs = request.endNs != 0 ? request.endNs
        : request.tokens.empty()             ? request.submittedNs
                                             : request.tokens.back().ns;
    const std::string id = "inferlab-" + run + "-" + std::to_string(request.id);
    Json metadata = {
        {"session_num", number},
        {"x_request_id", id},
        {"x_correlation_id", id},
        {"conversation_id", id},
        {"turn_index", 0},
        {"request_start_ns", baseNs + request.submittedNs},
        {"request_ack_ns",
         request.startedNs != 0 ? Json(baseNs + request.startedNs) : Json(nullptr)},
        {"request_end_ns", baseNs + endNs},
        {"worker_id", "engine"},
        {"record_processor_id", "engine"},
        {"benchmark_phase", "profiling"},
        {"was_cancelled", wasCancelled(request)},
        {"cancellation_time_ns", wasCancelled(request) ? Json(baseNs + endNs) : Json(nullptr)}};
    const Json error = errorOf(request);
    Json metrics = error.is_null() ? metricsOf(request)
                                   : Json {{"error_isl", metric(request.promptTokens, "tokens")}};
    return {{"metadata", std::move(metadata)}, {"metrics", std::move(metrics)}, {"error", error}};
}

} // namespace

std::string runsToAiperfJsonl(const std::vector<RunRecord> &runs)
{
    std::string out;
    size_t number = 0;
    for (size_t r = 0; r < runs.size(); ++r) {
        int64_t firstNs = 0;
        for (const RequestRecord &request : runs[r].requests)
            firstNs = firstNs == 0 ? request.submittedNs : std::min(firstNs, request.submittedNs);
        const int64_t baseNs = epochNs(runs[r].provenance.date) - firstNs;
        for (const RequestRecord &request : runs[r].requests)
            out += jsonText(lineOf(request, std::to_string(r), number++, baseNs)) + "\n";
    }
    return out;
}

} // namespace inferlab
