#include "experiment_progress.h"

#include "engine/base/json.h"

#include <array>
#include <cstdio>
#include <limits>

namespace inferlab {

namespace {

constexpr std::string_view kFormat = "inferlab-experiment-progress";
constexpr int kVersion = 1;
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

Json optionalJson(const std::optional<double> &value)
{
    return value ? Json(*value) : Json(nullptr);
}

std::optional<double> optionalNumber(const JsonCursor &object, const char *key)
{
    const auto found = object.find(key);
    return found && !found->isNull() ? std::optional(found->number()) : std::nullopt;
}

Json machineToJson(const MachineNote &note)
{
    return {{"load_per_core", optionalJson(note.loadPerCore)},
            {"others_cpu_share", optionalJson(note.othersShare)},
            {"stolen_cpu_share", optionalJson(note.stolenShare)},
            {"frequency_mhz", optionalJson(note.frequencyMhz)},
            {"throttled", note.throttled},
            {"gpu_throttled", note.gpuThrottled}};
}

MachineNote readMachine(const JsonCursor &object)
{
    MachineNote note;
    note.loadPerCore = optionalNumber(object, "load_per_core");
    note.othersShare = optionalNumber(object, "others_cpu_share");
    note.stolenShare = optionalNumber(object, "stolen_cpu_share");
    note.frequencyMhz = optionalNumber(object, "frequency_mhz");
    note.throttled = object.at("throttled").boolean();
    const auto gpuThrottled = object.find("gpu_throttled"); // older folders lack it
    note.gpuThrottled = gpuThrottled && gpuThrottled->boolean();
    return note;
}

Json runToJson(size_t point, const MeasuredRun &run)
{
    return {{"point", point},
            {"repeat", run.repeat},
            {"record", recordPath(point, run.repeat)},
            {"machine", machineToJson(run.machine)},
            {"weight_bytes", run.weightBytes},
            {"cache_bytes", run.cacheBytes},
            {"workspace_bytes", run.workspaceBytes},
            {"useful_positions", run.usefulTokens},
            {"padded_positions", run.paddedTokens}};
}

ExperimentProgress::Run readRun(const JsonCursor &object, size_t points)
{
    ExperimentProgress::Run entry;
    entry.point =
        static_cast<size_t>(object.at("point").integer(0, static_cast<int64_t>(points) - 1));
    MeasuredRun &run = entry.run;
    run.repeat = static_cast<int32_t>(object.at("repeat").integer(0, Experiment::kMostRepeats - 1));
    const JsonCursor record = object.at("record");
    entry.record = record.text();
    if (entry.record != recordPath(entry.point, run.repeat)) // never a path out of the folder
        record.fail("\"" + recordPath(entry.point, run.repeat) + "\"", jsonText(record.value()));
    run.machine = readMachine(object.at("machine"));
    run.weightBytes = static_cast<uint64_t>(object.at("weight_bytes").integer(0, kMost));
    run.cacheBytes = static_cast<uint64_t>(object.at("cache_bytes").integer(0, kMost));
    run.workspaceBytes = static_cast<uint64_t>(object.at("workspace_bytes").integer(0, kMost));
    run.usefulTokens = object.at("useful_positions").integer(0, kMost);
    run.paddedTokens = object.at("padded_positions").integer(0, kMost);
    return entry;
}

void readPoints(const JsonCursor &list, size_t points, ExperimentProgress &progress)
{
    if (list.size() != points)
        list.fail(std::to_string(points) + " points", std::to_string(list.size()));
    for (size_t i = 0; i < points; ++i) {
        const JsonCursor state = list.at(i).at("state");
        const std::optional<PointState> known = pointStateFromName(state.text());
        if (!known)
            state.fail("waiting, partial, done, skipped or failed", jsonText(state.value()));
        progress.states.push_back(*known);
        progress.messages.push_back(list.at(i).at("message").text());
    }
}

// Its name, as its runs have it.
std::string modelFileOf(const ExperimentResult &result)
{
    for (const PointResult &point : result.points) {
        if (point.point.settings.modelFile.empty() && !point.runs.empty())
            return point.runs.front().record->provenance.modelFile;
    }
    return {};
}

} // namespace

std::string recordPath(size_t point, int32_t repeat)
{
    std::array<char, 64> text {};
    std::snprintf(text.data(), text.size(), "records/point-%03zu-run-%03d.json", point, repeat);
    return text.data();
}

std::string progressToJson(const ExperimentResult &result, const std::string &modelHash,
                           const std::string &folderInode)
{
    Json points = Json::array();
    Json runs = Json::array();
    for (const PointResult &point : result.points) {
        points.push_back({{"point", point.point.index},
                          {"label", point.point.label},
                          {"state", pointStateName(point.state)},
                          {"message", point.message}});
        for (const MeasuredRun &run : point.runs)
            runs.push_back(runToJson(point.point.index, run));
    }
    const Json document {{"format", kFormat},
                         {"version", kVersion},
                         {"started", result.started},
                         {"id", result.id},
                         {"folder_inode", folderInode},
                         {"model_hash", modelHash},
                         {"model_file", modelFileOf(result)},
                         {"points", std::move(points)},
                         {"runs", std::move(runs)}};
    return jsonText(document, 1) + "\n";
}

ExperimentProgress progressFromJson(const std::string &json, const Experiment &experiment,
                                    const std::string &source)
{
    const Json document = parseJson(json, source);
    const JsonCursor root(document, source);
    const JsonCursor format = root.at("format");
    if (format.text() != kFormat)
        format.fail("\"" + std::string(kFormat) + "\"", jsonText(format.value()));
    root.at("version").integer(kVersion, kVersion);
    ExperimentProgress progress;
    progress.started = root.at("started").text();
    progress.modelHash = root.at("model_hash").text();
    if (const auto file = root.find("model_file"))
        progress.modelFile = file->text();
    if (const auto id = root.find("id"))
        progress.id = id->text();
    if (const auto inode = root.find("folder_inode"))
        progress.folderInode = inode->text();
    const size_t points = experimentPoints(experiment).size();
    readPoints(root.at("points"), points, progress);
    const JsonCursor runs = root.at("runs");
    for (size_t i = 0; i < runs.size(); ++i)
        progress.runs.push_back(readRun(runs.at(i), points));
    return progress;
}

} // namespace inferlab
