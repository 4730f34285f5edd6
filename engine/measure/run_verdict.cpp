#include "engine/measure/run_verdict.h"

#include "engine/base/number_text.h"
#include "engine/measure/concurrency.h"
#include "engine/measure/metrics.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kNsPerS = 1e9;

std::string percentText(double share)
{
    return shortText(100.0 * share, 100.0 * share < 100.0 ? 2 : 3) + "%";
}

struct MeasuredPhases
{
    double prefill = 0, decode = 0; // seconds of steps
    double total() const noexcept { return prefill + decode; }
};

MeasuredPhases phasesOf(const RunRecord &record)
{
    MeasuredPhases phases;
    for (const StepRecord &step : record.steps) {
        const double seconds = static_cast<double>(step.endNs - step.startNs) / kNsPerS;
        (step.isPrefill() ? phases.prefill : phases.decode) += seconds;
    }
    return phases;
}

std::optional<PhaseComparison> compared(const PhaseEstimate &estimate, double measuredSeconds,
                                        const DeviceLimits &limits)
{
    if (estimate.steps == 0 || measuredSeconds <= 0.0 || estimate.time.seconds() <= 0.0)
        return std::nullopt;
    PhaseComparison out;
    out.measuredSeconds = measuredSeconds;
    out.predictedSeconds = estimate.time.seconds();
    out.limit = estimate.time.limit();
    out.bytesPerSecond = estimate.bytes / measuredSeconds;
    out.operationsPerSecond = estimate.operations / measuredSeconds;
    out.readLimitPerSecond =
        limits.readPerSecond(estimate.bytes / static_cast<double>(estimate.steps));
    out.share = out.limit == StepLimit::Bandwidth ? out.bytesPerSecond / out.readLimitPerSecond
        : out.limit == StepLimit::Compute         ? estimate.time.computeSeconds / measuredSeconds
                                                  : estimate.time.overheadSeconds / measuredSeconds;
    return out;
}

// What the decision is about: the phase that took longer.
struct Case
{
    bool isDecode = true;
    PhaseComparison phase;
    const PhaseEstimate *estimate = nullptr;
    double shareOfTime = 0;
};

std::string reachedText(const Case &c)
{
    const PhaseComparison &phase = c.phase;
    switch (phase.limit) {
    case StepLimit::Bandwidth:
        return shortText(phase.bytesPerSecond * 1e-9, 3) + " of "
            + shortText(phase.readLimitPerSecond * 1e-9, 3) + " GB/s, " + percentText(phase.share);
    case StepLimit::Compute:
        return shortText(phase.operationsPerSecond * 1e-9, 3)
            + " GOP/s; arithmetic at its limit takes " + percentText(phase.share)
            + " of the measured time";
    case StepLimit::Overhead:
        break;
    }
    return "setting threads to work, passes over rows and sampling take " + percentText(phase.share)
        + " of the measured time";
}

std::string limitedText(const Case &c, RunLimit limit)
{
    return std::string(c.isDecode ? "Decode" : "Prefill") + ", " + percentText(c.shareOfTime)
        + " of the time, was limited by " + runLimitName(limit) + ": " + reachedText(c) + ".";
}

std::string changeText(const Case &c, const RunRecord &record, int cores)
{
    const RunSettings &settings = record.settings;
    if (!settings.kvCache && c.isDecode)
        return "The KV cache would change it: without it each token computes its whole text again.";
    const bool moreThreads =
        settings.device == "cpu" && settings.threads > 0 && settings.threads < cores;
    const std::string threads = moreThreads
        ? " So would more threads: " + std::to_string(settings.threads) + " of "
            + std::to_string(cores) + " cores were used."
        : std::string();
    switch (c.phase.limit) {
    case StepLimit::Bandwidth:
        if (c.estimate->weightBytes < 0.5 * c.estimate->bytes)
            return "A shorter context would change it: most bytes are keys and values, not "
                   "weights.";
        return "A larger batch would change it, since all sequences share one reading of the "
               "weights, or a type with fewer bits."
            + threads;
    case StepLimit::Compute:
        if (!c.isDecode)
            return "A shorter prompt would change it, or a device that computes faster." + threads;
        return "A smaller batch would shorten each step; more throughput takes a device that "
               "computes faster."
            + threads;
    case StepLimit::Overhead:
        break;
    }
    return "A larger batch would change it: each step does more for the same fixed cost.";
}

// Requests wait longer than they run.
bool isQueueing(const RunRecord &record, std::string &words)
{
    double waiting = 0;
    double all = 0;
    for (const RequestRecord &request : record.requests) {
        const auto queue = queueMs(request);
        const auto total = endToEndFromScheduledMs(request);
        if (!queue || !total)
            continue;
        waiting += *queue;
        all += *total;
    }
    if (all <= 0 || waiting < 0.5 * all)
        return false;
    words = "Requests waited " + percentText(waiting / all)
        + " of their time for a place: the queue was the limit.";
    return true;
}

// A cap that leaves places of the batch empty although it could be larger.
bool isCapped(const RunRecord &record, std::string &words)
{
    const RunSettings &settings = record.settings;
    const int32_t batch = std::max(settings.batch, 1);
    const auto told = [&words, batch](const char *cap, int32_t value) {
        words = std::string(cap) + " of " + std::to_string(value) + " left "
            + std::to_string(batch - value) + " of the " + std::to_string(batch)
            + " places of the batch empty: the settings were the limit.";
        return true;
    };
    if (settings.concurrency > 0 && settings.concurrency < batch)
        return told("A concurrency", settings.concurrency);
    const auto requests = static_cast<int32_t>(record.requests.size());
    if (settings.requests > 0 && requests < batch)
        return told("A number of requests", requests);
    return false;
}

RunLimit runLimitOf(StepLimit limit)
{
    switch (limit) {
    case StepLimit::Bandwidth:
        return RunLimit::Bandwidth;
    case StepLimit::Compute:
        return RunLimit::Compute;
    case StepLimit::Overhead:
        break;
    }
    return RunLimit::Overhead;
}

std::string missedIn(const RunVerdict &verdict)
{
    std::string text;
    const auto add = [&text](const char *what, const std::optional<PhaseComparison> &phase) {
        if (!phase)
            return;
        const std::string words =
            missedWords(what, 1e3 * phase->predictedSeconds, 1e3 * phase->measuredSeconds, "ms");
        text += (text.empty() || words.empty() ? "" : " ") + words;
    };
    add("Prefill", verdict.prefill);
    add("Decode", verdict.decode);
    return text;
}

} // namespace

const char *runLimitName(RunLimit limit) noexcept
{
    switch (limit) {
    case RunLimit::Bandwidth:
        return "memory bandwidth";
    case RunLimit::Compute:
        return "arithmetic";
    case RunLimit::Overhead:
        return "overhead";
    case RunLimit::Queue:
        return "the queue";
    case RunLimit::Configuration:
        break;
    }
    return "a cap in the settings";
}

std::string missedWords(const std::string &what, double predicted, double measured,
                        const std::string &unit)
{
    if (!(predicted > 0.0) || !(measured > 0.0))
        return {};
    const double off = measured / predicted - 1.0;
    if (std::abs(off) <= kMissedBy)
        return {};
    return what + ": predicted " + shortText(predicted, 3) + " " + unit + ", measured "
        + shortText(measured, 3) + " " + unit + ", " + percentText(std::abs(off))
        + (off > 0 ? " more" : " less") + " than predicted.";
}

std::string RunVerdict::words() const
{
    std::string text = limited;
    for (const std::string *part : {&change, &missed}) {
        if (!part->empty())
            text += (text.empty() ? "" : " ") + *part;
    }
    return text;
}

std::optional<RunVerdict> runVerdict(const RunRecord &record, const PredictionModel &model,
                                     int cores)
{
    const std::vector<ExpectedRequest> requests = expectedRequests(record);
    const MeasuredPhases measured = phasesOf(record);
    if (requests.empty() || measured.total() <= 0.0)
        return std::nullopt;
    const Prediction prediction = predictRun(model, record.settings, requests);
    RunVerdict out;
    out.prefill = compared(prediction.prefill, measured.prefill, model.limits);
    out.decode = compared(prediction.decode, measured.decode, model.limits);
    if (!out.prefill && !out.decode)
        return std::nullopt;

    Case c;
    c.isDecode = out.decode && (!out.prefill || measured.decode >= measured.prefill);
    c.phase = c.isDecode ? *out.decode : *out.prefill;
    c.estimate = c.isDecode ? &prediction.decode : &prediction.prefill;
    c.shareOfTime = (c.isDecode ? measured.decode : measured.prefill) / measured.total();
    out.limit = runLimitOf(c.phase.limit);
    out.limited = limitedText(c, out.limit);
    out.change = changeText(c, record, cores);
    out.missed = missedIn(out);

    std::string words;
    if (isQueueing(record, words)) {
        out.limit = RunLimit::Queue;
        out.limited = words + " " + out.limited;
        out.change = "More places in the batch, or fewer requests at once, would change it.";
    } else if (isCapped(record, words)) {
        out.limit = RunLimit::Configuration;
        out.limited = words + " " + out.limited;
        out.change = "Raising it to the batch size would change it.";
    }
    return out;
}

} // namespace inferlab
