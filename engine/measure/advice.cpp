#include "engine/measure/advice.h"

#include "engine/base/byte_text.h"
#include "engine/base/number_text.h"
#include "engine/measure/percentile.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

constexpr double kMsPerS = 1000.0;

std::string timeText(double ms)
{
    return ms < kMsPerS ? shortText(ms, 3) + " ms" : shortText(ms / kMsPerS, 3) + " s";
}

std::string percentileName(double percentile)
{
    return "P" + shortText(percentile, 4);
}

LimitCheck checkOf(LatencyFigure figure, double limitMs, const std::vector<double> &sample,
                   double percentile)
{
    LimitCheck check {figure, limitMs, inferlab::percentile(sample, percentile), sample.size(),
                      sample.size() >= samplesNeeded(percentile)};
    return check;
}

PointAdvice adviceOn(const MeasuredPoint &point, const SloTargets &limits, double percentile)
{
    struct Limited
    {
        LatencyFigure figure;
        std::optional<double> limitMs;
        const std::vector<double> *sample;
    };
    const std::array<Limited, 4> all {
        {{LatencyFigure::Ttft, limits.ttftMs, &point.ttftMs},
         {LatencyFigure::Tpot, limits.tpotMs, &point.tpotMs},
         {LatencyFigure::Itl, limits.itlMs, &point.itlMs},
         {LatencyFigure::EndToEnd, limits.endToEndMs, &point.endToEndMs}}};
    PointAdvice out;
    for (const Limited &limited : all) {
        if (limited.limitMs)
            out.checks.push_back(
                checkOf(limited.figure, *limited.limitMs, *limited.sample, percentile));
    }
    const auto is = [&out](auto predicate) {
        return std::any_of(out.checks.begin(), out.checks.end(), predicate);
    };
    if (point.failedRequests > 0
        || is([](const LimitCheck &c) { return c.foundMs && !c.passes(); }))
        out.verdict = PointVerdict::Fails;
    else if (!point.tokPerSecond || is([](const LimitCheck &c) { return !c.foundMs; }))
        out.verdict = PointVerdict::Unknown;
    else
        out.verdict = PointVerdict::Passes;
    return out;
}

// Whether `a` serves the goal better than `b`; both passed, so both have a throughput.
bool isBetter(const MeasuredPoint &a, const MeasuredPoint &b, AdviceGoal goal)
{
    // An unknown amount of memory is no reason to take a configuration.
    const bool knowsA = a.memoryBytes > 0;
    const bool knowsB = b.memoryBytes > 0;
    if (goal == AdviceGoal::Memory && knowsA != knowsB)
        return knowsA;
    if (goal == AdviceGoal::Memory && a.memoryBytes != b.memoryBytes)
        return a.memoryBytes < b.memoryBytes;
    return *a.tokPerSecond > *b.tokPerSecond;
}

void chooseBest(std::span<const MeasuredPoint> points, AdviceGoal goal, Advice &advice)
{
    for (size_t i = 0; i < points.size(); ++i) {
        const bool passes = advice.points[i].verdict == PointVerdict::Passes;
        if (passes && (!advice.best || isBetter(points[i], points[*advice.best], goal)))
            advice.best = i;
    }
    if (advice.best)
        advice.bestTokPerSecond = points[*advice.best].tokPerSecond;
}

LoadLimit &limitOf(const std::string &group, std::vector<LoadLimit> &limits)
{
    const auto known = std::find_if(limits.begin(), limits.end(), [&group](const LoadLimit &limit) {
        return limit.group == group;
    });
    return known != limits.end() ? *known : limits.emplace_back(LoadLimit {group, {}, {}});
}

void findLoadLimits(std::span<const MeasuredPoint> points, Advice &advice)
{
    for (size_t i = 0; i < points.size(); ++i) {
        if (!points[i].load)
            continue;
        LoadLimit &limit = limitOf(points[i].group, advice.loadLimits);
        const PointVerdict verdict = advice.points[i].verdict;
        if (verdict == PointVerdict::Passes
            && (!limit.lastPass || points[i].load > points[*limit.lastPass].load))
            limit.lastPass = i;
        if (verdict == PointVerdict::Fails
            && (!limit.firstFail || points[i].load < points[*limit.firstFail].load))
            limit.firstFail = i;
    }
}

// "P90 TTFT 640 ms (limit 500 ms)".
std::string checkText(const LimitCheck &check, double percentile)
{
    return percentileName(percentile) + " " + latencyFigureName(check.figure) + " "
        + timeText(*check.foundMs) + " (limit " + timeText(check.limitMs) + ")";
}

// What broke the furthest.
std::string failText(const MeasuredPoint &point, const PointAdvice &advice, double percentile)
{
    const LimitCheck *worst = nullptr;
    for (const LimitCheck &check : advice.checks) {
        if (!check.foundMs || check.passes())
            continue;
        if (!worst || *check.foundMs * worst->limitMs > *worst->foundMs * check.limitMs)
            worst = &check;
    }
    if (worst)
        return checkText(*worst, percentile);
    return std::to_string(point.failedRequests)
        + (point.failedRequests == 1 ? " request failed" : " requests failed");
}

std::string bestText(const MeasuredPoint &point, const PointAdvice &advice, double percentile,
                     AdviceGoal goal)
{
    std::string text = point.label + ": " + shortText(*point.tokPerSecond, 3) + " tok/s";
    if (goal == AdviceGoal::Memory && point.memoryBytes > 0)
        text += " in " + byteText(point.memoryBytes);
    for (const LimitCheck &check : advice.checks)
        text += (&check == &advice.checks.front() ? " with " : ", ") + checkText(check, percentile);
    return text;
}

// Where a sample is too small for the percentile that decides.
std::string doubtText(const MeasuredPoint &point, const PointAdvice &advice, double percentile)
{
    const LimitCheck *smallest = nullptr;
    for (const LimitCheck &check : advice.checks) {
        if (!check.claimed && (!smallest || check.n < smallest->n))
            smallest = &check;
    }
    if (!smallest)
        return {};
    return " Not sure: " + point.label + " has " + std::to_string(smallest->n)
        + (smallest->n == 1 ? " sample of " : " samples of ") + latencyFigureName(smallest->figure)
        + ", " + percentileName(percentile) + " needs " + std::to_string(samplesNeeded(percentile))
        + ".";
}

// "; batch 8 is the last that passes; batch 16 is the first that fails: P90 ..."
std::string limitText(std::span<const MeasuredPoint> points, const LoadLimit &limit,
                      const Advice &advice, double percentile)
{
    std::string text;
    if (limit.lastPass && limit.lastPass != advice.best)
        text += "; " + points[*limit.lastPass].label + " is the last that passes";
    if (limit.firstFail)
        text += "; " + points[*limit.firstFail].label + " is the first that fails: "
            + failText(points[*limit.firstFail], advice.points[*limit.firstFail], percentile);
    return text;
}

// Where no load varies, configurations have no order: only how many fail.
std::string countText(const Advice &advice)
{
    const auto fails =
        std::count_if(advice.points.begin(), advice.points.end(), [](const PointAdvice &point) {
            return point.verdict == PointVerdict::Fails;
        });
    return "; " + std::to_string(fails) + " of " + std::to_string(advice.points.size()) + " fail"
        + (fails == 1 ? "s" : "");
}

// The point whose sample decides: the best, else the first that fails.
size_t deciding(const Advice &advice)
{
    if (advice.best)
        return *advice.best;
    const auto fails =
        std::find_if(advice.points.begin(), advice.points.end(),
                     [](const PointAdvice &point) { return point.verdict == PointVerdict::Fails; });
    for (const LoadLimit &limit : advice.loadLimits) {
        if (limit.firstFail)
            return *limit.firstFail;
    }
    return static_cast<size_t>(fails - advice.points.begin());
}

std::string sentenceOf(std::span<const MeasuredPoint> points, const Advice &advice,
                       double percentile, AdviceGoal goal)
{
    const auto isFail = [](const PointAdvice &point) {
        return point.verdict == PointVerdict::Fails;
    };
    const bool anyFails = std::any_of(advice.points.begin(), advice.points.end(), isFail);
    if (!advice.best && !anyFails)
        return points.empty() ? "Not enough data: nothing was measured."
                              : "Not enough data: no configuration has a sample of all that is "
                                "limited.";
    std::string text;
    if (!advice.best)
        text = "No configuration keeps the limits";
    else
        text = bestText(points[*advice.best], advice.points[*advice.best], percentile, goal);
    for (const LoadLimit &limit : advice.loadLimits)
        text += limitText(points, limit, advice, percentile);
    if (!anyFails)
        text += "; none fails";
    else if (advice.loadLimits.empty())
        text += countText(advice);
    const size_t decides = deciding(advice);
    return text + "." + doubtText(points[decides], advice.points[decides], percentile);
}

} // namespace

const char *latencyFigureName(LatencyFigure figure) noexcept
{
    switch (figure) {
    case LatencyFigure::Ttft:
        return "TTFT";
    case LatencyFigure::Tpot:
        return "TPOT";
    case LatencyFigure::Itl:
        return "ITL";
    case LatencyFigure::EndToEnd:
        break;
    }
    return "total latency";
}

Advice advise(std::span<const MeasuredPoint> points, const SloTargets &limits, double percentile,
              AdviceGoal goal)
{
    Advice advice;
    for (const MeasuredPoint &point : points)
        advice.points.push_back(adviceOn(point, limits, percentile));
    chooseBest(points, goal, advice);
    findLoadLimits(points, advice);
    advice.sentence = sentenceOf(points, advice, percentile, goal);
    return advice;
}

} // namespace inferlab
