// Carries an experiment out in a folder: goes on where an earlier call ended, writes each run as it
// ends, tells a person in lines. What inferlab-cli and the headless program share.
#pragma once

#include "app/experiment/engine_access.h"
#include "app/experiment/experiment_folder.h"
#include "app/experiment/experiment_outlook.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace inferlab {

struct FolderRun
{
    Experiment experiment;
    std::string modelFile; // for points that name none
    std::filesystem::path folder;
    EngineAccess engines;
    // Where what devices reach is kept, measured before the first run where it is not known yet;
    // empty: nothing is predicted. instructionSet: as EngineAccess::real() has it.
    std::filesystem::path calibrations {};
    std::string instructionSet {};
    // Somewhere beside the folder, and before it: its disk may be full. May be empty.
    std::function<void(const ExperimentResult &, size_t point, int32_t repeat)> keep {};
};

struct FolderRunEnd
{
    ExperimentResult result;
    ExperimentOutlook outlook; // without points where nothing is predicted
};

// A folder that is locked, and what earlier calls measured there.
struct OpenFolder
{
    std::unique_ptr<ExperimentFolder> folder; // null: nothing is written
    ExperimentResult result;
};

// Makes the folder or goes on in it; when it began and its id are written then. Throws InputError
// where no point can run, for a folder that cannot be used, or where a model's file is another than
// the one that was measured; std::runtime_error when a file cannot be written; Cancelled.
OpenFolder openFolder(const FolderRun &plan, const std::atomic<bool> &interrupted);

// A line that stays, or one that the next may replace.
struct ProgressLine
{
    std::string text;
    bool stays = true;
};

// Ends early, with what was measured until then, soon after *interrupted became true. Throws
// InputError for a folder or a model that cannot be used, std::runtime_error when a file cannot be
// written, Cancelled when it was interrupted before the first run.
FolderRunEnd runInFolder(const FolderRun &plan, const std::atomic<bool> &interrupted,
                         const std::function<void(const ProgressLine &)> &tell);

// Of a program that ran it: 0 done, 1 a point failed, 130 interrupted before all was measured.
int exitCodeOf(const ExperimentResult &result, bool interrupted);

} // namespace inferlab
