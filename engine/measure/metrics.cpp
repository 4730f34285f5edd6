// The figures of a request and of a run.
#include "engine/measure/metrics.h"

#include "engine/measure/concurrency.h"

#include <algorithm>
#include <limits>

namespace inferlab {

namespace {

constexpr double kNsPerMs = 1e6;
constexpr double kNsPerS = 1e9;

double ms(int64_t ns)
{
    return static_cast<double>(ns) / kNsPerMs;
}

bool hasContent(const TokenRecord &token)
{
    return token.count > 0;
}

const TokenRecord *firstToken(const RequestRecord &request)
{
    const auto it = std::find_if(request.tokens.begin(), request.tokens.end(), hasContent);
    return it == request.tokens.end() ? nullptr : &*it;
}

const TokenRecord *lastToken(const RequestRecord &request)
{
    const auto it = std::find_if(request.tokens.rbegin(), request.tokens.rend(), hasContent);
    return it == request.tokens.rend() ? nullptr : &*it;
}

bool isFailed(const RequestRecord &request)
{
    return request.endReason == EndReason::Error;
}

bool isCompleted(const RequestRecord &request)
{
    return request.endReason == EndReason::Stop || request.endReason == EndReason::Length;
}

void appendItlMs(const RequestRecord &request, std::vector<double> &gaps)
{
    const TokenRecord *before = nullptr;
    for (const TokenRecord &token : request.tokens) {
        if (!hasContent(token))
            continue;
        if (before)
            gaps.push_back(gapMs(before->ns, token.ns));
        before = &token;
    }
}

using RequestFigure = std::optional<double> (*)(const RequestRecord &);

// One figure of each request that `belongs`, where it exists.
template <typename Belongs>
std::vector<double> collect(const RunRecord &run, RequestFigure figure, Belongs belongs)
{
    std::vector<double> values;
    values.reserve(run.requests.size());
    for (const RequestRecord &request : run.requests) {
        if (!belongs(request))
            continue;
        if (const std::optional<double> value = figure(request))
            values.push_back(*value);
    }
    return values;
}

bool isNotFailed(const RequestRecord &request)
{
    return !isFailed(request);
}

void fillConcurrency(const RunRecord &run, RunMetrics &metrics)
{
    const Concurrency concurrency = concurrencyOf(run);
    metrics.durationS = concurrency.durationS;
    metrics.meanConcurrency = concurrency.mean;
    metrics.peakConcurrency = concurrency.peak;
}

void countRequests(const RunRecord &run, RunMetrics &metrics)
{
    metrics.requests = run.requests.size();
    for (const RequestRecord &request : run.requests) {
        metrics.completed += isCompleted(request) ? 1 : 0;
        metrics.failed += isFailed(request) ? 1 : 0;
        metrics.cancelled += request.endReason == EndReason::Cancelled ? 1 : 0;
        if (isFailed(request))
            continue;
        metrics.promptTokens += request.promptTokens;
        metrics.outputTokens += outputTokens(request);
    }
    for (const StepRecord &step : run.steps)
        metrics.paddedTokens += step.paddedTokens;
}

std::optional<double> prefillRate(const RunRecord &run)
{
    int64_t tokens = 0;
    int64_t ns = 0;
    for (const StepRecord &step : run.steps) {
        if (!step.isPrefill())
            continue;
        tokens += step.prefillTokens;
        ns += step.endNs - step.startNs;
    }
    if (tokens <= 0 || ns <= 0)
        return std::nullopt;
    return static_cast<double>(tokens) / static_cast<double>(ns) * kNsPerS;
}

std::optional<double> decodeRate(const RunRecord &run)
{
    int64_t tokens = 0;
    int64_t first = std::numeric_limits<int64_t>::max();
    int64_t last = std::numeric_limits<int64_t>::min();
    for (const RequestRecord &request : run.requests) {
        const TokenRecord *begin = firstToken(request);
        if (!begin || isFailed(request))
            continue;
        tokens += outputTokens(request) - begin->count;
        first = std::min(first, begin->ns);
        last = std::max(last, lastToken(request)->ns);
    }
    if (tokens <= 0 || last <= first)
        return std::nullopt;
    return static_cast<double>(tokens) / static_cast<double>(last - first) * kNsPerS;
}

void fillRates(const RunRecord &run, const SloTargets *targets, RunMetrics &metrics)
{
    metrics.prefillTokPerSecond = prefillRate(run);
    metrics.decodeTokPerSecond = decodeRate(run);
    const bool lasted = metrics.durationS > 0.0;
    if (lasted && metrics.outputTokens > 0)
        metrics.outputTokPerSecond = static_cast<double>(metrics.outputTokens) / metrics.durationS;
    if (lasted && metrics.completed > 0)
        metrics.requestPerSecond = static_cast<double>(metrics.completed) / metrics.durationS;
    if (!targets || run.requests.empty())
        return;
    SloSample sample;
    sample.add(run);
    const SloOutcome outcome = sloOutcome(sample, *targets);
    metrics.sloAttainment = outcome.attainment;
    metrics.goodputRequestPerSecond = outcome.goodputRequestPerSecond;
}

} // namespace

std::optional<double> ttftMs(const RequestRecord &request)
{
    const TokenRecord *first = firstToken(request);
    return first ? std::optional(ms(first->ns - request.submittedNs)) : std::nullopt;
}

std::optional<double> endToEndMs(const RequestRecord &request)
{
    const TokenRecord *last = lastToken(request);
    return last ? std::optional(ms(last->ns - request.submittedNs)) : std::nullopt;
}

std::optional<double> endToEndFromScheduledMs(const RequestRecord &request)
{
    const TokenRecord *last = lastToken(request);
    return last ? std::optional(ms(last->ns - request.scheduledNs)) : std::nullopt;
}

std::optional<double> queueMs(const RequestRecord &request)
{
    if (request.startedNs == 0)
        return std::nullopt;
    return ms(request.startedNs - request.scheduledNs);
}

std::optional<double> tpotMs(const RequestRecord &request)
{
    const int64_t n = outputTokens(request);
    if (n < 2)
        return std::nullopt;
    return ms(lastToken(request)->ns - firstToken(request)->ns) / static_cast<double>(n - 1);
}

std::optional<double> normalisedLatencyMs(const RequestRecord &request)
{
    const std::optional<double> total = endToEndMs(request);
    if (!total)
        return std::nullopt;
    return *total / static_cast<double>(outputTokens(request));
}

std::optional<double> userTokPerSecond(const RequestRecord &request)
{
    const std::optional<double> tpot = tpotMs(request);
    if (!tpot || *tpot <= 0.0)
        return std::nullopt;
    return 1000.0 / *tpot;
}

std::vector<double> itlMs(const RequestRecord &request)
{
    std::vector<double> gaps;
    gaps.reserve(request.tokens.size());
    appendItlMs(request, gaps);
    return gaps;
}

double gapMs(int64_t fromNs, int64_t toNs) noexcept
{
    return ms(toNs - fromNs);
}

int64_t outputTokens(const RequestRecord &request) noexcept
{
    int64_t n = 0;
    for (const TokenRecord &token : request.tokens)
        n += std::max(token.count, 0);
    return n;
}

std::vector<double> ttftsMs(const RunRecord &run)
{
    return collect(run, ttftMs, isNotFailed);
}

std::vector<double> tpotsMs(const RunRecord &run)
{
    return collect(run, tpotMs, isNotFailed);
}

std::vector<double> pooledItlMs(const RunRecord &run)
{
    size_t events = 0;
    for (const RequestRecord &request : run.requests)
        events += request.tokens.size();
    std::vector<double> gaps;
    gaps.reserve(events);
    for (const RequestRecord &request : run.requests) {
        if (!isFailed(request))
            appendItlMs(request, gaps);
    }
    return gaps;
}

std::vector<double> endToEndsMs(const RunRecord &run)
{
    return collect(run, endToEndMs, isCompleted);
}

RunMetrics computeMetrics(const RunRecord &run, const SloTargets *targets)
{
    RunMetrics metrics;
    countRequests(run, metrics);
    fillConcurrency(run, metrics);
    metrics.ttft = summarise(ttftsMs(run));
    metrics.itl = summarise(pooledItlMs(run));
    metrics.tpot = summarise(tpotsMs(run));
    metrics.endToEnd = summarise(endToEndsMs(run));
    metrics.endToEndFromScheduled = summarise(collect(run, endToEndFromScheduledMs, isCompleted));
    metrics.queue = summarise(collect(run, queueMs, isNotFailed));
    metrics.userTokPerSecond = summarise(collect(run, userTokPerSecond, isNotFailed));
    fillRates(run, targets, metrics);
    return metrics;
}

} // namespace inferlab
