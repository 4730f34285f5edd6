// What is asked for and what is run: device and threads into presets and plans, files beside the
// model.
#include "app/experiment/experiment_choice.h"
#include "app/experiment/experiment_json.h"
#include "app/experiment/experiment_presets.h"

#include "engine/base/error.h"
#include "experiment_models.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

using namespace inferlab;

namespace {

// As the window has it: chosen for whatever runs.
ExperimentChoice standing(const std::string &preset, const std::string &device, int threads)
{
    ExperimentChoice choice;
    choice.preset = preset;
    choice.device = device;
    choice.threads = threads;
    choice.givesWay = true;
    return choice;
}

} // namespace

TEST_CASE("device and threads reach every point of a preset")
{
    const Experiment experiment = chosenExperiment(standing("batch", "cuda", 3));
    for (const ExperimentPoint &point : experimentPoints(experiment)) {
        CHECK(point.settings.run.device == "cuda");
        CHECK(point.settings.run.threads == 3);
    }
}

TEST_CASE("a preset that varies device or threads keeps its own where the choice gives way")
{
    const Experiment devices = chosenExperiment(standing("cpu-gpu", "cuda", 1));
    CHECK(experimentPoints(devices).front().settings.run.device == "cpu");
    CHECK(experimentPoints(devices).front().settings.run.threads == 1);
    const Experiment threads = chosenExperiment(standing("threads", "cuda", 7));
    for (const ExperimentPoint &point : experimentPoints(threads)) {
        CHECK(point.settings.run.device == "cpu"); // threads are the CPU's
        CHECK(point.settings.run.threads == std::get<double>(point.values.front()));
    }
    const Experiment graphs = chosenExperiment(standing("launch-overhead", "cpu", 7));
    for (const ExperimentPoint &point : experimentPoints(graphs))
        CHECK(point.settings.run.device == "cuda"); // graphs are a GPU's
}

TEST_CASE("on a command line, choosing what the plan varies is refused")
{
    ExperimentChoice choice = standing("cpu-gpu", "cuda", 1);
    choice.givesWay = false;
    CHECK_THROWS_WITH_AS(chosenExperiment(choice), doctest::Contains("--device"), InputError);
    choice = standing("threads", "cpu", 1);
    choice.givesWay = false;
    CHECK_THROWS_WITH_AS(chosenExperiment(choice), doctest::Contains("--threads"), InputError);
}

TEST_CASE("a plan from a file takes them as well, and is checked")
{
    const test::ModelFolder folder;
    const std::string file = folder.path("plan.json").string();
    std::ofstream(file) << jsonText(experimentToJson(test::smallExperiment()));
    ExperimentChoice choice = standing({}, "reference", 1);
    choice.file = file;
    CHECK(chosenExperiment(choice).held.run.device == "reference");
    choice.device = "abacus";
    CHECK_THROWS_WITH_AS(chosenExperiment(choice), doctest::Contains("abacus"), InputError);
}

TEST_CASE("a model's files are found beside it, and a single one is said to be alone")
{
    const test::ModelFolder folder;
    ExperimentChoice choice = standing("quantisation", "cpu", 0);
    choice.model = folder.write("a.gguf");
    const Experiment one = chosenExperiment(choice);
    CHECK(one.axes.front().values == std::vector<AxisValue> {choice.model});
    CHECK(one.note == "There is no other file of this model beside it to compare with");
    const std::string other = folder.write("b.gguf");
    const Experiment two = chosenExperiment(choice);
    CHECK(two.axes.front().values.size() == 2);
    CHECK(std::count(two.axes.front().values.begin(), two.axes.front().values.end(),
                     AxisValue {other})
          == 1);
    CHECK(two.note.empty());
}
