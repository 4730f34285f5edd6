#include "progress_words.h"

#include "app/experiment/stop_rule.h"
#include "engine/base/number_text.h"
#include "engine/measure/metrics.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

std::string counted(size_t count, const std::string &one, const std::string &many)
{
    return groupedText(count) + " " + (count == 1 ? one : many);
}

std::string repeatText(const Experiment &experiment, int32_t repeat)
{
    return "run " + std::to_string(repeat + 1) + " of " + std::to_string(experiment.repeats);
}

// As the switches of the window call it.
std::string deviceName(const std::string &device)
{
    return device == "cpu" ? "CPU" : device == "cuda" ? "GPU" : device;
}

std::string threadWords(int32_t threads)
{
    return threads == 0 ? "all cores"
                        : std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

} // namespace

std::string roughDurationText(double seconds)
{
    // Nobody knows the second of an estimate of minutes, nor the minute of one of hours.
    const double step = seconds < 10 ? 1 : seconds < 120 ? 5 : seconds < 7200 ? 60 : 600;
    const auto whole = static_cast<int64_t>(std::max(step, std::round(seconds / step) * step));
    const auto two = [](int64_t large, const char *unit, int64_t small, const char *smallUnit) {
        return std::to_string(large) + unit
            + (small > 0 ? " " + std::to_string(small) + smallUnit : "");
    };
    if (whole < 60)
        return std::to_string(whole) + " s";
    return whole < 7200 ? two(whole / 60, " min", whole % 60, " s")
                        : two(whole / 3600, " h", whole % 3600 / 60, " min");
}

std::string planLine(const Experiment &experiment, std::optional<double> predictedSeconds)
{
    const size_t points = experimentPoints(experiment).size();
    std::string line = counted(points, "point", "points") + ", "
        + counted(static_cast<size_t>(experiment.repeats), "run", "runs")
        + (points == 1 ? " of it" : " of each");
    if (experiment.warmUps > 0)
        line += " after " + counted(static_cast<size_t>(experiment.warmUps), "warm-up", "warm-ups");
    if (predictedSeconds)
        line += "; about " + roughDurationText(*predictedSeconds) + " here, as predicted";
    else if (experiment.expectedSeconds > 0)
        line += "; about " + roughDurationText(experiment.expectedSeconds)
            + " on two cores with the default model";
    return line;
}

std::string deviceWords(const Experiment &experiment)
{
    std::string devices = deviceName(experiment.held.run.device);
    std::string threads = threadWords(experiment.held.run.threads);
    for (const ExperimentAxis &axis : experiment.axes) {
        if (axis.kind == AxisKind::Device) {
            devices.clear();
            for (const AxisValue &value : axis.values)
                devices +=
                    (devices.empty() ? "" : " and ") + deviceName(std::get<std::string>(value));
        } else if (axis.kind == AxisKind::Threads) {
            const auto [least, most] = std::minmax_element(axis.values.begin(), axis.values.end());
            threads = *least == *most
                ? threadWords(static_cast<int32_t>(std::get<double>(*least)))
                : axisValueText(*least) + " to " + axisValueText(*most) + " threads";
        }
    }
    return devices + ", " + threads;
}

std::string activityText(const ExperimentResult &result, const RunnerProgress &progress)
{
    if (progress.phase == RunnerPhase::Ended)
        return "ended";
    const std::string &label = result.points.at(progress.point).point.label;
    switch (progress.phase) {
    case RunnerPhase::Loading:
        return "loading the model for " + label;
    case RunnerPhase::Calibrating:
        return "measuring once what this machine reaches, before " + label;
    case RunnerPhase::CoolingDown:
        return "cooling down before " + label;
    case RunnerPhase::WarmingUp:
        return "warm-up of " + label;
    case RunnerPhase::Measuring:
        return repeatText(result.experiment, progress.repeat) + " of " + label;
    case RunnerPhase::RunDone:
        return label + " is done";
    case RunnerPhase::Paused:
        return "paused before " + label;
    case RunnerPhase::Ended:
        break;
    }
    return {};
}

std::string countText(const RunnerProgress &progress)
{
    std::string text = std::to_string(progress.done) + " of " + std::to_string(progress.total);
    if (progress.secondsLeft && *progress.secondsLeft > 0)
        text += ", about " + roughDurationText(*progress.secondsLeft) + " left";
    return text;
}

std::string runLine(const ExperimentResult &result, size_t point, int32_t repeat)
{
    const PointResult &of = result.points.at(point);
    std::string line = of.point.label + ", " + repeatText(result.experiment, repeat) + ": ";
    const auto run = std::find_if(of.runs.begin(), of.runs.end(), [repeat](const auto &candidate) {
        return candidate.repeat == repeat;
    });
    if (run == of.runs.end())
        return line + "not measured";
    const RunMetrics metrics = computeMetrics(*run->record);
    line += metrics.outputTokPerSecond ? rateText(*metrics.outputTokPerSecond) + " tok/s total"
                                       : "no token";
    if (metrics.ttft)
        line += ", first token after " + durationText(metrics.ttft->p50 / 1e3);
    if (metrics.failed > 0)
        line += ", " + counted(metrics.failed, "request failed", "requests failed");
    const std::string machine = run->machine.words();
    return line + (machine.empty() ? "" : " (" + machine + ")");
}

std::string stateLine(size_t runs, size_t planned, const std::vector<PointState> &states)
{
    const auto count = [&states](PointState state) {
        return static_cast<size_t>(std::count(states.begin(), states.end(), state));
    };
    std::string line = groupedText(runs) + " of " + groupedText(planned) + " runs";
    if (count(PointState::Done) == states.size())
        return line + ", complete";
    std::string rest;
    const auto add = [&](size_t points, const std::string &one, const std::string &many) {
        if (points > 0)
            rest += (rest.empty() ? "; " : ", ") + counted(points, one, many);
    };
    add(count(PointState::Failed), "point failed", "points failed");
    add(count(PointState::Skipped), "point was skipped", "points were skipped");
    add(count(PointState::Waiting) + count(PointState::Partial), "point is not complete",
        "points are not complete");
    return line + rest;
}

std::string endLine(const ExperimentResult &result)
{
    std::vector<PointState> states;
    for (const PointResult &point : result.points)
        states.push_back(point.state);
    const size_t planned = result.points.size() * static_cast<size_t>(result.experiment.repeats);
    std::string line = stateLine(result.runCount(), planned, states);
    if (!result.complete() && isEnded(result))
        line += "; ended by its limit of " + roughDurationText(result.experiment.stop.seconds);
    return line;
}

} // namespace inferlab
