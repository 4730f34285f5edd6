// The results of an experiment, from the small files of their folders.
#include "app/experiment/result_list.h"

#include "app/experiment/experiment_folder.h"
#include "engine/base/error.h"
#include "support/scratch_folder.h"
#include "support/synthetic_experiment.h"

#include <doctest/doctest.h>

#include <atomic>
#include <fstream>

using namespace inferlab;
namespace fs = std::filesystem;

namespace {

Experiment twoBatches(const std::string &name)
{
    Experiment experiment;
    experiment.name = name;
    experiment.prompts = {"one"};
    experiment.axes = {{AxisKind::Batch, {1.0, 2.0}}};
    experiment.repeats = 2;
    return experiment;
}

void write(const fs::path &path, const Experiment &experiment, const std::string &started,
           size_t points)
{
    const auto result = makeSyntheticResult(experiment, experiment.repeats, points);
    result->started = started;
    ExperimentFolder folder(path, experiment, "sha256:model");
    for (const PointResult &point : result->points) {
        for (const MeasuredRun &run : point.runs)
            folder.writeRun(*result, point.point.index, run.repeat);
    }
    folder.finish(*result);
}

} // namespace

TEST_CASE("results of one name are listed, the newest first, without their records")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const Experiment plan = twoBatches("batch");
    write(scratch / "batch", plan, "2026-11-24T10:00:00+00:00", 2);
    write(scratch / "moved here", plan, "2026-11-26T10:00:00+00:00", 1);
    write(scratch / "batch 2", plan, "2026-11-25T10:00:00+00:00", 2);
    write(scratch / "other", twoBatches("other"), "2026-11-27T10:00:00+00:00", 2);
    write(scratch / "untouched", plan, "2026-11-27T10:00:00+00:00", 0);
    write(scratch / "damaged", plan, "2026-11-27T10:00:00+00:00", 2);
    std::ofstream(scratch / "damaged/progress.json") << "{";
    std::ofstream(scratch / "a file") << "";
    fs::create_directory(scratch / "empty");
    for (const char *folder : {"batch", "batch 2", "moved here"})
        fs::remove_all(scratch / folder / "records"); // nobody looks

    const std::vector<ResultSummary> found = listResults(scratch / ".", "batch");
    REQUIRE(found.size() == 3);
    CHECK(found[0].folder.filename() == "moved here");
    CHECK(found[1].folder.filename() == "batch 2");
    CHECK(found[2].folder.filename() == "batch");
    CHECK(found[0].runs == 2);
    CHECK(found[0].states == std::vector {PointState::Done, PointState::Waiting});
    CHECK(found[1].runs == 4);
    CHECK(found[1].started == "2026-11-25T10:00:00+00:00");
    CHECK(found[1].modelHash == "sha256:model");
    CHECK(found[1].modelFile
          == makeSyntheticResult(plan, 1)->points[0].runs[0].record->provenance.modelFile);
    CHECK(isSamePlan(found[1].experiment, plan));
    CHECK_FALSE(isSamePlan(found[1].experiment, twoBatches("other")));
}

TEST_CASE("where no experiment was run there is no result")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    CHECK(listResults(scratch / "nowhere", "batch").empty());
    CHECK_THROWS_AS(summariseResult(scratch / "nowhere"), InputError);
}

TEST_CASE("who no longer wants the list does not wait for it")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    write(scratch / "batch", twoBatches("batch"), "2026-11-24T10:00:00+00:00", 2);
    const std::atomic<bool> stop {true};
    CHECK_THROWS_AS(listResults(scratch / ".", "batch", &stop), Cancelled);
    CHECK_THROWS_AS(readExperimentFolder(scratch / "batch", &stop), Cancelled);
}
