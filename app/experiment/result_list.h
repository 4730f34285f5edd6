// Which results of an experiment there are, from the small files of their folders: no record of a
// run is read.
#pragma once

#include "app/experiment/experiment_result.h"

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace inferlab {

struct ResultSummary
{
    std::filesystem::path folder;
    Experiment experiment;
    std::string started;            // ISO 8601; empty: no run was begun
    std::string modelHash;          // of the file for points that name none
    std::string modelFile;          // its name; empty: not known
    std::vector<PointState> states; // of every point
    size_t runs = 0;                // that were measured
};

// Throws InputError for a folder that holds no experiment, or damaged files.
ResultSummary summariseResult(const std::filesystem::path &folder);

// Folders in `results` with an experiment of this name in which something was measured or failed,
// the newest first. Folders that cannot be read are left out. Throws Cancelled soon after *stop
// became true.
std::vector<ResultSummary> listResults(const std::filesystem::path &results,
                                       const std::string &name,
                                       const std::atomic<bool> *stop = nullptr);

// The same plan, word by word.
bool isSamePlan(const Experiment &a, const Experiment &b);

} // namespace inferlab
