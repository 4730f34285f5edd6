// inferlab-cli generate: a prompt in, tokens out as they come, and what they cost.
#include "calibration_output.h"
#include "commands.h"

#include "app/run_setup/run_setup.h"
#include "argument_checks.h"
#include "common_options.h"
#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/interrupt_watch.h"
#include "engine/base/mapped_file.h"
#include "engine/base/output_file.h"
#include "engine/files/hash_cache.h"
#include "engine/measure/record_json.h"
#include "engine/run/engine.h"
#include "engine/run/prompt.h"
#include "engine/text/utf8_stream.h"
#include "generate_output.h"
#include "model_arguments.h"
#include "standard_output.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>

namespace inferlab::cli {

namespace {

constexpr int32_t kMostRequests = 1'000'000;

// No context of a model that runs here holds more text; a larger file was a mistake in its name.
constexpr uint64_t kMaxPromptBytes = uint64_t {64} << 20;

struct GenerateArguments
{
    ModelArguments model;
    std::optional<std::string> prompt;
    std::string promptFile;
    std::optional<std::string> tokens;
    std::string record;
    bool chat = false;
    RunSettings settings;
    std::optional<bool> batchInvariant; // none: as the device's calibration advises
    std::string scheduler = "static";
    bool json = false;
};

std::string promptFromFile(const std::string &path)
{
    const MappedFile file(path);
    if (file.size() > kMaxPromptBytes)
        throw InputError(path, "", "a prompt of at most 64 MiB",
                         std::to_string(file.size()) + " bytes");
    const auto bytes = file.bytes();
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

// As it was given; empty where the prompt is token ids.
std::string promptText(const GenerateArguments &arguments)
{
    const bool isFile = !arguments.promptFile.empty();
    std::string text =
        isFile ? promptFromFile(arguments.promptFile) : arguments.prompt.value_or("");
    requireUtf8(text, isFile ? arguments.promptFile : "--prompt");
    requireUtf8(arguments.settings.systemPrompt, "--system");
    return text;
}

// Where the run's record goes, and what the model file is called there. Both are found out before
// the run: a path that cannot be written is no reason to lose it, and a run that is stopped has its
// model's name too.
struct RecordTarget
{
    explicit RecordTarget(const std::string &path)
        : file(path)
    { }
    OutputFile file;
    std::string modelHash;
};

std::unique_ptr<RecordTarget> openRecord(const GenerateArguments &arguments, const Context &context)
{
    if (arguments.record.empty())
        return nullptr;
    requireOtherThan({{"the model", arguments.model.model}, {"the prompt", arguments.promptFile}},
                     arguments.record, "--record");
    auto target = std::make_unique<RecordTarget>(arguments.record);
    target->modelHash = cachedFileHash(arguments.model.model, userHashCache(), context.interrupted);
    return target;
}

void submitAll(Engine &engine, const RunSettings &settings, const std::vector<int32_t> &prompt,
               RunRecorder &recorder)
{
    const int32_t requests = settings.requests > 0 ? settings.requests : settings.batch;
    for (int32_t i = 0; i < requests; ++i) {
        Request request = makeRequest(settings, prompt, i);
        const int64_t now = nowNs();
        request.scheduledNs = now;
        const RequestId id = engine.submit(std::move(request));
        recorder.submitted(id, now, now, static_cast<int32_t>(prompt.size()));
    }
}

void printText(const StepReport &report)
{
    for (const TokenEvent &token : report.tokens)
        writeOut(token.text);
    for (const FinishedRequest &finished : report.finished)
        writeOut(finished.text);
    flushOut();
}

int exitCodeOf(const RunRecord &run, bool interrupted)
{
    if (interrupted)
        return 130;
    const bool failed =
        std::any_of(run.requests.begin(), run.requests.end(), [](const RequestRecord &request) {
            return request.endReason == EndReason::Error;
        });
    return failed ? 1 : 0;
}

// Runs until every sequence has ended. Where the text cannot be written any more, the run is
// stopped and the reason returned: what it measured until then is not lost.
std::exception_ptr drive(Engine &engine, RunRecorder &recorder, bool streams,
                         const Context &context)
{
    std::exception_ptr lost;
    const InterruptWatch watch(*context.interrupted, [&engine] { engine.requestStop(); });
    while (!engine.idle()) {
        const StepReport report = engine.step();
        recorder.add(report);
        if (!streams || lost)
            continue;
        try {
            printText(report);
        } catch (const std::runtime_error &) {
            lost = std::current_exception();
            engine.requestStop();
        }
    }
    return lost;
}

// On the CPU every run is.
bool usualBatchInvariant(const LoadedModel &model)
{
    if (model.backend().hasHostMemory())
        return false;
    const std::optional<Calibration> calibration = storedCalibrationOf(model.backend());
    return calibration && isBatchInvariantByDefault(calibration->batchInvariantCost);
}

void runGenerate(GenerateArguments arguments, Context &context)
{
    RunSettings &settings = arguments.settings;
    settings.scheduler = batchPolicyFromName(arguments.scheduler).value();
    settings.chat = arguments.chat;
    settings.device = arguments.model.device;
    // What can be refused without the model is refused before it is loaded.
    settings.sampling.validate();
    std::vector<int32_t> prompt;
    if (arguments.tokens)
        prompt = parseTokenIds(*arguments.tokens);
    else
        settings.prompt = promptText(arguments);
    const std::unique_ptr<RecordTarget> target = openRecord(arguments, context);

    const std::shared_ptr<LoadedModel> model = loadModel(arguments.model, context);
    settings.device = model->backend().device().kind; // what was asked for, or the CPU
    settings.threads = model->backend().threads();
    settings.batchInvariant = arguments.batchInvariant.value_or(usualBatchInvariant(*model));
    if (!arguments.tokens)
        prompt = encodePromptText(*model, {settings.chat, settings.systemPrompt, settings.prompt});
    const EngineOptions options = engineOptions(settings, prompt.size(), model.get());
    settings.contextTokens = options.contextTokens;
    const std::unique_ptr<Engine> engine = openEngine(model, options);
    RunRecord head = recordHead(settings, model.get());
    head.isShown = true;
    if (target)
        head.provenance.modelHash = target->modelHash;
    RunRecorder recorder(std::move(head));
    submitAll(*engine, settings, prompt, recorder);

    const bool streams = !arguments.json && settings.batch == 1 && settings.requests <= 1;
    std::exception_ptr lost = drive(*engine, recorder, streams, context);
    RunRecord run = recorder.take();
    context.exitCode = exitCodeOf(run, *context.interrupted);
    try {
        if (arguments.json)
            printOut("%s\n", jsonText(generateJson(run, prompt), 2).c_str());
        else if (!lost)
            printGenerated(run, streams);
    } catch (const std::runtime_error &) {
        lost = std::current_exception(); // the record can still be written
    }
    if (target)
        target->file.commit(runsToJson({run}));
    if (lost)
        std::rethrow_exception(lost);
}

void addPromptOptions(CLI::App &command, GenerateArguments &arguments)
{
    CLI::Option_group *source = command.add_option_group("prompt");
    source->add_option("--prompt", arguments.prompt, "The prompt, UTF-8")->type_name("TEXT");
    source->add_option("--prompt-file", arguments.promptFile, "A file with the prompt, UTF-8")
        ->type_name("FILE")
        ->check(notEmpty());
    CLI::Option *tokens =
        source->add_option("--tokens", arguments.tokens, "The prompt as token ids, such as 1,2,3")
            ->type_name("IDS");
    source->require_option(1);
    command
        .add_flag("--chat", arguments.chat,
                  "Put the prompt through the model's chat template; else it is raw text")
        ->excludes(tokens);
    command.add_option("--system", arguments.settings.systemPrompt, "System prompt")
        ->type_name("TEXT")
        ->needs("--chat");
}

void addSamplingOptions(CLI::App &command, SamplingSettings &sampling)
{
    command
        .add_option("--temperature", sampling.temperature,
                    "Logits are divided by it; 0: always the most likely token")
        ->type_name("X")
        ->check(realNumber(0, SamplingSettings::kMaxTemperature))
        ->capture_default_str();
    command.add_option("--top-k", sampling.topK, "Draw from the K most likely tokens; 0: from all")
        ->type_name("K")
        ->check(wholeNumber(0, SamplingSettings::kMaxTopK))
        ->capture_default_str();
    command
        .add_option("--top-p", sampling.topP,
                    "Draw from the most likely tokens that hold this probability together; 1: from "
                    "all")
        ->type_name("X")
        ->check(positiveNumber(1))
        ->capture_default_str();
    command
        .add_option("--min-p", sampling.minP,
                    "Draw from tokens at least this share as likely as the most likely one; 0: "
                    "from all")
        ->type_name("X")
        ->check(realNumber(0, 1))
        ->capture_default_str();
    command
        .add_option("--repetition-penalty", sampling.repetitionPenalty,
                    "Logits of tokens that were there before are divided by it where positive, "
                    "multiplied where negative; 1: off")
        ->type_name("X")
        ->check(realNumber(SamplingSettings::kMinRepetitionPenalty,
                           SamplingSettings::kMaxRepetitionPenalty))
        ->capture_default_str();
    command
        .add_option("--seed", sampling.seed, "Of the draws; sequence i of a batch uses seed + i")
        ->type_name("N")
        ->check(wholeNumber(0, std::numeric_limits<uint64_t>::max()))
        ->capture_default_str();
}

void addRunOptions(CLI::App &command, GenerateArguments &arguments)
{
    RunSettings &settings = arguments.settings;
    command.add_option("--max-new-tokens", settings.maxNewTokens, "Tokens of an answer, at most")
        ->type_name("N")
        ->check(wholeNumber(1, std::numeric_limits<int32_t>::max()))
        ->capture_default_str();
    command.add_flag("--ignore-eos", settings.ignoreEnd, "Go on past the end of the text");
    command.add_option("--batch", settings.batch, "Sequences of the same prompt, side by side")
        ->type_name("N")
        ->check(wholeNumber(1, EngineOptions::kMostSequences))
        ->capture_default_str();
    command
        .add_option("--requests", settings.requests,
                    "Sequences of the same prompt in all; those beyond the batch wait; 0: as many "
                    "as the batch")
        ->type_name("N")
        ->check(wholeNumber(0, kMostRequests))
        ->capture_default_str();
    command
        .add_option("--scheduler", arguments.scheduler,
                    "When those that wait begin: static, once the whole batch has ended; "
                    "continuous, as soon as one of it has")
        ->type_name("WORD")
        ->check(oneOf({"static", "continuous"}))
        ->capture_default_str();
    addSwitch(
        command, "--padding", settings.padding,
        "Compute a static batch as a rectangle: who has ended goes on as pads until all have");
    command
        .add_option("--chunk-tokens", settings.chunkTokens,
                    "Rows of one step, at most, so that a long prompt comes in chunks; at least "
                    "the batch; 0: chosen by the engine")
        ->type_name("N")
        ->check(wholeNumber(0, EngineOptions::kMostStepTokens))
        ->capture_default_str();
    addSwitch(command, "--kv-cache", settings.kvCache,
              "Keep keys and values; off: each step computes its sequences from the start");
    addCacheTypeOption(command, settings.cacheType);
    addGpuSwitches(command, arguments.batchInvariant, settings.stepGraphs);
}

} // namespace

void addGenerate(CLI::App &app, Context &context)
{
    CLI::App *command = app.add_subcommand("generate", "Continue a prompt");
    const auto arguments = std::make_shared<GenerateArguments>();
    addModelOptions(*command, arguments->model);
    addPromptOptions(*command, *arguments);
    addRunOptions(*command, *arguments);
    addSamplingOptions(*command, arguments->settings.sampling);
    command
        ->add_option("--record", arguments->record,
                     "Write the run's record to this file, JSON: for metrics --record and for the "
                     "window's --open")
        ->type_name("FILE")
        ->check(notEmpty());
    addJsonOption(*command, arguments->json);
    command->callback([arguments, &context] { runGenerate(*arguments, context); });
}

} // namespace inferlab::cli
