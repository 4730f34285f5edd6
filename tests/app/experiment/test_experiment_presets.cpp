// The presets by name.
#include "app/experiment/experiment_presets.h"

#include "engine/base/error.h"

#include <doctest/doctest.h>

using namespace inferlab;

TEST_CASE("the presets are there, valid, with a question and a duration")
{
    std::string names;
    for (const Experiment &preset : experimentPresets()) {
        CAPTURE(preset.name);
        names += preset.name + " ";
        CHECK_FALSE(preset.question.empty());
        CHECK(preset.expectedSeconds > 0);
        CHECK_NOTHROW(checkExperiment(fitted(preset, 2, {"m.gguf"}), preset.name));
    }
    CHECK(names
          == "course-notebook course-notebook-small batch cpu-gpu kv-cache padding sampling "
             "prompt-length new-tokens quantisation threads ");
}

TEST_CASE("the course's sweep is as it is described")
{
    const Experiment &course = experimentPreset("course-notebook");
    REQUIRE(course.axes.size() == 1);
    CHECK(course.axes[0] == ExperimentAxis {AxisKind::Batch, {1.0, 8.0, 32.0, 64.0, 128.0, 256.0}});
    CHECK(course.repeats == 10);
    CHECK(course.warmUps == 2);
    CHECK(course.seed == 2025);
    CHECK(course.prompts.size() == 6);
    const RunSettings &run = course.held.run;
    CHECK(run.maxNewTokens == 128);
    CHECK(run.sampling.temperature == 0.7f);
    CHECK(run.sampling.topP == 0.9f);
    CHECK(run.sampling.repetitionPenalty == 1.05f);
    CHECK_FALSE(run.ignoreEnd);
    CHECK(course.note.empty());
    CHECK_FALSE(experimentPreset("course-notebook-small").note.empty());
}

TEST_CASE("a preset fits the machine: no more threads than cores, its model files")
{
    const Experiment threads = fitted(experimentPreset("threads"), 6, {});
    CHECK(threads.axes[0].values == std::vector<AxisValue> {1.0, 2.0, 4.0});
    const Experiment files = fitted(experimentPreset("quantisation"), 2, {"a.gguf", "b.gguf"});
    CHECK(files.axes[0].values
          == std::vector<AxisValue> {std::string("a.gguf"), std::string("b.gguf")});
}

TEST_CASE("an unknown preset is refused with the names there are")
{
    try {
        experimentPreset("batches");
        FAIL("accepted");
    } catch (const InputError &error) {
        CHECK(std::string(error.what()).find("course-notebook, course-notebook-small, batch")
              != std::string::npos);
    }
}
