#include "experiment_folder.h"

#include "app/experiment/experiment_csv.h"
#include "app/experiment/experiment_json.h"
#include "engine/base/error.h"
#include "engine/base/output_file.h"
#include "engine/measure/record_json.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace inferlab {

namespace {

namespace fs = std::filesystem;

constexpr const char *kPlan = "experiment.json";
constexpr const char *kProgress = "progress.json";
constexpr const char *kRecords = "records";

void write(const fs::path &path, const std::string &content)
{
    OutputFile(path).commit(content);
}

std::string readText(const fs::path &path)
{
    std::ifstream file(path, std::ios::binary);
    std::string text {std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad())
        throw InputError(path.string(), {}, "a file that can be read", "none");
    return text;
}

std::shared_ptr<const RunRecord> readRecord(const fs::path &path)
{
    std::vector<RunRecord> records = runsFromJson(readText(path), path.string());
    if (records.size() != 1)
        throw InputError(path.string(), "runs", "one run", std::to_string(records.size()));
    return std::make_shared<RunRecord>(std::move(records.front()));
}

// As OutputFile names what it has not finished.
bool isPart(const fs::path &path)
{
    return path.extension() == ".part";
}

void makeFolder(const fs::path &path)
{
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
        throw InputError(path.string(), {}, "a folder that can be made", error.message());
}

// inode: of a folder that is gone on with; empty: it is only read.
ExperimentResult readResult(const fs::path &folder, const Experiment &experiment,
                            const std::string &inode = {}, const std::atomic<bool> *stop = nullptr)
{
    ExperimentResult result = emptyResult(experiment);
    const fs::path path = folder / kProgress;
    if (!fs::exists(path))
        return result;
    ExperimentProgress progress = progressFromJson(readText(path), experiment, path.string());
    result.started = progress.started;
    result.id = progress.id;
    // A copy, which may go on differently from the original: other runs in the same places.
    if (!result.id.empty() && !inode.empty() && progress.folderInode != inode)
        result.id = newResultId();
    for (size_t i = 0; i < result.points.size(); ++i) {
        result.points[i].state = progress.states[i];
        result.points[i].message = progress.messages[i];
    }
    for (ExperimentProgress::Run &entry : progress.runs) {
        throwIfStopped(stop);
        entry.run.record = readRecord(folder / entry.record);
        result.points[entry.point].runs.push_back(std::move(entry.run));
    }
    for (PointResult &point : result.points)
        std::sort(point.runs.begin(), point.runs.end(),
                  [](const MeasuredRun &a, const MeasuredRun &b) { return a.repeat < b.repeat; });
    return result;
}

const MeasuredRun &runOf(const ExperimentResult &result, size_t point, int32_t repeat)
{
    const std::vector<MeasuredRun> &runs = result.points.at(point).runs;
    const auto found = std::find_if(runs.begin(), runs.end(), [repeat](const MeasuredRun &run) {
        return run.repeat == repeat;
    });
    if (found == runs.end())
        throw std::logic_error("a run that was not measured cannot be written");
    return *found;
}

} // namespace

ExperimentFolder::ExperimentFolder(fs::path path, const Experiment &experiment,
                                   const std::string &modelHash)
    : m_path(std::move(path))
    , m_experiment(experiment)
    , m_modelHash(modelHash)
{
    makeFolder(m_path);
    lock();
    try {
        if (fs::exists(m_path / kPlan)) {
            requireSame();
            removeParts();
        } else {
            requireEmpty();
            removeParts();
            write(m_path / kPlan, jsonText(experimentToJson(m_experiment), 1) + "\n");
        }
    } catch (...) {
        ::close(m_descriptor);
        throw;
    }
}

ExperimentFolder::~ExperimentFolder()
{
    ::close(m_descriptor); // the lock goes with it
}

void ExperimentFolder::lock()
{
    m_descriptor = ::open(m_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m_descriptor < 0)
        throw InputError(m_path.string(), {}, "a folder that can be read", std::strerror(errno));
    struct stat status = {};
    if (::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0 && ::fstat(m_descriptor, &status) == 0) {
        m_inode = std::to_string(status.st_ino);
        return;
    }
    const int error = errno;
    ::close(m_descriptor);
    if (error == EWOULDBLOCK)
        throw InputError(m_path.string(), {}, "a folder that no other process is using",
                         "one that is in use");
    throw InputError(m_path.string(), {}, "a folder that can be locked", std::strerror(error));
}

// What a process that was killed had half written. The folder is known to be an experiment's.
void ExperimentFolder::removeParts() const
{
    std::vector<fs::path> parts;
    for (const fs::path &folder : {m_path, m_path / kRecords}) {
        std::error_code none; // there may be no records yet
        for (const auto &entry : fs::directory_iterator(folder, none)) {
            if (entry.is_regular_file() && isPart(entry.path()))
                parts.push_back(entry.path());
        }
    }
    for (const fs::path &part : parts)
        fs::remove(part);
}

// But for a plan that was being written when its process was killed.
void ExperimentFolder::requireEmpty() const
{
    for (const auto &entry : fs::directory_iterator(m_path)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(kPlan) || !isPart(entry.path()))
            throw InputError(m_path.string(), {}, "an empty folder, or one with an experiment",
                             "other files, such as " + name);
    }
}

void ExperimentFolder::requireSame() const
{
    const fs::path plan = m_path / kPlan;
    const Experiment there = readExperiment(plan);
    if (experimentToJson(there) != experimentToJson(m_experiment))
        throw InputError(plan.string(), {},
                         "the experiment \"" + m_experiment.name + "\" as it is planned now",
                         there.name == m_experiment.name
                             ? "one of that name with other settings; use another folder"
                             : "\"" + there.name + "\"; use another folder");
    const fs::path progress = m_path / kProgress;
    if (!fs::exists(progress))
        return;
    const std::string hash =
        progressFromJson(readText(progress), m_experiment, progress.string()).modelHash;
    if (hash != m_modelHash && !namesAllModels(m_experiment))
        throw InputError(progress.string(), "model_hash", m_modelHash + " (of the model)",
                         hash + "; use another folder");
}

ExperimentResult ExperimentFolder::read() const
{
    return readResult(m_path, m_experiment, m_inode);
}

void ExperimentFolder::writeRun(const ExperimentResult &result, size_t point, int32_t repeat)
{
    const MeasuredRun &run = runOf(result, point, repeat);
    makeFolder(m_path / kRecords);
    write(m_path / recordPath(point, repeat), runsToJson({*run.record}));
    writeProgress(result); // from here on it counts
    if (m_runsCsv.empty())
        m_runsCsv = experimentRunsToCsv(result);
    else
        m_runsCsv += experimentRunCsvLine(result, result.points[point], run);
    write(m_path / "runs.csv", m_runsCsv);
}

void ExperimentFolder::writeProgress(const ExperimentResult &result)
{
    write(m_path / kProgress, progressToJson(result, m_modelHash, m_inode));
}

void ExperimentFolder::finish(const ExperimentResult &result, const ExperimentOutlook *outlook)
{
    writeProgress(result);
    write(m_path / "runs.csv", experimentRunsToCsv(result));
    write(m_path / "points.csv", experimentPointsToCsv(result, outlook));
    write(m_path / "requests.csv", experimentRequestsToCsv(result));
}

bool namesAllModels(const Experiment &experiment)
{
    return !experiment.held.modelFile.empty()
        || std::any_of(experiment.axes.begin(), experiment.axes.end(),
                       [](const ExperimentAxis &axis) { return axis.kind == AxisKind::ModelFile; });
}

ExperimentFiles readExperimentFiles(const fs::path &path)
{
    ExperimentFiles files;
    files.experiment = readExperiment(path / kPlan);
    const fs::path progress = path / kProgress;
    files.progress = progressFromJson(readText(progress), files.experiment, progress.string());
    return files;
}

ExperimentResult readExperimentFolder(const fs::path &path, const std::atomic<bool> *stop)
{
    return readResult(path, readExperiment(path / kPlan), {}, stop);
}

void requireSameModels(const ExperimentResult &result,
                       const std::function<std::string(const std::string &file)> &hashOf)
{
    std::map<std::string, std::string> measured; // hash of each file
    for (const PointResult &point : result.points) {
        const std::string &file = point.point.settings.modelFile;
        if (!file.empty() && !point.runs.empty())
            measured[file] = point.runs.front().record->provenance.modelHash;
    }
    for (const auto &[file, hash] : measured) {
        const std::string now = hashOf(file);
        if (!now.empty() && now != hash)
            throw InputError(file, {}, "the model that was measured, " + hash,
                             now + "; use another folder");
    }
}

} // namespace inferlab
