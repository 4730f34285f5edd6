// What an experiment should reach, from files alone: a model's costs, what this machine was
// calibrated to, and the sentences that follow.
#include "app/experiment/experiment_outlook.h"

#include "app/experiment/engine_access.h"
#include "app/experiment/experiment_presets.h"
#include "app/experiment/preset_durations.h"
#include "app/machine/calibration_file.h"
#include "app/run_setup/run_setup.h"
#include "experiment_models.h"
#include "kernels/api/devices.h"

#include <doctest/doctest.h>

#include <fstream>

using namespace inferlab;
using doctest::Approx;

namespace {

// For `threads` of this machine's CPU; every number its own, so that none is taken for another.
void writeCalibration(const std::filesystem::path &path, int threads)
{
    Calibration c;
    c.hardware = hardwareId(*openBackend("cpu", threads));
    c.date = "2026-11-28T05:00:00+01:00";
    c.program = programName();
    c.limits = {40e9, {}, {700e9, 250e9, 240e9}, 41e9, 260e9, 3e9, 1e9, 1e9, 3e-6, 0.5e-6};
    saveCalibration(path, c);
}

PointSettings onThreads(int threads)
{
    PointSettings settings;
    settings.run.threads = threads;
    return settings;
}

Experiment twoBatches()
{
    Experiment experiment = test::smallExperiment();
    experiment.axes = {{AxisKind::Batch, {1.0, 4.0}}};
    experiment.held.run.promptTokens = 5;
    return experiment;
}

} // namespace

TEST_CASE("costs come from the file, limits from the calibration of so many threads")
{
    const test::ModelFolder folder;
    const std::string model = folder.write("model.gguf");
    const std::filesystem::path calibrations = folder.path("calibration.json");
    writeCalibration(calibrations, 1);
    PredictionModels models(model, calibrations);
    const std::optional<PredictionModel> known = models.of(onThreads(1));
    REQUIRE(known.has_value());
    CHECK(known->limits.bytesPerSecond == Approx(40e9));
    CHECK(known->limits.largeOperatorSeconds == Approx(3e-6));
    CHECK(known->cost.layers == test::RandomModelSpec().layers);
    CHECK(known->cost.weightBytes
          <= static_cast<double>(std::filesystem::file_size(model))); // tensors alone
    CHECK(models.missing().empty());

    CHECK_FALSE(models.of(onThreads(2)).has_value());
    CHECK(models.missing().find("cpu with 2 threads") != std::string::npos);
    CHECK(models.cost(onThreads(2)).has_value()); // what needs no calibration is known all the same
}

TEST_CASE("a file that cannot be read is one line")
{
    const test::ModelFolder folder;
    const std::filesystem::path calibrations = folder.path("calibration.json");
    writeCalibration(calibrations, 1);
    PredictionModels gone(folder.path("gone.gguf").string(), calibrations);
    CHECK_FALSE(gone.of(onThreads(1)).has_value());
    CHECK(gone.missing().find("gone.gguf") != std::string::npos);
    CHECK(gone.missing().find('\n') == std::string::npos);

    std::ofstream(folder.path("damaged.json")) << "{";
    PredictionModels damaged(folder.write("model.gguf"), folder.path("damaged.json"));
    CHECK_FALSE(damaged.of(onThreads(1)).has_value());
    CHECK(damaged.missing().find("damaged.json") != std::string::npos);
}

TEST_CASE("an outlook has a prediction for every point and says what limited those that ran")
{
    const test::ModelFolder folder;
    const std::filesystem::path calibrations = folder.path("calibration.json");
    writeCalibration(calibrations, 2);
    const std::string path = folder.write("model.gguf");
    PredictionModels models(path, calibrations);
    ExperimentResult result = emptyResult(twoBatches());
    const ExperimentOutlook before = experimentOutlook(result, models);
    REQUIRE(before.points.size() == 2);
    CHECK(before.points[1].metrics.has_value());
    CHECK(before.points.front().model->limits.bytesPerSecond == Approx(40e9));
    CHECK(before.cost->kvBytesPerToken(DType::F16) > 0);
    CHECK(outlookSentences(result, before).empty()); // nothing ran

    // A pool whose lengths nobody set is read with the model's own tokenizer.
    Experiment pool = twoBatches();
    pool.held.run.promptTokens = 0;
    pool.prompts = {"abcdefgh"};
    const ExperimentOutlook drawn = experimentOutlook(emptyResult(pool), models);
    REQUIRE(drawn.points[0].metrics.has_value());
    const auto engines = EngineAccess::real();
    const auto model = engines.load({path}, nullptr);
    RunSettings settings = pool.held.run;
    settings.prompt = pool.prompts[0];
    CHECK(drawn.points[0].metrics->promptTokens
          == static_cast<int64_t>(engines.encode(model.get(), settings).size()));

    // All runs of both points, and the pauses between.
    pool.coolDownSeconds = 0.5;
    const double sum = drawn.points[0].metrics->durationS + drawn.points[1].metrics->durationS;
    CHECK(predictedSeconds(pool, drawn).value() == Approx(4 * (sum + 2 * 0.5)));
    pool.stop.seconds = sum / 2;
    CHECK(predictedSeconds(pool, drawn).value() == Approx(sum / 2));
    pool.stop.seconds = 0;
    ExperimentOutlook half = drawn;
    half.points[1].metrics.reset();
    CHECK_FALSE(predictedSeconds(pool, half).has_value());

    // Presets too: but for what was not calibrated, fewer threads, and for other devices.
    ExperimentChoice choice;
    choice.model = path;
    choice.device = "cpu";
    choice.threads = 2;
    choice.givesWay = true;
    const auto durations = predictedPresetSeconds(choice, calibrations);
    REQUIRE(durations.size() == experimentPresets().size());
    for (size_t i = 0; i < durations.size(); ++i) {
        const Experiment &preset = experimentPresets()[i];
        CAPTURE(preset.name);
        const bool isKnown = preset.name != "cpu-gpu" && preset.name != "threads"
            && preset.name != "launch-overhead";
        CHECK(durations[i].has_value() == isKnown);
        choice.preset = preset.name;
        if (isKnown) {
            const Experiment chosen = chosenExperiment(choice);
            CHECK(*durations[i]
                  == Approx(predictedSeconds(chosen, experimentOutlook(emptyResult(chosen), models))
                                .value()));
        }
    }

    // Ten times as slow as expected.
    PredictionModel slow = models.of(result.points[0].point.settings).value();
    slow.limits.bytesPerSecond /= 10;
    slow.limits.smallOperatorSeconds *= 10;
    slow.limits.largeOperatorSeconds *= 10;
    slow.limits.rowElementsPerSecond /= 10;
    slow.limits.drawnElementsPerSecond /= 10;
    slow.limits.drawnOfRowPerSecond /= 10;
    for (double &rate : slow.limits.productsPerSecond)
        rate /= 10;
    slow.limits.attentionRowsPerSecond /= 10;
    slow.limits.attentionTilesPerSecond /= 10;
    MeasuredRun run;
    const RunSettings &first = result.points[0].point.settings.run;
    run.record =
        std::make_shared<RunRecord>(predictRun(slow, first, expectedRequests(first, 5)).record);
    result.points[0].runs.push_back(run);
    const ExperimentOutlook after = experimentOutlook(result, models);
    const std::vector<std::string> sentences = outlookSentences(result, after);
    REQUIRE(sentences.size() >= 2);
    CHECK(sentences.front().find("batch 1: ") == 0);
    CHECK(sentences.front().find(" was limited by ") != std::string::npos);
    CHECK(sentences.back().find("predicted ") != std::string::npos);
}
