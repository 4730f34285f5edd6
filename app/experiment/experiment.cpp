#include "experiment.h"

#include "app/run_setup/run_requests.h"
#include "engine/base/error.h"
#include "engine/run/engine.h"
#include "engine/run/random.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace inferlab {

namespace {

constexpr double kMostSeconds = 1e7; // some months

void requireAmount(const std::string &source, const std::string &where, double value, double most)
{
    if (!std::isfinite(value) || value < 0 || value > most)
        throw InputError(source, where, "a number from 0 to " + std::to_string(int64_t(most)),
                         std::isfinite(value) ? std::to_string(value) : "no number");
}

void requireWhole(const std::string &source, const std::string &where, int64_t value, int64_t least,
                  int64_t most)
{
    if (value < least || value > most)
        throw InputError(source, where,
                         "a whole number from " + std::to_string(least) + " to "
                             + std::to_string(most),
                         std::to_string(value));
}

void checkAxes(const Experiment &experiment, const std::string &source)
{
    std::set<AxisKind> seen;
    size_t points = 1;
    for (size_t i = 0; i < experiment.axes.size(); ++i) {
        const ExperimentAxis &axis = experiment.axes[i];
        const std::string where = "axes[" + std::to_string(i) + "]";
        const std::string name(axisInfo(axis.kind).name);
        if (!seen.insert(axis.kind).second)
            throw InputError(source, where, "each axis once", "\"" + name + "\" again");
        if (axis.values.empty())
            throw InputError(source, where + ".values", "at least one value", "none");
        std::set<AxisValue> values;
        for (size_t v = 0; v < axis.values.size(); ++v) {
            const std::string place = where + ".values[" + std::to_string(v) + "]";
            if (const auto error = checkAxisValue(axis.kind, axis.values[v]))
                throw InputError(source, place, error->expected + " (" + name + ")", error->found);
            if (!values.insert(axis.values[v]).second)
                throw InputError(source, place, "each value once",
                                 axisValueText(axis.values[v]) + " again");
        }
        points *= axis.values.size();
        if (points > Experiment::kMostPoints)
            throw InputError(source, "axes",
                             "at most " + std::to_string(Experiment::kMostPoints) + " points",
                             "more");
    }
}

void checkHeld(const RunSettings &held, const std::string &source)
{
    constexpr int64_t kMostTokens = 1 << 20;
    requireWhole(source, "hold.batch", held.batch, 1, EngineOptions::kMostSequences);
    requireWhole(source, "hold.concurrency", held.concurrency, 0, EngineOptions::kMostSequences);
    requireWhole(source, "hold.requests", held.requests, 0, 100'000);
    requireWhole(source, "hold.prompt_tokens", held.promptTokens, 0, kMostTokens);
    requireWhole(source, "hold.new_tokens", held.maxNewTokens, 1, kMostTokens);
    requireWhole(source, "hold.least_new_tokens", held.leastNewTokens, 0, held.maxNewTokens);
    requireWhole(source, "hold.threads", held.threads, 0, 1024);
    requireWhole(source, "hold.chunk_tokens", held.chunkTokens, 0, 1 << 16);
    if (const auto error = checkAxisValue(AxisKind::Device, held.device))
        throw InputError(source, "hold.device", error->expected, error->found);
    held.sampling.validate();
}

// Fisher-Yates, by our own generator: the same order on every system.
void shuffle(std::vector<size_t> &items, Random &random)
{
    for (size_t left = items.size(); left > 1; --left)
        std::swap(items[left - 1], items[random.next() % left]);
}

// Points of one model file and device are neighbours; the groups and each group's points are in a
// drawn order.
std::vector<size_t> roundOrder(const std::vector<ExperimentPoint> &points, uint64_t seed)
{
    std::map<std::pair<std::string, std::string>, std::vector<size_t>> groups;
    for (const ExperimentPoint &point : points)
        groups[{point.settings.modelFile, point.settings.run.device}].push_back(point.index);
    std::vector<std::vector<size_t>> lists;
    for (auto &[key, list] : groups)
        lists.push_back(std::move(list));
    Random random(seed);
    std::vector<size_t> places(lists.size());
    for (size_t i = 0; i < places.size(); ++i)
        places[i] = i;
    shuffle(places, random);
    std::vector<size_t> order;
    for (const size_t place : places) {
        shuffle(lists[place], random);
        order.insert(order.end(), lists[place].begin(), lists[place].end());
    }
    return order;
}

void checkStopRule(const Experiment &experiment, const std::string &source)
{
    const StopRule &stop = experiment.stop;
    requireAmount(source, "stop.seconds", stop.seconds, kMostSeconds);
    requireAmount(source, "stop.point_seconds", stop.pointSeconds, kMostSeconds);
    requireAmount(source, "stop.interval_percent", stop.intervalPercent, 100);
    if (stop.intervalPercent > 0 && experiment.repeats < StopRule::kLeastRepeatsForInterval)
        throw InputError(source, "stop.interval_percent",
                         "0, or at least " + std::to_string(StopRule::kLeastRepeatsForInterval)
                             + " repeats: the median of fewer runs has no 95% interval",
                         std::to_string(experiment.repeats)
                             + (experiment.repeats == 1 ? " repeat" : " repeats"));
}

// A grid may hold points with both beside others, and they fail with this reason; one that holds
// nothing else measures nothing.
void checkPadding(const Experiment &experiment, const std::string &source)
{
    bool padded = experiment.held.run.padding;
    bool continuous = experiment.held.run.scheduler == BatchPolicy::Continuous;
    std::string where = "hold.padding";
    for (size_t i = 0; i < experiment.axes.size(); ++i) {
        const ExperimentAxis &axis = experiment.axes[i];
        const auto all = [&axis](const AxisValue &value) {
            return std::all_of(axis.values.begin(), axis.values.end(),
                               [&value](const AxisValue &own) { return own == value; });
        };
        if (axis.kind == AxisKind::Padding) {
            padded = all(std::string("on"));
            where = "axes[" + std::to_string(i) + "].values";
        } else if (axis.kind == AxisKind::Scheduler) {
            continuous = all(std::string("continuous"));
        }
    }
    if (padded && continuous)
        throw InputError(source, where, "padding off, since a continuous batch is no rectangle",
                         "on");
}

} // namespace

void checkExperiment(const Experiment &experiment, const std::string &source)
{
    if (experiment.name.empty())
        throw InputError(source, "name", "a name", "\"\"");
    checkAxes(experiment, source);
    checkHeld(experiment.held.run, source);
    requireWhole(source, "repeats", experiment.repeats, 1, Experiment::kMostRepeats);
    requireWhole(source, "warm_ups", experiment.warmUps, 0, Experiment::kMostRepeats);
    requireAmount(source, "cool_down_seconds", experiment.coolDownSeconds, 3600);
    requireAmount(source, "expected_seconds", experiment.expectedSeconds, kMostSeconds);
    checkStopRule(experiment, source);
    if (experiment.prompts.empty())
        throw InputError(source, "prompts", "at least one prompt", "none");
    for (size_t i = 0; i < experiment.prompts.size(); ++i) {
        if (experiment.prompts[i].empty())
            throw InputError(source, "prompts[" + std::to_string(i) + "]", "text", "\"\"");
    }
    checkPadding(experiment, source);
}

std::vector<ExperimentPoint> experimentPoints(const Experiment &experiment)
{
    size_t count = 1;
    for (const ExperimentAxis &axis : experiment.axes)
        count *= axis.values.size();
    std::vector<ExperimentPoint> points(count);
    for (size_t index = 0; index < count; ++index) {
        ExperimentPoint &point = points[index];
        point.index = index;
        point.settings = experiment.held;
        size_t rest = index;
        size_t block = count;
        for (const ExperimentAxis &axis : experiment.axes) {
            block /= axis.values.size();
            const AxisValue &value = axis.values[rest / block];
            rest %= block;
            point.values.push_back(value);
            applyAxisValue(axis.kind, value, point.settings);
            point.label += (point.label.empty() ? "" : ", ") + axisValueLabel(axis, value);
        }
        if (point.label.empty())
            point.label = experiment.name;
    }
    return points;
}

std::vector<PlannedRun> runOrder(const Experiment &experiment,
                                 const std::vector<ExperimentPoint> &points)
{
    std::vector<PlannedRun> order;
    order.reserve(points.size() * static_cast<size_t>(experiment.repeats + experiment.warmUps));
    for (int32_t repeat = -experiment.warmUps; repeat < experiment.repeats; ++repeat) {
        const uint64_t seed =
            mixedSeed(experiment.seed, 0, static_cast<uint64_t>(int64_t {repeat}));
        for (const size_t point : roundOrder(points, seed))
            order.push_back({point, repeat});
    }
    return order;
}

RunSettings runSettingsOf(const Experiment &experiment, const ExperimentPoint &point,
                          int32_t repeat)
{
    RunSettings settings = point.settings.run;
    settings.promptPool = experiment.prompts;
    settings.round = repeat;
    settings.sampling.seed = experiment.seed;
    return settings;
}

} // namespace inferlab
