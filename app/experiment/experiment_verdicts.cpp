#include "experiment_verdicts.h"

#include "app/experiment/batching_verdicts.h"
#include "app/experiment/measured_points.h"
#include "app/experiment/point_summary.h"
#include "engine/base/error.h"
#include "engine/base/number_text.h"
#include "engine/measure/comparison.h"
#include "engine/measure/knee.h"
#include "engine/measure/knee_words.h"
#include "engine/measure/metrics.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace inferlab {

namespace {

using Sentences = std::vector<std::string>;
using Summaries = std::vector<PointSummary>; // of every point

bool isSampling(AxisKind kind)
{
    return kind == AxisKind::Temperature || kind == AxisKind::TopP;
}

std::vector<double> ratesOf(const PointResult &point)
{
    std::vector<double> rates;
    for (const MeasuredRun &run : point.runs) {
        if (const auto rate = computeMetrics(*run.record).outputTokPerSecond)
            rates.push_back(*rate);
    }
    return rates;
}

std::string nameOf(const ExperimentResult &result, size_t axis, const AxisValue &value)
{
    const ExperimentAxis &of = result.experiment.axes[axis];
    return std::string(axisInfo(of.kind).title) + " " + axisValueName(of, value);
}

// The point with the values of `point`, but for `value` on `axis`.
const PointResult *other(const ExperimentResult &result, const PointResult &point, size_t axis,
                         const AxisValue &value)
{
    std::vector<AxisValue> wanted = point.point.values;
    wanted[axis] = value;
    const auto found = std::find_if(
        result.points.begin(), result.points.end(),
        [&wanted](const PointResult &candidate) { return candidate.point.values == wanted; });
    return found == result.points.end() ? nullptr : &*found;
}

// "prompt length 512 tokens, " of what is not compared; empty where nothing else varies.
std::string circumstances(const ExperimentResult &result, const PointResult &point, size_t axis)
{
    std::string text;
    for (size_t i = 0; i < point.point.values.size(); ++i) {
        if (i != axis)
            text += (text.empty() ? "" : ", ") + nameOf(result, i, point.point.values[i]);
    }
    return text.empty() ? text : " at " + text;
}

// Where there are too few runs for an interval the medians are said, and that nothing follows.
std::string comparedWords(const Comparison &comparison)
{
    if (comparison.by != ComparedBy::Nothing)
        return comparisonWords(comparison, FigureKind::Rate, "tok/s");
    return rateText(comparison.b) + " against " + rateText(comparison.a) + " tok/s, medians of "
        + std::to_string(comparison.nB) + " and " + std::to_string(comparison.nA)
        + " runs: too few for an interval";
}

// Values of an axis that are words, each against the first of them: throughput of whole runs.
void compareWords(const ExperimentResult &result, size_t axis, Sentences &out)
{
    const ExperimentAxis &of = result.experiment.axes[axis];
    for (const PointResult &point : result.points) {
        if (point.point.values[axis] == of.values.front())
            continue;
        const PointResult *first = other(result, point, axis, of.values.front());
        const auto comparison =
            first == nullptr ? std::nullopt : compareSamples(ratesOf(*first), ratesOf(point));
        if (comparison)
            out.push_back(nameOf(result, axis, point.point.values[axis]) + " against "
                          + axisValueName(of, of.values.front())
                          + circumstances(result, point, axis) + ": " + comparedWords(*comparison)
                          + ".");
    }
}

// Where nothing but sampling varies, each value of an axis against the first one, over all the
// others: more runs than any two points have, and none of them picked.
void comparePooled(const ExperimentResult &result, size_t axis, Sentences &out)
{
    const ExperimentAxis &of = result.experiment.axes[axis];
    const auto ratesAt = [&](const AxisValue &value) {
        std::vector<double> rates;
        for (const PointResult &point : result.points) {
            if (point.point.values[axis] != value)
                continue;
            const std::vector<double> more = ratesOf(point);
            rates.insert(rates.end(), more.begin(), more.end());
        }
        return rates;
    };
    const std::vector<double> first = ratesAt(of.values.front());
    for (size_t i = 1; i < of.values.size(); ++i) {
        const auto comparison = compareSamples(first, ratesAt(of.values[i]));
        if (comparison)
            out.push_back(nameOf(result, axis, of.values[i]) + " against "
                          + axisValueName(of, of.values.front())
                          + (result.experiment.axes.size() > 1 ? ", over all the rest: " : ": ")
                          + comparedWords(*comparison) + ".");
    }
}

// Where nothing but sampling varies: the fastest point against the slowest.
void compareExtremes(const ExperimentResult &result, const Summaries &summaries, Sentences &out)
{
    std::optional<size_t> slowest;
    std::optional<size_t> fastest;
    const auto median = [&summaries](size_t point) {
        return summaries[point].runTokPerSecond->p50;
    };
    for (size_t i = 0; i < summaries.size(); ++i) {
        if (!summaries[i].runTokPerSecond)
            continue;
        if (!slowest || median(i) < median(*slowest))
            slowest = i;
        if (!fastest || median(i) > median(*fastest))
            fastest = i;
    }
    if (slowest == fastest)
        return;
    const PointResult &slow = result.points[*slowest];
    const PointResult &fast = result.points[*fastest];
    const auto comparison = compareSamples(ratesOf(slow), ratesOf(fast));
    if (comparison)
        out.push_back("Between the slowest point (" + slow.point.label + ") and the fastest ("
                      + fast.point.label
                      + "): " + comparisonWords(*comparison, FigureKind::Rate, "tok/s")
                      + ". The two were picked for being furthest apart out of "
                      + std::to_string(result.points.size())
                      + ", which makes a difference look larger than it is.");
}

// From the first value of a numeric axis to its last, all else as in the first group.
void sayGrowth(const ExperimentResult &result, const Summaries &summaries, Sentences &out)
{
    const PointResult &first = result.points.front();
    const PointResult *last = other(result, first, 0, result.experiment.axes.front().values.back());
    if (last == nullptr || last == &first)
        return;
    const PointSummary &a = summaries.front();
    const PointSummary &b = summaries[static_cast<size_t>(last - result.points.data())];
    if (!a.ttftMs || !b.ttftMs || !a.endToEndMs || !b.endToEndMs || !a.runTokPerSecond
        || !b.runTokPerSecond)
        return;
    const auto time = [](const SampleSummary &sample) { return durationText(sample.p50 / 1e3); };
    out.push_back("From " + first.point.label + " to " + last->point.label
                  + ", medians: first token " + time(*a.ttftMs) + " to " + time(*b.ttftMs)
                  + ", total latency " + time(*a.endToEndMs) + " to " + time(*b.endToEndMs) + ", "
                  + rateText(a.runTokPerSecond->p50) + " to " + rateText(b.runTokPerSecond->p50)
                  + " tok/s total.");
}

// Of the first group: throughput against median total latency.
void sayKnee(const ExperimentResult &result, Sentences &out)
{
    constexpr size_t kFewest = 4; // a curve through fewer has no shape
    const PointResult &first = result.points.front();
    const std::vector<LoadPoint> loads = loadPoints(result, first.point, 50);
    if (loads.size() < kFewest)
        return;
    const std::string sentence = kneeDisagreement(findKnees(loads));
    if (!sentence.empty())
        out.push_back("Knee of throughput against P50 latency over "
                      + std::string(axisInfo(result.experiment.axes.front().kind).title)
                      + circumstances(result, first, 0) + ": " + sentence);
}

void sayPadding(const ExperimentResult &result, const Summaries &summaries, Sentences &out)
{
    for (size_t i = 0; i < summaries.size(); ++i) {
        const std::optional<double> share = summaries[i].paddedShare;
        if (share.value_or(0) > 0)
            out.push_back(result.points[i].point.label + ": " + shortText(*share * 100, 3)
                          + "% of all computed positions were padding.");
    }
}

void sayDoubts(const ExperimentResult &result, Sentences &out)
{
    size_t busy = 0;
    double worst = 0;
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs) {
            busy += run.machine.busy() ? 1 : 0;
            worst = std::max(worst, run.machine.othersShare.value_or(0));
        }
        if (point.state == PointState::Failed)
            out.push_back(point.point.label + " failed: " + point.message + ".");
    }
    if (busy > 0)
        out.push_back("The machine was busy or slowed down during " + std::to_string(busy) + " of "
                      + std::to_string(result.runCount()) + " runs (other processes took up to "
                      + shortText(worst * 100, 2)
                      + "% of the cores): times are longer than on a quiet machine.");
}

} // namespace

std::vector<std::string> experimentVerdicts(const ExperimentResult &result)
{
    Sentences out;
    const std::vector<ExperimentAxis> &axes = result.experiment.axes;
    if (result.runCount() == 0)
        return out;
    const Summaries summaries = summarisePoints(result);
    const bool onlySampling = !axes.empty()
        && std::all_of(axes.begin(), axes.end(),
                       [](const ExperimentAxis &axis) { return isSampling(axis.kind); });
    for (size_t axis = 0; onlySampling && axis < axes.size(); ++axis)
        comparePooled(result, axis, out);
    if (onlySampling)
        compareExtremes(result, summaries, out);
    for (size_t axis = 0; axis < axes.size(); ++axis) {
        if (!axisInfo(axes[axis].kind).isNumber)
            compareWords(result, axis, out);
    }
    if (!axes.empty() && axisInfo(axes.front().kind).isNumber && !onlySampling)
        sayGrowth(result, summaries, out);
    if (!axes.empty() && isLoad(axes.front().kind))
        sayKnee(result, out);
    for (const auto &sentences : {batchingVerdicts(result), chunkVerdicts(result)})
        out.insert(out.end(), sentences.begin(), sentences.end());
    sayPadding(result, summaries, out);
    sayDoubts(result, out);
    return out;
}

} // namespace inferlab
