#include "app/experiment/experiment_outlook.h"

#include "app/experiment/cache_verdicts.h"
#include "app/experiment/experiment_verdicts.h"
#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace inferlab {

namespace {

constexpr size_t kMostMissed = 4; // sentences; more of them say the same

// The sentences of points that say the same are said once, with the first of them.
void sayLimits(const ExperimentResult &result, const ExperimentOutlook &outlook,
               std::vector<std::string> &out)
{
    std::optional<RunLimit> before;
    for (size_t i = 0; i < outlook.points.size(); ++i) {
        const std::optional<RunVerdict> &verdict = outlook.points[i].verdict;
        if (!verdict || before == verdict->limit)
            continue;
        before = verdict->limit;
        out.push_back(result.points[i].point.label + ": " + verdict->limited + " "
                      + verdict->change);
    }
}

void sayMissed(const ExperimentResult &result, const ExperimentOutlook &outlook,
               std::vector<std::string> &out)
{
    size_t said = 0;
    size_t missed = 0;
    for (size_t i = 0; i < outlook.points.size(); ++i) {
        for (const std::string &words : outlook.points[i].missed) {
            ++missed;
            if (said++ < kMostMissed)
                out.push_back(result.points[i].point.label + ": " + words);
        }
    }
    if (missed > kMostMissed)
        out.push_back(std::to_string(missed - kMostMissed)
                      + " more figures differ by more than 30%: the charts show them beside each "
                        "other.");
}

} // namespace

ExperimentOutlook experimentOutlook(const ExperimentResult &result, PredictionModels &models,
                                    int cores, const std::atomic<bool> *stop)
{
    ExperimentOutlook out;
    out.points = predictedPoints(
        result,
        [&models, stop](const PointSettings &settings) {
            throwIfStopped(stop);
            return models.of(settings);
        },
        cores,
        [&](const PointSettings &settings) {
            return models.poolLengths(result.experiment, settings);
        });
    for (const PointResult &point : result.points) {
        if (!out.cost)
            out.cost = models.cost(point.point.settings);
    }
    out.missing = models.missing();
    return out;
}

ExperimentOutlook outlookFrom(const ExperimentResult &result, const std::string &modelFile,
                              const std::filesystem::path &calibrations,
                              const std::string &instructionSet, const std::atomic<bool> *stop)
{
    if (calibrations.empty())
        return {};
    try {
        PredictionModels models(modelFile, calibrations, instructionSet);
        return experimentOutlook(result, models, defaultThreads(), stop);
    } catch (const Cancelled &) {
        ExperimentOutlook none;
        none.missing = "No prediction: stopped before it was made";
        return none;
    } catch (const std::exception &error) {
        ExperimentOutlook none;
        none.missing = std::string("No prediction: ") + error.what();
        return none;
    }
}

std::optional<double> predictedSeconds(const Experiment &experiment,
                                       const ExperimentOutlook &outlook)
{
    const auto runs = static_cast<double>(experiment.warmUps + experiment.repeats);
    double seconds = 0;
    for (const PredictedPoint &point : outlook.points) {
        if (!point.metrics)
            return std::nullopt;
        seconds += runs * (point.metrics->durationS + experiment.coolDownSeconds);
    }
    if (experiment.stop.seconds > 0)
        seconds = std::min(seconds, experiment.stop.seconds);
    return outlook.points.empty() ? std::nullopt : std::optional(seconds);
}

std::vector<std::string> outlookSentences(const ExperimentResult &result,
                                          const ExperimentOutlook &outlook)
{
    std::vector<std::string> out;
    sayLimits(result, outlook, out);
    sayMissed(result, outlook, out);
    return out;
}

std::vector<std::string> experimentFindings(const ExperimentResult &result,
                                            const ExperimentOutlook *outlook)
{
    std::vector<std::string> out = experimentVerdicts(result);
    for (std::string &sentence : cacheVerdicts(result, outlook))
        out.push_back(std::move(sentence));
    if (outlook != nullptr) {
        for (std::string &sentence : outlookSentences(result, *outlook))
            out.push_back(std::move(sentence));
    }
    return out;
}

} // namespace inferlab
