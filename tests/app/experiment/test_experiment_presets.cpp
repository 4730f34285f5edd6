// The presets by name.
#include "app/experiment/experiment_presets.h"

#include "app/experiment/expected_duration.h"
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
          == "course-notebook course-notebook-small batch cpu-gpu kv-cache padding batching chunk "
             "sampling prompt-length new-tokens quantisation threads launch-overhead "
             "cache-type ");
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

TEST_CASE("what differs from the course's notebook is said in full")
{
    const Experiment &course = experimentPreset("course-notebook");
    for (const char *name : {"new-tokens", "sampling"}) {
        const Experiment &preset = experimentPreset(name);
        CAPTURE(preset.note);
        const auto says = [&preset](const char *word) {
            return preset.note.find(word) != std::string::npos;
        };
        CHECK(preset.held.run.ignoreEnd != course.held.run.ignoreEnd);
        CHECK(says("end where the model ends them"));
        CHECK(preset.held.run.sampling.repetitionPenalty
              != course.held.run.sampling.repetitionPenalty);
        CHECK(says("penalty"));
    }
    const Experiment &newTokens = experimentPreset("new-tokens");
    CHECK(newTokens.held.run.sampling.temperature == 0);
    CHECK(newTokens.note.find("temperature 0.7") != std::string::npos);
    CHECK(newTokens.note.find("batch 8") != std::string::npos);
    CHECK(newTokens.note.find("5 runs") != std::string::npos);
}

TEST_CASE("a preset fits the machine: threads up to all its cores, its model files")
{
    const auto threadsOf = [](int cores) {
        return fitted(experimentPreset("threads"), cores, {}).axes[0].values;
    };
    CHECK(threadsOf(1) == std::vector<AxisValue> {1.0});
    CHECK(threadsOf(4) == std::vector<AxisValue> {1.0, 2.0, 4.0});
    CHECK(threadsOf(6) == std::vector<AxisValue> {1.0, 2.0, 4.0, 6.0});
    CHECK(threadsOf(96) == std::vector<AxisValue> {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 96.0});
    const Experiment files = fitted(experimentPreset("quantisation"), 2, {"a.gguf", "b.gguf"});
    CHECK(files.axes[0].values
          == std::vector<AxisValue> {std::string("a.gguf"), std::string("b.gguf")});
}

TEST_CASE("rough durations are those that the presets state, and follow what is changed")
{
    for (const Experiment &preset : experimentPresets()) {
        CAPTURE(preset.name);
        const Experiment plan = fitted(preset, 2, {"a.gguf", "b.gguf", "c.gguf", "d.gguf"});
        CHECK(roughSeconds(plan) > preset.expectedSeconds / 2.5);
        CHECK(roughSeconds(plan) < preset.expectedSeconds * 2.5);
        CHECK(expectedSecondsFrom(plan, plan) == doctest::Approx(preset.expectedSeconds));
    }
    const Experiment &batch = experimentPreset("batch");
    Experiment plan = batch;
    plan.repeats = 11; // 12 rounds instead of 6
    CHECK(expectedSecondsFrom(batch, plan) == doctest::Approx(2 * batch.expectedSeconds));
    plan = batch;
    plan.stop.seconds = 5;
    CHECK(roughSeconds(plan) == 5);
    plan = batch;
    plan.expectedSeconds = 0;
    CHECK(expectedSecondsFrom(plan, plan) == roughSeconds(batch));
}

TEST_CASE("the GPU's switches are axes: graphs on against off, kernels, the cache's type")
{
    const Experiment &launches = experimentPreset("launch-overhead");
    CHECK(launches.note.find("Needs a GPU") != std::string::npos);
    std::vector<bool> graphs;
    for (const ExperimentPoint &point : experimentPoints(launches)) {
        CHECK(point.settings.run.device == "cuda");
        graphs.push_back(point.settings.run.stepGraphs);
    }
    CHECK(graphs == std::vector<bool> {true, false, true, false, true, false});

    const std::vector<ExperimentPoint> caches = experimentPoints(experimentPreset("cache-type"));
    REQUIRE(caches.size() == 6);
    CHECK(caches[0].settings.run.cacheType == DType::F16);
    CHECK(caches[1].settings.run.cacheType == DType::Q8_0);
    CHECK(caches[1].label.find("cache type Q8_0") != std::string::npos);

    PointSettings settings;
    applyAxisValue(AxisKind::BatchInvariant, std::string("on"), settings);
    CHECK(settings.run.batchInvariant);
    const auto refused = checkAxisValue(AxisKind::CacheType, std::string("Q4_0"));
    REQUIRE(refused);
    CHECK(refused->expected == "one of F16, Q8_0, F32");
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
