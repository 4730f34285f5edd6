#include "experiment_result.h"

#include "engine/measure/run_head.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

namespace inferlab {

namespace {

constexpr struct
{
    PointState state;
    const char *name;
} kStates[] = {{PointState::Waiting, "waiting"},
               {PointState::Partial, "partial"},
               {PointState::Done, "done"},
               {PointState::Skipped, "skipped"},
               {PointState::Failed, "failed"}};

} // namespace

const char *pointStateName(PointState state) noexcept
{
    for (const auto &entry : kStates) {
        if (entry.state == state)
            return entry.name;
    }
    return "waiting";
}

std::optional<PointState> pointStateFromName(std::string_view name) noexcept
{
    for (const auto &entry : kStates) {
        if (entry.name == name)
            return entry.state;
    }
    return std::nullopt;
}

bool ExperimentResult::complete() const noexcept
{
    return std::all_of(points.begin(), points.end(),
                       [](const PointResult &point) { return point.state == PointState::Done; });
}

size_t ExperimentResult::runCount() const noexcept
{
    size_t count = 0;
    for (const PointResult &point : points)
        count += point.runs.size();
    return count;
}

ExperimentResult emptyResult(const Experiment &experiment)
{
    ExperimentResult result;
    result.experiment = experiment;
    for (ExperimentPoint &point : experimentPoints(experiment))
        result.points.push_back({std::move(point), PointState::Waiting, {}, {}});
    return result;
}

void beginIfNew(ExperimentResult &result)
{
    if (!result.started.empty())
        return;
    result.started = dateTimeNow();
    result.id = newResultId();
}

std::string newResultId()
{
    std::random_device random;
    std::array<char, 17> text {};
    std::snprintf(text.data(), text.size(), "%08x%08x", random(), random());
    return text.data();
}

std::string resultIdentity(const ExperimentResult &result)
{
    return result.experiment.name + " " + result.started
        + (result.id.empty() ? std::string() : "#" + result.id);
}

} // namespace inferlab
