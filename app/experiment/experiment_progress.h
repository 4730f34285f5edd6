// progress.json of an experiment's folder: which runs are complete, and what their records do not
// say.
#pragma once

#include "app/experiment/experiment_result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab {

struct ExperimentProgress
{
    struct Run
    {
        size_t point = 0;
        std::string record; // a path within the folder
        MeasuredRun run;    // its record is null
    };
    std::string started;
    std::string id;                 // of the result; empty: an older program's
    std::string folderInode;        // where it was written; empty: an older program's
    std::string modelHash;          // of the file for points that name none
    std::string modelFile;          // its name; empty: no run of it yet, or an older program's
    std::vector<PointState> states; // of every point
    std::vector<std::string> messages;
    std::vector<Run> runs;
};

std::string progressToJson(const ExperimentResult &result, const std::string &modelHash,
                           const std::string &folderInode);
// Throws InputError: not JSON, wrong types, points that the experiment does not have.
ExperimentProgress progressFromJson(const std::string &json, const Experiment &experiment,
                                    const std::string &source);

// "records/point-003-run-001.json"
std::string recordPath(size_t point, int32_t repeat);

} // namespace inferlab
