#include "vllm_json.h"

#include "engine/measure/metrics.h"
#include "engine/text/utf8_stream.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace inferlab {

namespace {

constexpr double kNsPerS = 1e9;

double secondsBetween(int64_t fromNs, int64_t toNs)
{
    return static_cast<double>(toNs - fromNs) / kNsPerS;
}

int64_t firstSubmitNs(const RunRecord &run)
{
    int64_t first = run.requests.empty() ? 0 : run.requests.front().submittedNs;
    for (const RequestRecord &request : run.requests)
        first = std::min(first, request.submittedNs);
    return first;
}

// "2026-11-23T10:00:00+01:00" as vLLM writes it: "20261123-100000". Empty where it is not a date.
std::string vllmDate(const std::string &iso)
{
    std::string digits;
    for (const char c : iso.substr(0, 19)) {
        if (c >= '0' && c <= '9')
            digits += c;
    }
    return digits.size() == 14 ? digits.substr(0, 8) + "-" + digits.substr(8) : std::string();
}

// The largest number of tokens in one second, counted in whole seconds from the first submit.
int64_t peakTokensInASecond(const RunRecord &run)
{
    const int64_t first = firstSubmitNs(run);
    std::map<int64_t, int64_t> tokens;
    int64_t most = 0;
    for (const RequestRecord &request : run.requests) {
        for (const TokenRecord &token : request.tokens) {
            int64_t &inSecond = tokens[(token.ns - first) / static_cast<int64_t>(kNsPerS)];
            inSecond += token.count;
            most = std::max(most, inSecond);
        }
    }
    return most;
}

void addSummary(Json &json, const std::string &name, const std::optional<SampleSummary> &summary)
{
    const auto put = [&](const char *statistic, double value) {
        json[std::string(statistic) + "_" + name + "_ms"] = summary ? Json(value) : Json(nullptr);
    };
    const SampleSummary s = summary.value_or(SampleSummary {});
    const auto n = static_cast<double>(s.n);
    put("mean", s.mean);
    put("median", s.p50);
    put("std", s.n > 1 ? s.standardDeviation * std::sqrt((n - 1) / n) : 0.0); // ddof 0
    put("p99", s.p99);
}

std::string errorOf(const RequestRecord &request)
{
    switch (request.endReason) {
    case EndReason::Stop:
    case EndReason::Length:
        return {};
    case EndReason::Error:
        return request.message.empty() ? "error" : toValidUtf8(request.message);
    case EndReason::Cancelled:
    case EndReason::Running:
        break;
    }
    return "cancelled";
}

void addArrays(Json &json, const RunRecord &run)
{
    const char *const names[] = {"input_lens",  "output_lens",     "ttfts",
                                 "itls",        "latencies",       "start_times",
                                 "queue_times", "generated_texts", "errors"};
    for (const char *name : names)
        json[name] = Json::array();
    const int64_t first = firstSubmitNs(run);
    for (const RequestRecord &request : run.requests) {
        Json gaps = Json::array();
        const TokenRecord *before = nullptr;
        for (const TokenRecord &token : request.tokens) {
            if (token.count == 0) // no token, and ends no gap
                continue;
            if (before != nullptr)
                gaps.push_back(secondsBetween(before->ns, token.ns));
            before = &token;
        }
        const std::optional<double> ttft = ttftMs(request);
        const auto firstToken =
            std::find_if(request.tokens.begin(), request.tokens.end(),
                         [](const TokenRecord &token) { return token.count > 0; });
        json["input_lens"].push_back(request.promptTokens);
        json["output_lens"].push_back(outputTokens(request));
        json["ttfts"].push_back(ttft ? secondsBetween(request.submittedNs, firstToken->ns) : 0.0);
        json["itls"].push_back(std::move(gaps));
        json["latencies"].push_back(before ? secondsBetween(request.submittedNs, before->ns) : 0.0);
        json["start_times"].push_back(secondsBetween(first, request.submittedNs));
        json["queue_times"].push_back(
            request.startedNs > 0 ? secondsBetween(request.scheduledNs, request.startedNs) : 0.0);
        json["generated_texts"].push_back(toValidUtf8(request.text));
        json["errors"].push_back(errorOf(request));
    }
}

} // namespace

std::string runToVllmJson(const RunRecord &run)
{
    const RunMetrics metrics = computeMetrics(run);
    const RunSettings &settings = run.settings;
    Json json;
    json["date"] = vllmDate(run.provenance.date);
    json["endpoint_type"] = "inferlab";
    json["backend"] = "inferlab";
    json["label"] = toValidUtf8(run.label);
    json["model_id"] = run.provenance.modelName;
    json["tokenizer_id"] = run.provenance.modelName;
    json["num_prompts"] = run.requests.size();
    json["request_rate"] = "inf";
    json["burstiness"] = 1.0;
    json["max_concurrency"] = settings.concurrency > 0 ? settings.concurrency : settings.batch;
    json["duration"] = metrics.durationS;
    json["completed"] = metrics.completed;
    json["failed"] = metrics.requests - metrics.completed;
    json["total_input_tokens"] = metrics.promptTokens;
    json["total_output_tokens"] = metrics.outputTokens;
    const auto rate = [&metrics](double count) {
        return metrics.durationS > 0 ? Json(count / metrics.durationS) : Json(nullptr);
    };
    json["request_throughput"] = rate(static_cast<double>(metrics.completed));
    json["request_goodput"] = nullptr;
    json["output_throughput"] = rate(static_cast<double>(metrics.outputTokens));
    json["total_token_throughput"] =
        rate(static_cast<double>(metrics.promptTokens + metrics.outputTokens));
    json["max_output_tokens_per_s"] = peakTokensInASecond(run);
    json["max_concurrent_requests"] = metrics.peakConcurrency;
    addSummary(json, "ttft", metrics.ttft);
    addSummary(json, "tpot", metrics.tpot);
    addSummary(json, "itl", metrics.itl);
    addSummary(json, "e2el", metrics.endToEnd);
    addArrays(json, run);
    return jsonText(json, 2) + "\n";
}

} // namespace inferlab
