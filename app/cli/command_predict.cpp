// inferlab-cli predict: what a model would reach on this machine, from its file alone.
#include "calibration_output.h"
#include "commands.h"
#include "prediction_output.h"

#include "argument_checks.h"
#include "common_options.h"
#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/measure/capacity.h"
#include "engine/model/cost_model.h"
#include "engine/run/engine.h"
#include "model_arguments.h"
#include "standard_output.h"

#include <memory>

namespace inferlab::cli {

namespace {

struct PredictArguments
{
    ModelArguments model;
    std::string batches = "1,8,32";
    int32_t promptTokens = 512;
    int32_t newTokens = 128;
    bool kvCache = true;
    DType cacheType = DType::F16;
    double memoryGib = 0; // 0: what is free
    bool json = false;
};

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
constexpr double kMostGib = 1e6;

PredictedBatch predict(const PredictionModel &model, const PredictArguments &arguments,
                       int32_t batch)
{
    RunSettings settings;
    settings.batch = batch;
    settings.promptTokens = arguments.promptTokens;
    settings.maxNewTokens = arguments.newTokens;
    settings.kvCache = arguments.kvCache;
    return {batch, arguments.promptTokens, arguments.newTokens,
            predictRun(model, settings, expectedRequests(settings, arguments.promptTokens))};
}

// Users of prompt and answer within the memory that is given, or free.
std::optional<Capacity> capacity(const PredictionModel &model, const PredictArguments &arguments,
                                 const DeviceInfo &device)
{
    CapacityQuestion question;
    question.memoryBytes = arguments.memoryGib > 0
        ? static_cast<uint64_t>(arguments.memoryGib * kGibibyte)
        : device.freeBytes.value_or(0);
    question.weightBytes = static_cast<uint64_t>(model.cost.weightBytes);
    question.kvBytesPerToken =
        static_cast<uint64_t>(model.cost.kvBytesPerToken(arguments.cacheType));
    question.contextTokens =
        static_cast<uint64_t>(arguments.promptTokens) + static_cast<uint64_t>(arguments.newTokens);
    return capacityOf(question);
}

void checkContext(const ModelConfig &config, const PredictArguments &arguments)
{
    const int64_t tokens = int64_t {arguments.promptTokens} + arguments.newTokens;
    if (tokens > config.contextTokens)
        throw InputError("predict", "",
                         "a prompt and an answer of at most " + std::to_string(config.contextTokens)
                             + " tokens together (the model's context)",
                         std::to_string(tokens));
}

void runPredict(const PredictArguments &arguments, const Context &context)
{
    const std::vector<int32_t> batches = parseNumbers(
        arguments.batches, "--batch", 1, EngineOptions::kMostSequences,
        "sizes from 1 to " + std::to_string(EngineOptions::kMostSequences) + " such as 1,8,32");
    const auto file = GgufFile::open(arguments.model.model);
    const ModelConfig config = readModelConfig(*file);
    checkContext(config, arguments);
    const std::unique_ptr<Backend> backend = openDevice(arguments.model);
    const Calibration calibration = calibrationOf(*backend, arguments.model.isa, false, context);
    const PredictionModel model {modelCost(*file, config), calibration.limits, arguments.cacheType};
    std::vector<PredictedBatch> predicted;
    for (const int32_t batch : batches)
        predicted.push_back(predict(model, arguments, batch));
    const std::optional<Capacity> users = capacity(model, arguments, backend->device());
    if (!arguments.json) {
        printOut("%s\nPredicted for prompts of %d and answers of %d tokens:\n%s",
                 calibrationText(calibration).c_str(), arguments.promptTokens, arguments.newTokens,
                 predictionTable(predicted).c_str());
        printOut("%s\n",
                 users ? users->sentence.c_str()
                       : "How much memory is free is unknown: --memory says it.");
        return;
    }
    Json document = {{"model", file->path().filename().string()},
                     {"calibration", calibrationJson(calibration)},
                     {"results", Json::array()}};
    for (const PredictedBatch &batch : predicted)
        document["results"].push_back(predictionJson(batch));
    document["users"] = users ? Json(users->users) : Json(nullptr);
    document["capacity"] = users ? Json(users->sentence) : Json(nullptr);
    printOut("%s\n", jsonText(document, 2).c_str());
}

} // namespace

void addPredict(CLI::App &app, Context &context)
{
    constexpr int32_t kMostTokens = 1 << 24;
    CLI::App *command =
        app.add_subcommand("predict", "What a model would reach here, from its file alone");
    const auto arguments = std::make_shared<PredictArguments>();
    addModelOptions(*command, arguments->model);
    command
        ->add_option("--batch", arguments->batches,
                     "Sequences side by side; one size or several, each 1 to "
                         + std::to_string(EngineOptions::kMostSequences))
        ->type_name("LIST")
        ->capture_default_str();
    command->add_option("--prompt-tokens", arguments->promptTokens, "Of each prompt")
        ->type_name("N")
        ->check(wholeNumber(1, kMostTokens))
        ->capture_default_str();
    command->add_option("--new-tokens", arguments->newTokens, "Of each answer")
        ->type_name("N")
        ->check(wholeNumber(1, kMostTokens))
        ->capture_default_str();
    addSwitch(*command, "--kv-cache", arguments->kvCache, "on or off");
    addCacheTypeOption(*command, arguments->cacheType);
    command
        ->add_option("--memory", arguments->memoryGib,
                     "GiB for weights and caches; unless given, what is free")
        ->type_name("GIB")
        ->check(realNumber(0, kMostGib));
    addJsonOption(*command, arguments->json);
    command->callback([arguments, &context] { runPredict(*arguments, context); });
}

} // namespace inferlab::cli
