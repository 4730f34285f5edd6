// Every definition of the knee, asked the same question.
#include "engine/measure/knee.h"

#include "engine/base/error.h"
#include "engine/base/number_text.h"
#include "engine/measure/percentile.h"
#include "engine/measure/usl_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inferlab {

namespace {

// A fifth above the unloaded latency is where a person begins to notice that others are there too.
constexpr double kDegradation = 1.2;

using Points = std::vector<LoadPoint>;

void checkPoints(const Points &points)
{
    for (const LoadPoint &point : points) {
        const auto check = [&point](const char *what, double value) {
            if (!std::isfinite(value) || value <= 0.0) {
                throw InputError("knee", std::string(what) + " at load " + shortText(point.load),
                                 "a positive number", shortText(value));
            }
        };
        check("load", point.load);
        check("throughput", point.throughput);
        check("latency", point.latencyMs);
    }
    for (size_t i = 1; i < points.size(); ++i) {
        if (points[i].load == points[i - 1].load)
            throw InputError("knee", "load " + shortText(points[i].load), "one point", "two");
    }
}

KneeAnswer kneedleAnswer(const char *method, const Points &points, bool logarithmic)
{
    std::vector<double> x;
    std::vector<double> y;
    for (const LoadPoint &point : points) {
        x.push_back(logarithmic ? std::log2(point.load) : point.load);
        y.push_back(point.throughput);
    }
    const auto at = kneedle(x, y, CurveShape::Concave, CurveDirection::Increasing);
    if (!at)
        return {method, std::nullopt, "throughput has no bend over these loads"};
    return {method, points[*at].load,
            logarithmic ? "where throughput bends, over log2 of the load"
                        : "where throughput bends, over the load"};
}

KneeAnswer maxPower(const Points &points)
{
    if (points.empty())
        return {"max_power", std::nullopt, "no points"};
    const auto power = [](const LoadPoint &p) { return p.throughput / p.latencyMs; };
    const auto best = std::max_element(
        points.begin(), points.end(),
        [&power](const LoadPoint &a, const LoadPoint &b) { return power(a) < power(b); });
    return {"max_power", best->load, "highest throughput / latency"};
}

KneeAnswer crossing(const Points &points)
{
    const std::string method = "crossing";
    if (points.empty())
        return {method, std::nullopt, "no points"};
    const auto [slowest, fastest] = std::minmax_element(
        points.begin(), points.end(),
        [](const LoadPoint &a, const LoadPoint &b) { return a.throughput < b.throughput; });
    const auto [shortest, longest] = std::minmax_element(
        points.begin(), points.end(),
        [](const LoadPoint &a, const LoadPoint &b) { return a.latencyMs < b.latencyMs; });
    const double throughputRange = fastest->throughput - slowest->throughput;
    const double latencyRange = longest->latencyMs - shortest->latencyMs;
    if (throughputRange <= 0.0 || latencyRange <= 0.0)
        return {method, std::nullopt, "throughput or latency does not change"};

    const LoadPoint *best = nullptr;
    double smallest = std::numeric_limits<double>::infinity();
    for (const LoadPoint &point : points) {
        const double latency = (point.latencyMs - shortest->latencyMs) / latencyRange;
        const double throughput = (point.throughput - slowest->throughput) / throughputRange;
        const double gap = std::abs(latency - (1.0 - throughput));
        if (gap < smallest) {
            smallest = gap;
            best = &point;
        }
    }
    if (!best)
        return {method, std::nullopt, "the ranges are too wide to compare"};
    return {method, best->load,
            "normalised latency closest to 1 - normalised throughput (gap " + shortText(smallest, 3)
                + ")"};
}

// By P99 where every point has it, as the method is defined; else by the latency that there is.
KneeAnswer degradation(const Points &points)
{
    KneeAnswer answer;
    answer.method = "degradation";
    answer.note = "no points";
    if (points.empty())
        return answer;
    answer.byP99 = std::all_of(points.begin(), points.end(),
                               [](const LoadPoint &point) { return point.p99Ms.has_value(); });
    const auto latency = [&answer](const LoadPoint &point) {
        return answer.byP99 ? *point.p99Ms : point.latencyMs;
    };
    const double limit = kDegradation * latency(points.front());
    const auto found = std::find_if(points.begin(), points.end(),
                                    [&](const LoadPoint &point) { return latency(point) > limit; });
    if (found != points.end())
        answer.load = found->load;
    const std::string what = answer.byP99 ? "P99" : "latency";
    answer.note = (answer.load ? "first " : "no ") + what + " above " + shortText(kDegradation)
        + " x " + shortText(latency(points.front())) + " ms, that of load "
        + shortText(points.front().load);
    const auto fewest =
        std::min_element(points.begin(), points.end(),
                         [](const LoadPoint &a, const LoadPoint &b) { return a.n < b.n; });
    answer.claimed = !answer.byP99 || fewest->n >= samplesNeeded(99);
    if (!answer.claimed)
        answer.note += "; too few samples: " + std::to_string(fewest->n) + " at load "
            + shortText(fewest->load) + ", P99 needs " + std::to_string(samplesNeeded(99));
    return answer;
}

KneeAnswer uslAnswer(const Points &points, const std::optional<UslFit> &fit)
{
    if (!fit)
        return {"usl", std::nullopt, "a fit needs at least 3 loads"};
    const std::string parameters = "lambda " + shortText(fit->lambda, 4) + " tok/s, sigma "
        + shortText(fit->sigma, 4) + ", kappa " + shortText(fit->kappa, 4);
    if (!fit->peakLoad)
        return {"usl", std::nullopt, "the fit has no peak: " + parameters};
    const bool beyond = *fit->peakLoad > points.back().load;
    return {"usl", fit->peakLoad,
            (beyond ? "peak of the fit, beyond the loads measured: " : "peak of the fit: ")
                + parameters};
}

KneeAnswer budget(const Points &points, std::optional<double> budgetMs)
{
    if (!budgetMs)
        return {"budget", std::nullopt, "no latency budget given"};
    const LoadPoint *best = nullptr;
    const LoadPoint *lastPass = nullptr;
    const LoadPoint *firstFail = nullptr;
    for (const LoadPoint &point : points) {
        if (point.latencyMs > *budgetMs) {
            if (!firstFail)
                firstFail = &point;
            continue;
        }
        lastPass = &point;
        if (!best || point.throughput > best->throughput)
            best = &point;
    }
    const std::string passes = lastPass ? shortText(lastPass->load) + " passes" : "none passes";
    const std::string fails = firstFail ? shortText(firstFail->load) + " fails" : "none fails";
    return {"budget", best ? std::optional(best->load) : std::nullopt,
            "budget " + shortText(*budgetMs) + " ms: " + passes + ", " + fails};
}

} // namespace

std::optional<LoadPoint> loadPoint(double load, std::optional<double> tokPerSecond,
                                   std::span<const double> latenciesMs, double percentile)
{
    const std::optional<double> latencyMs = inferlab::percentile(latenciesMs, percentile);
    if (!(load > 0) || !(tokPerSecond.value_or(0) > 0) || !(latencyMs.value_or(0) > 0))
        return std::nullopt;
    LoadPoint point {load, *tokPerSecond, *latencyMs};
    point.p99Ms = inferlab::percentile(latenciesMs, 99);
    point.n = latenciesMs.size();
    return point;
}

KneeReport findKnees(std::vector<LoadPoint> points, std::optional<double> budgetMs)
{
    if (budgetMs && (!std::isfinite(*budgetMs) || *budgetMs <= 0.0))
        throw InputError("knee", "budget", "a positive number of ms", shortText(*budgetMs));
    std::sort(points.begin(), points.end(),
              [](const LoadPoint &a, const LoadPoint &b) { return a.load < b.load; });
    checkPoints(points);

    KneeReport report;
    report.usl = fitUsl(points);
    report.answers = {kneedleAnswer("kneedle_linear", points, false),
                      kneedleAnswer("kneedle_log2", points, true),
                      maxPower(points),
                      crossing(points),
                      degradation(points),
                      uslAnswer(points, report.usl),
                      budget(points, budgetMs)};
    const KneeAnswer &linear = report.answers[0];
    const KneeAnswer &log2 = report.answers[1];
    const KneeAnswer &power = report.answers[2];
    report.methodsDisagree = linear.load != log2.load;
    for (const KneeAnswer *answer : {&log2, &linear, &power}) {
        if (!answer->load)
            continue;
        report.recommended = answer->load;
        report.recommendedBy = answer->method;
        break;
    }
    return report;
}

} // namespace inferlab
