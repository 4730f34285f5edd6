// What the worker tells the screen. Plain values; no Qt objects cross the thread.
#pragma once

#include "app/session/session_types.h"

#include <string>
#include <variant>
#include <vector>

namespace inferlab {

struct ModelReadyEvent
{
    ModelSummary summary;
    std::weak_ptr<LoadedModel> model;
};

struct ModelGoneEvent // before another is loaded, or when loading failed
{ };

struct ModelIdentifiedEvent // its file is read through
{
    std::string hash;
};

struct RunStartedEvent
{
    RunRecord head; // label, provenance, settings
};

struct SubmittedEvent
{
    RequestId id = 0;
    int64_t scheduledNs = 0;
    int64_t submittedNs = 0;
    int32_t promptTokens = 0;
};

struct SnapshotEvent // the whole record so far, after steps were dropped
{
    RunRecordPtr record;
};

struct RunFinishedEvent
{
    RunRecordPtr record;
};

struct KneeFinishedEvent
{
    std::vector<RunRecordPtr> runs;
};

struct ExperimentProgressEvent
{
    RunnerProgress progress;
};

struct ExperimentAdvancedEvent // a run or a state is new; at first what is there already
{
    ExperimentResultPtr result;
};

struct ExperimentFinishedEvent // complete, stopped or failed; the result says which
{
    ExperimentResultPtr result;
};

struct FailedEvent
{
    std::string line;
    bool cpuMay = false; // it was the device's fault: the CPU may do it
};

struct CommandDoneEvent // one for each command, last
{ };

struct SessionEvent
{
    std::variant<ModelReadyEvent, ModelGoneEvent, ModelIdentifiedEvent, RunStartedEvent,
                 SubmittedEvent, StepReport, SnapshotEvent, RunFinishedEvent, KneeFinishedEvent,
                 ExperimentProgressEvent, ExperimentAdvancedEvent, ExperimentFinishedEvent,
                 FailedEvent, CommandDoneEvent>
        what;

    bool droppable() const noexcept { return std::holds_alternative<StepReport>(what); }
    size_t weight() const noexcept
    {
        const auto *report = std::get_if<StepReport>(&what);
        return report == nullptr ? 0 : 1 + report->tokens.size();
    }
};

} // namespace inferlab
