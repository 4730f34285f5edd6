// Limits on requests.
#include "engine/measure/slo.h"

#include "engine/measure/concurrency.h"
#include "engine/measure/metrics.h"

#include <algorithm>
#include <array>
#include <utility>

namespace inferlab {

namespace {

bool within(std::optional<double> figure, std::optional<double> target, bool whenAbsent) noexcept
{
    if (!target)
        return true;
    return figure ? *figure <= *target : whenAbsent;
}

// Of one request, by limit.
struct Kept
{
    bool ttft, tpot, itl, endToEnd;
    bool all() const noexcept { return ttft && tpot && itl && endToEnd; }
};

Kept keptBy(const RequestLatencies &request, const SloTargets &targets) noexcept
{
    return {within(request.ttftMs, targets.ttftMs, false),
            within(request.tpotMs, targets.tpotMs, true),
            within(request.longestItlMs, targets.itlMs, true),
            within(request.endToEndMs, targets.endToEndMs, false)};
}

} // namespace

RequestLatencies latenciesOf(const RequestRecord &request)
{
    RequestLatencies out;
    out.completed = request.endReason == EndReason::Stop || request.endReason == EndReason::Length;
    out.ttftMs = ttftMs(request);
    out.tpotMs = tpotMs(request);
    out.endToEndMs = endToEndMs(request);
    const std::vector<double> gaps = itlMs(request);
    if (!gaps.empty())
        out.longestItlMs = *std::max_element(gaps.begin(), gaps.end());
    return out;
}

void SloSample::add(const RunRecord &run)
{
    durationS += concurrencyOf(run).durationS;
    for (const RequestRecord &request : run.requests)
        requests.push_back(latenciesOf(request));
}

bool meets(const RequestLatencies &request, const SloTargets &targets) noexcept
{
    return request.completed && keptBy(request, targets).all();
}

std::optional<PercentileInterval> SloOutcome::attainmentInterval() const
{
    return requests > 0 ? std::optional(shareInterval(met, requests)) : std::nullopt;
}

std::string SloOutcome::mostMissed() const
{
    const std::array<std::pair<size_t, const char *>, 4> limits {
        {{missedTtft, "TTFT"},
         {missedTpot, "TPOT"},
         {missedItl, "ITL"},
         {missedEndToEnd, "total latency"}}};
    const auto most =
        std::max_element(limits.begin(), limits.end(),
                         [](const auto &a, const auto &b) { return a.first < b.first; });
    return most->first > 0 ? most->second : "";
}

SloOutcome sloOutcome(const SloSample &sample, const SloTargets &targets)
{
    SloOutcome out;
    out.requests = sample.requests.size();
    for (const RequestLatencies &request : sample.requests) {
        if (!request.completed) {
            ++out.notCompleted;
            continue;
        }
        const Kept kept = keptBy(request, targets);
        out.missedTtft += kept.ttft ? 0 : 1;
        out.missedTpot += kept.tpot ? 0 : 1;
        out.missedItl += kept.itl ? 0 : 1;
        out.missedEndToEnd += kept.endToEnd ? 0 : 1;
        out.met += kept.all() ? 1 : 0;
    }
    if (out.requests > 0)
        out.attainment = static_cast<double>(out.met) / static_cast<double>(out.requests);
    if (out.requests > 0 && sample.durationS > 0.0)
        out.goodputRequestPerSecond = static_cast<double>(out.met) / sample.durationS;
    return out;
}

} // namespace inferlab
