// An experiment on disk: its plan, a record for each run as it ends, tables; resumed from there.
//
//     experiment.json   the plan, to be opened again
//     progress.json     which runs are complete, how the machine was, states of the points
//     records/          a record for each run: point-03-run-01.json
//     runs.csv, points.csv, requests.csv
//
// Every file is written whole or not at all. A run counts once progress.json names it, so a process
// that is killed loses at most the run in progress.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_progress.h"
#include "app/experiment/experiment_result.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

namespace inferlab {

class ExperimentFolder
{
public:
    // Makes the folder where there is none. Throws InputError, one line, for a folder with other
    // files, with another experiment or one on another model, or that another process is using.
    // modelHash: of the file for points that name none; compared where there are such points.
    ExperimentFolder(std::filesystem::path path, const Experiment &experiment,
                     const std::string &modelHash);
    ~ExperimentFolder();
    ExperimentFolder(const ExperimentFolder &) = delete;
    ExperimentFolder &operator=(const ExperimentFolder &) = delete;

    // What earlier calls measured; of a folder that was copied as another result, with an id of its
    // own. Throws InputError for a file that is damaged.
    ExperimentResult read() const;

    // Throw std::runtime_error with path and reason, such as a full disk.
    void writeRun(const ExperimentResult &result, size_t point, int32_t repeat); // it is new
    void writeProgress(const ExperimentResult &result);                          // states of points
    // And the tables of the whole, with what was predicted. outlook: null: nothing was.
    void finish(const ExperimentResult &result, const ExperimentOutlook *outlook = nullptr);

    const std::filesystem::path &path() const noexcept { return m_path; }

private:
    void lock();
    void requireEmpty() const;
    void removeParts() const;
    void requireSame() const;

    std::filesystem::path m_path;
    Experiment m_experiment;
    std::string m_modelHash;
    std::string m_inode;   // of the folder
    std::string m_runsCsv; // grows with the runs
    int m_descriptor = -1; // of the folder, locked
};

// Whether every point names its model's file: the hash of another says nothing about them.
bool namesAllModels(const Experiment &experiment);

// The plan, and which runs of it there are: all but their records.
struct ExperimentFiles
{
    Experiment experiment;
    ExperimentProgress progress;
};
// Throws InputError for a folder without one of the two files, or damaged ones.
ExperimentFiles readExperimentFiles(const std::filesystem::path &path);

// The plan and what was measured, of a folder that may be in use. Throws InputError for one that
// holds no experiment or damaged files, Cancelled soon after *stop became true.
ExperimentResult readExperimentFolder(const std::filesystem::path &path,
                                      const std::atomic<bool> *stop = nullptr);

// Points that name a model file: throws InputError where the file is another than when their runs
// were measured. hashOf: of a file; empty where it has none any more.
void requireSameModels(const ExperimentResult &result,
                       const std::function<std::string(const std::string &file)> &hashOf);

} // namespace inferlab
