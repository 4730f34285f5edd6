#include "expected_duration.h"

#include "app/run_setup/run_requests.h"

#include <algorithm>

namespace inferlab {

namespace {

// SmolLM2 135M Q4_1 on two cores of 2024: a decode step reads all weights once, and each row of it
// costs on top of that; a row of a prompt costs less, since many share what is read.
constexpr double kStepSeconds = 0.007;
constexpr double kDecodeRowSeconds = 0.003;
constexpr double kPromptRowSeconds = 0.0012;
// Of the course's questions, with the chat template.
constexpr double kUsualPromptTokens = 40;

double runSeconds(const RunSettings &settings)
{
    const double requests = requestsOf(settings);
    const int32_t inFlight =
        settings.concurrency > 0 ? std::min(settings.batch, settings.concurrency) : settings.batch;
    const double places = std::clamp<double>(inFlight, 1, requests);
    const double prompt =
        settings.promptTokens > 0 ? double(settings.promptTokens) : kUsualPromptTokens;
    const int32_t least = std::min(settings.leastNewTokens, settings.maxNewTokens);
    const double answer =
        least > 0 ? (least + settings.maxNewTokens) / 2.0 : double(settings.maxNewTokens);
    const double promptRows = requests * prompt;
    const double answerRows = requests * answer;
    if (!settings.kvCache) // each token reads prompt and answer again
        return (promptRows + answerRows * (prompt + answer / 2)) * kPromptRowSeconds;
    return promptRows * kPromptRowSeconds + answerRows * kDecodeRowSeconds
        + answerRows / places * kStepSeconds;
}

} // namespace

double roughSeconds(const Experiment &experiment)
{
    const double rounds = experiment.repeats + experiment.warmUps;
    double seconds = 0;
    for (const ExperimentPoint &point : experimentPoints(experiment)) {
        const double run = runSeconds(point.settings.run);
        double measured = run * experiment.repeats;
        if (experiment.stop.pointSeconds > 0) // the run that is under way then is the last one
            measured = std::min(measured, experiment.stop.pointSeconds + run);
        seconds += measured + run * experiment.warmUps + rounds * experiment.coolDownSeconds;
    }
    return experiment.stop.seconds > 0 ? std::min(seconds, experiment.stop.seconds) : seconds;
}

double expectedSecondsFrom(const Experiment &source, const Experiment &plan)
{
    const double rough = roughSeconds(plan);
    const double before = roughSeconds(source);
    return source.expectedSeconds > 0 && before > 0 ? source.expectedSeconds * rough / before
                                                    : rough;
}

} // namespace inferlab
