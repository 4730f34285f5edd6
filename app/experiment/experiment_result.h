// What an experiment measured: records of every repeat at every point, and how the machine was.
// Complete or not, it says which.
#pragma once

#include "app/experiment/experiment.h"
#include "app/machine/machine_note.h"
#include "engine/measure/run_record.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace inferlab {

enum class PointState {
    Waiting, // nothing measured yet
    Partial, // some repeats, fewer than planned
    Done,    // all repeats, or as many as the stop rule wants
    Skipped, // by a person; what was measured stays
    Failed   // could not run; `message` says why
};
const char *pointStateName(PointState state) noexcept; // "waiting", "partial", ...
std::optional<PointState> pointStateFromName(std::string_view name) noexcept;

// One counted run.
struct MeasuredRun
{
    int32_t repeat = 0;
    std::shared_ptr<const RunRecord> record; // never null
    MachineNote machine;
    // Bytes that the run took: the device's weights, cache and workspace.
    uint64_t weightBytes = 0, cacheBytes = 0, workspaceBytes = 0;
    // Padded positions that were computed and thrown away, and positions that counted; of all
    // steps.
    int64_t paddedTokens = 0, usefulTokens = 0;
};

struct PointResult
{
    ExperimentPoint point;
    PointState state = PointState::Waiting;
    std::string message;           // why it failed
    std::vector<MeasuredRun> runs; // rising repeats
};

struct ExperimentResult
{
    Experiment experiment;
    std::string started;             // ISO 8601 with offset
    std::vector<PointResult> points; // every point of the grid, in its order
    std::string id {};               // random; empty: not begun, or by an older program

    bool complete() const noexcept; // every point is Done
    size_t runCount() const noexcept;
};

// A result that waits for everything.
ExperimentResult emptyResult(const Experiment &experiment);

// When it began, which is now, and an id: for one that has not begun.
void beginIfNew(ExperimentResult &result);
// 16 hexadecimal digits, of no other result.
std::string newResultId();
// What tells it from every other, of its name too: "batch
// 2026-01-31T10:00:00+01:00#0123456789abcdef".
std::string resultIdentity(const ExperimentResult &result);

} // namespace inferlab
