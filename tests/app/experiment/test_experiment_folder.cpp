// An experiment's folder: what is written comes back, and what does not belong together is refused
// in one line.
#include "app/experiment/experiment_csv.h"
#include "app/experiment/experiment_folder.h"
#include "app/experiment/experiment_json.h"

#include "engine/base/error.h"
#include "engine/measure/record_json.h"
#include "support/scratch_folder.h"
#include "support/synthetic_experiment.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

using namespace inferlab;
namespace fs = std::filesystem;

namespace {

constexpr const char *kHash = "sha256:model";

Experiment twoByTwo()
{
    Experiment experiment;
    experiment.name = "two";
    experiment.prompts = {"one"};
    experiment.axes = {{AxisKind::Batch, {1.0, 2.0}},
                       {AxisKind::KvCache, {std::string("on"), std::string("off")}}};
    experiment.repeats = 3;
    return experiment;
}

std::shared_ptr<ExperimentResult> measured()
{
    auto result = makeSyntheticResult(twoByTwo(), 2);
    MachineNote &note = result->points[1].runs[0].machine;
    note.loadPerCore = 0.5;
    note.othersShare = 0.25;
    note.throttled = true;
    note.gpuThrottled = true;
    result->points[2].state = PointState::Skipped;
    result->points[3].state = PointState::Failed;
    result->points[3].message = "no memory, \"none\" at all";
    return result;
}

void writeAll(ExperimentFolder &folder, const ExperimentResult &result)
{
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs)
            folder.writeRun(result, point.point.index, run.repeat);
    }
    folder.finish(result);
}

std::string textOf(const fs::path &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path &path, const std::string &text)
{
    std::ofstream(path, std::ios::binary) << text;
}

void replaceIn(const fs::path &path, const std::string &from, const std::string &to)
{
    std::string text = textOf(path);
    const size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    write(path, text.replace(at, from.size(), to));
}

std::string refusal(const fs::path &path, const Experiment &experiment,
                    const std::string &hash = kHash)
{
    try {
        ExperimentFolder(path, experiment, hash).read();
    } catch (const InputError &error) {
        CHECK(std::string(error.what()).find('\n') == std::string::npos);
        return error.what();
    }
    return {};
}

bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

std::vector<std::string> linesOf(const std::string &text)
{
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

} // namespace

TEST_CASE("what was written comes back")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const auto result = measured();
    {
        ExperimentFolder folder(scratch / "a/b", result->experiment, kHash);
        writeAll(folder, *result);
    }
    const ExperimentResult back =
        ExperimentFolder(scratch / "a/b", result->experiment, kHash).read();
    CHECK(back.started == result->started);
    REQUIRE(back.points.size() == result->points.size());
    for (size_t i = 0; i < back.points.size(); ++i) {
        const PointResult &a = result->points[i];
        const PointResult &b = back.points[i];
        CHECK(b.state == a.state);
        CHECK(b.message == a.message);
        REQUIRE(b.runs.size() == a.runs.size());
        for (size_t r = 0; r < a.runs.size(); ++r) {
            CHECK(b.runs[r].repeat == a.runs[r].repeat);
            CHECK(b.runs[r].machine == a.runs[r].machine);
            CHECK(b.runs[r].weightBytes == a.runs[r].weightBytes);
            CHECK(b.runs[r].cacheBytes == a.runs[r].cacheBytes);
            CHECK(b.runs[r].workspaceBytes == a.runs[r].workspaceBytes);
            CHECK(b.runs[r].paddedTokens == a.runs[r].paddedTokens);
            CHECK(b.runs[r].usefulTokens == a.runs[r].usefulTokens);
            CHECK(runsToJson({*b.runs[r].record}) == runsToJson({*a.runs[r].record}));
        }
    }
    CHECK(jsonText(experimentToJson(readExperiment(scratch / "a/b/experiment.json")))
          == jsonText(experimentToJson(result->experiment)));
}

TEST_CASE("a folder from before the GPU's heat was noted opens")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const auto result = measured();
    {
        ExperimentFolder folder(scratch / "older", result->experiment, kHash);
        writeAll(folder, *result);
    }
    std::string text = textOf(scratch / "older/progress.json");
    for (size_t at = text.find("\"gpu_throttled\""); at != std::string::npos;
         at = text.find("\"gpu_throttled\"")) {
        const size_t comma = text.rfind(',', at);
        text.erase(comma, text.find_first_of(",}\n", at) - comma);
    }
    write(scratch / "older/progress.json", text);
    const ExperimentResult back =
        ExperimentFolder(scratch / "older", result->experiment, kHash).read();
    CHECK_FALSE(back.points[1].runs[0].machine.gpuThrottled);
    CHECK(back.points[1].runs[0].machine.throttled);
}

TEST_CASE("a result keeps its id where it is moved, and a copy gets one of its own")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const auto result = measured();
    result->id = newResultId();
    CHECK(result->id != newResultId());
    const auto idIn = [](const fs::path &path) {
        return ExperimentFolder(path, twoByTwo(), kHash).read().id;
    };
    {
        ExperimentFolder folder(scratch / "first", twoByTwo(), kHash);
        writeAll(folder, *result);
    }
    CHECK(idIn(scratch / "first") == result->id);
    fs::copy(scratch / "first", scratch / "copy", fs::copy_options::recursive);
    const std::string copied = idIn(scratch / "copy");
    CHECK(copied.size() == result->id.size());
    CHECK(copied != result->id);
    fs::rename(scratch / "first", scratch / "moved");
    CHECK(idIn(scratch / "moved") == result->id);
    // To look at a copy changes nothing.
    CHECK(readExperimentFolder(scratch / "copy").id == result->id);
}

TEST_CASE("a result of a program that gave no id is known by its name and when it began")
{
    ExperimentResult result = *measured();
    result.started = "2026-01-31T10:00:00+01:00";
    CHECK(resultIdentity(result) == "two 2026-01-31T10:00:00+01:00");
    result.id = "0123456789abcdef";
    CHECK(resultIdentity(result) == "two 2026-01-31T10:00:00+01:00#0123456789abcdef");
}

TEST_CASE("a run counts once progress names it, and leftovers of a killed process go")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const fs::path path = scratch / "out";
    const auto result = measured();
    {
        ExperimentFolder folder(path, result->experiment, kHash);
        ExperimentResult one = emptyResult(result->experiment);
        one.points[0].runs.push_back(result->points[0].runs[0]);
        folder.writeRun(one, 0, 0);
    }
    // Its record was written, then the process was killed.
    write(path / "records/point-001-run-000.json", "{}");
    write(path / "records/point-001-run-000.json.12-0.part", "half");
    write(path / "progress.json.12-0.part", "half");
    ExperimentFolder folder(path, result->experiment, kHash);
    CHECK(folder.read().runCount() == 1);
    CHECK_FALSE(fs::exists(path / "records/point-001-run-000.json.12-0.part"));
    CHECK_FALSE(fs::exists(path / "progress.json.12-0.part"));
}

TEST_CASE("a plan that was being written when its process was killed is no obstacle")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    write(scratch / "experiment.json.7-0.part", "{");
    CHECK(refusal(scratch / ".", twoByTwo()).empty());
    CHECK(fs::exists(scratch / "experiment.json"));
    CHECK_FALSE(fs::exists(scratch / "experiment.json.7-0.part"));
}

TEST_CASE("what does not belong together is refused, and stays as it was")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const fs::path path = scratch / "out";
    const auto result = measured();
    {
        ExperimentFolder folder(path, result->experiment, kHash);
        writeAll(folder, *result);
        CHECK(contains(refusal(path, result->experiment), "no other process"));
    }
    CHECK(refusal(path, result->experiment).empty());

    Experiment other = result->experiment;
    other.repeats = 4;
    CHECK(contains(refusal(path, other), "with other settings; use another folder"));
    other.name = "three";
    CHECK(contains(refusal(path, other), "found \"two\"; use another folder"));
    CHECK(contains(refusal(path, result->experiment, "sha256:other"), "sha256:other"));

    // Where every point names its file, the hash of another says nothing.
    other.axes = {{AxisKind::ModelFile, {std::string("a.gguf")}}};
    {
        ExperimentFolder folder(scratch / "files", other, kHash);
        writeAll(folder, *makeSyntheticResult(other, 1));
    }
    CHECK(refusal(scratch / "files", other, "sha256:other").empty());

    fs::create_directories(scratch / "photos");
    write(scratch / "photos/cat.jpg.part", "not ours");
    CHECK(contains(refusal(scratch / "photos", other), "cat.jpg.part"));
    CHECK(fs::exists(scratch / "photos/cat.jpg.part"));
    CHECK_FALSE(fs::exists(scratch / "photos/experiment.json"));

    write(scratch / "file", "");
    CHECK(contains(refusal(scratch / "file", other), "a folder that can be made"));
}

TEST_CASE("damaged files are named with the place")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const fs::path path = scratch / "out";
    const auto result = measured();
    {
        ExperimentFolder folder(path, result->experiment, kHash);
        writeAll(folder, *result);
    }
    SUBCASE("a record that is cut")
    {
        write(path / "records/point-000-run-001.json", "{\"format\"");
        CHECK(contains(refusal(path, result->experiment), "point-000-run-001.json"));
    }
    SUBCASE("a record that is gone")
    {
        fs::remove(path / "records/point-000-run-001.json");
        CHECK(contains(refusal(path, result->experiment), "point-000-run-001.json"));
    }
    SUBCASE("a run of no point")
    {
        replaceIn(path / "progress.json", "\"repeat\": 1", "\"repeat\": -1");
        CHECK(contains(refusal(path, result->experiment), "runs[1].repeat"));
    }
    SUBCASE("a path out of the folder")
    {
        replaceIn(path / "progress.json", "records/point-000-run-000.json", "../secret.json");
        CHECK(contains(refusal(path, result->experiment), "runs[0].record"));
    }
    SUBCASE("a state that does not exist")
    {
        replaceIn(path / "progress.json", "\"skipped\"", "\"lost\"");
        CHECK(contains(refusal(path, result->experiment), "points[2].state"));
    }
    SUBCASE("an older program's, which did not name the model's file, is none of these")
    {
        replaceIn(path / "progress.json", "\"model_file\"", "\"nobody_knows\"");
        CHECK(refusal(path, result->experiment).empty());
    }
    SUBCASE("another version")
    {
        replaceIn(path / "progress.json", "\"version\": 1", "\"version\": 2");
        CHECK(contains(refusal(path, result->experiment), "version"));
    }
}

TEST_CASE("a model file that changed since its runs is refused")
{
    Experiment experiment = twoByTwo();
    experiment.axes = {{AxisKind::ModelFile, {std::string("a.gguf"), std::string("b.gguf")}}};
    auto result = makeSyntheticResult(experiment, 1);
    for (PointResult &point : result->points) {
        auto record = std::make_shared<RunRecord>(*point.runs[0].record);
        record->provenance.modelHash = "sha256:" + point.point.settings.modelFile;
        point.runs[0].record = record;
    }
    const auto same = [](const std::string &file) { return "sha256:" + file; };
    CHECK_NOTHROW(requireSameModels(*result, same));
    CHECK_NOTHROW(requireSameModels(*result, [](const std::string &) { return std::string(); }));
    CHECK_THROWS_AS(requireSameModels(*result,
                                      [&](const std::string &file) {
                                          return file == "b.gguf" ? "sha256:c" : same(file);
                                      }),
                    InputError);
}

TEST_CASE("tables: a head, as many cells in each line, a line for each run, point and request")
{
    const auto result = measured();
    size_t requests = 0;
    for (const PointResult &point : result->points) {
        for (const MeasuredRun &run : point.runs)
            requests += run.record->requests.size();
    }
    const auto check = [](const std::string &table, size_t lines) {
        const std::vector<std::string> all = linesOf(table);
        CHECK(all.size() == lines + 1);
        std::set<std::string> names;
        std::istringstream head(all.front().substr(0, all.front().size() - 1));
        size_t columns = 0;
        for (std::string name; std::getline(head, name, ',');) {
            CHECK(names.insert(name).second); // none twice
            ++columns;
        }
        for (const std::string &line : all) {
            size_t commas = 0;
            bool quoted = false;
            for (const char c : line) {
                quoted = quoted != (c == '"');
                commas += c == ',' && !quoted ? 1 : 0;
            }
            CHECK(commas + 1 == columns);
            CHECK(line.ends_with('\r'));
        }
    };
    check(experimentRunsToCsv(*result), result->runCount());
    check(experimentPointsToCsv(*result), result->points.size());
    check(experimentRequestsToCsv(*result), requests);

    std::string grown = experimentRunsCsvHead();
    for (const PointResult &point : result->points) {
        for (const MeasuredRun &run : point.runs)
            grown += experimentRunCsvLine(*result, point, run);
    }
    CHECK(grown == experimentRunsToCsv(*result));
}
