#include "result_list.h"

#include "app/experiment/experiment_folder.h"
#include "app/experiment/experiment_json.h"
#include "app/experiment/experiment_progress.h"
#include "engine/base/error.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace inferlab {

namespace {

namespace fs = std::filesystem;

bool isUntouched(const ResultSummary &summary)
{
    return std::all_of(summary.states.begin(), summary.states.end(),
                       [](PointState state) { return state == PointState::Waiting; });
}

std::optional<ResultSummary> summaryIfAny(const fs::path &folder)
{
    try {
        return summariseResult(folder);
    } catch (const InputError &) {
        return std::nullopt; // another folder, whatever it is
    }
}

} // namespace

ResultSummary summariseResult(const fs::path &folder)
{
    ExperimentFiles files = readExperimentFiles(folder);
    ResultSummary summary;
    summary.folder = folder;
    summary.experiment = std::move(files.experiment);
    summary.started = std::move(files.progress.started);
    summary.modelHash = std::move(files.progress.modelHash);
    summary.modelFile = std::move(files.progress.modelFile);
    summary.states = std::move(files.progress.states);
    summary.runs = files.progress.runs.size();
    return summary;
}

std::vector<ResultSummary> listResults(const fs::path &results, const std::string &name,
                                       const std::atomic<bool> *stop)
{
    std::vector<ResultSummary> found;
    std::error_code none; // no experiment was run yet, or what is left cannot be read
    for (fs::directory_iterator entry(results, none); entry != fs::directory_iterator();
         entry.increment(none)) {
        throwIfStopped(stop);
        std::optional<ResultSummary> summary = summaryIfAny(entry->path());
        if (summary && summary->experiment.name == name && !isUntouched(*summary))
            found.push_back(*std::move(summary));
    }
    std::sort(found.begin(), found.end(), [](const ResultSummary &a, const ResultSummary &b) {
        return std::pair(a.started, a.folder) > std::pair(b.started, b.folder);
    });
    return found;
}

bool isSamePlan(const Experiment &a, const Experiment &b)
{
    return experimentToJson(a) == experimentToJson(b);
}

} // namespace inferlab
