// inferlab-cli bench: how fast a model prefills and decodes, apart, by batch size.
#include "bench_output.h"
#include "bench_prediction.h"
#include "bench_run.h"
#include "calibration_output.h"
#include "commands.h"

#include "argument_checks.h"
#include "common_options.h"
#include "engine/base/error.h"
#include "engine/run/engine.h"
#include "model_arguments.h"
#include "standard_output.h"

#include <cstdio>
#include <limits>
#include <memory>

namespace inferlab::cli {

namespace {

constexpr int32_t kMostTokens = std::numeric_limits<int32_t>::max() / 4;

struct BenchArguments
{
    ModelArguments model;
    BenchPlan plan;
    std::optional<bool> batchInvariant; // none: off, so that figures of all machines compare
    std::string batches = "1,8,32";
    std::string depths = "0";
    bool json = false;
};

// Of a device that was calibrated; measuring that is another command's.
std::optional<PredictionModel> predictionModel(const LoadedModel &model, DType cacheType)
{
    const std::optional<Calibration> calibration = storedCalibrationOf(model.backend());
    if (!calibration)
        return std::nullopt;
    return PredictionModel {modelCost(model), calibration->limits, cacheType};
}

void runBenchCommand(const BenchArguments &arguments, Context &context)
{
    const std::vector<int32_t> batches = parseNumbers(
        arguments.batches, "--batch", 1, EngineOptions::kMostSequences,
        "sizes from 1 to " + std::to_string(EngineOptions::kMostSequences) + " such as 1,8,32");
    // Engine and model refuse what is too large, in their own words.
    const std::vector<int32_t> depths = parseNumbers(arguments.depths, "--depth", 0, kMostTokens,
                                                     "numbers of tokens such as 0,1024,4096");
    const std::shared_ptr<LoadedModel> model = loadModel(arguments.model, context);
    std::vector<BenchPlan> plans;
    for (const int32_t batch : batches) {
        for (const int32_t depth : depths) {
            plans.push_back(arguments.plan);
            plans.back().batch = batch;
            plans.back().depth = depth;
            plans.back().batchInvariant = arguments.batchInvariant.value_or(false);
            checkBench(*model, plans.back()); // all of them, before minutes go into the first
        }
    }
    const std::optional<PredictionModel> expectation =
        predictionModel(*model, arguments.plan.cacheType);
    if (!arguments.json)
        printBenchHeader(*model, expectation.has_value());
    std::vector<BenchResult> results;
    try {
        for (const BenchPlan &plan : plans) {
            results.push_back(runBench(model, plan, *context.interrupted));
            if (expectation)
                results.back().predicted = predictBench(*expectation, plan);
            if (!arguments.json)
                printBenchRow(results.back());
        }
    } catch (const Cancelled &) {
        context.exitCode = 130; // what was measured is printed below, or was above
    }
    if (arguments.json)
        printOut("%s\n", jsonText(benchJson(*model, results), 2).c_str());
}

} // namespace

void addBench(CLI::App &app, Context &context)
{
    CLI::App *command = app.add_subcommand("bench", "Time prefill and decode, apart");
    const auto arguments = std::make_shared<BenchArguments>();
    addModelOptions(*command, arguments->model);
    command
        ->add_option("--prompt-tokens", arguments->plan.promptTokens,
                     "Tokens of each prompt that prefill is timed on")
        ->type_name("N")
        ->check(wholeNumber(1, kMostTokens))
        ->capture_default_str();
    command
        ->add_option("--new-tokens", arguments->plan.newTokens,
                     "Tokens of each sequence that decode is timed on")
        ->type_name("N")
        ->check(wholeNumber(1, kMostTokens))
        ->capture_default_str();
    command
        ->add_option("--batch", arguments->batches,
                     "Sequences side by side; one size or several, each 1 to "
                         + std::to_string(EngineOptions::kMostSequences))
        ->type_name("LIST")
        ->capture_default_str();
    command
        ->add_option("--depth", arguments->depths,
                     "Tokens in each sequence's cache before the timing begins; one number or "
                     "several, such as 0,1024,4096, each 0 or more")
        ->type_name("LIST")
        ->capture_default_str();
    command
        ->add_option("--chunk-tokens", arguments->plan.chunkTokens,
                     "Rows of one step, at most; at least the batch; 0: chosen by the engine")
        ->type_name("N")
        ->check(wholeNumber(0, EngineOptions::kMostStepTokens))
        ->capture_default_str();
    command->add_option("--repeat", arguments->plan.repeat, "Repetitions, after one warm-up")
        ->type_name("N")
        ->check(wholeNumber(1, 1000))
        ->capture_default_str();
    addCacheTypeOption(*command, arguments->plan.cacheType);
    addGpuSwitches(*command, arguments->batchInvariant, arguments->plan.stepGraphs);
    addJsonOption(*command, arguments->json);
    command->callback([arguments, &context] { runBenchCommand(*arguments, context); });
}

} // namespace inferlab::cli
