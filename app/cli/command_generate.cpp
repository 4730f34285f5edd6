// inferlab-cli generate: a prompt in, tokens out as they come, and what they cost.
#include "commands.h"

#include "argument_checks.h"
#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/mapped_file.h"
#include "engine/run/engine.h"
#include "engine/run/prompt.h"
#include "generate_output.h"
#include "interrupt_watch.h"
#include "model_arguments.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>

namespace inferlab::cli {

namespace {

// No context of a model that runs here holds more text; a larger file was a mistake in its name.
constexpr uint64_t kMaxPromptBytes = uint64_t {64} << 20;

struct GenerateArguments
{
    ModelArguments model;
    std::optional<std::string> prompt;
    std::string promptFile;
    std::string tokens;
    bool chat = false;
    RunSettings settings;
    std::string kvCache = "on";
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

std::vector<int32_t> promptTokens(const GenerateArguments &arguments, const LoadedModel &model)
{
    if (!arguments.tokens.empty())
        return parseTokenIds(arguments.tokens);
    PromptText text;
    text.chat = arguments.chat;
    text.system = arguments.settings.systemPrompt;
    text.text = arguments.promptFile.empty() ? arguments.prompt.value_or("")
                                             : promptFromFile(arguments.promptFile);
    return encodePromptText(model, text);
}

EngineOptions engineOptions(const RunSettings &settings, size_t promptLength,
                            const LoadedModel &model)
{
    EngineOptions options;
    options.kvCache = settings.kvCache;
    options.maxSequences = settings.batch;
    // Memory for what can be written, not for the longest text that the model could hold.
    const int64_t wanted = static_cast<int64_t>(promptLength) + settings.maxNewTokens;
    options.contextTokens =
        static_cast<int32_t>(std::min<int64_t>(wanted, model.config().contextTokens));
    return options;
}

void submitAll(Engine &engine, const RunSettings &settings, const std::vector<int32_t> &prompt,
               RunRecorder &recorder)
{
    for (int32_t i = 0; i < settings.batch; ++i) {
        Request request;
        request.promptTokens = prompt;
        request.sampling = settings.sampling;
        request.sampling.seed += static_cast<uint64_t>(i);
        request.maxNewTokens = settings.maxNewTokens;
        request.ignoreEnd = settings.ignoreEnd;
        const int64_t now = nowNs();
        request.scheduledNs = now;
        const RequestId id = engine.submit(std::move(request));
        recorder.submitted(id, now, now, static_cast<int32_t>(prompt.size()));
    }
}

void printText(const StepReport &report)
{
    for (const TokenEvent &token : report.tokens)
        std::fputs(token.text.c_str(), stdout);
    for (const FinishedRequest &finished : report.finished)
        std::fputs(finished.text.c_str(), stdout);
    std::fflush(stdout);
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

void runGenerate(GenerateArguments arguments, Context &context)
{
    RunSettings &settings = arguments.settings;
    settings.kvCache = arguments.kvCache == "on";
    settings.chat = arguments.chat;
    settings.device = arguments.model.device;
    // What can be refused without the model is refused before it is loaded.
    settings.sampling.validate();

    const std::shared_ptr<LoadedModel> model = loadModel(arguments.model, context);
    settings.threads = model->backend().threads();
    const std::vector<int32_t> prompt = promptTokens(arguments, *model);
    const EngineOptions options = engineOptions(settings, prompt.size(), *model);
    settings.contextTokens = options.contextTokens;
    const std::unique_ptr<Engine> engine = openEngine(model, options);

    RunRecord head;
    head.settings = settings;
    head.provenance.modelFile = model->identity().file;
    RunRecorder recorder(std::move(head));
    submitAll(*engine, settings, prompt, recorder);

    const bool streams = !arguments.json && settings.batch == 1;
    {
        const InterruptWatch watch(*context.interrupted, *engine);
        while (!engine->idle()) {
            const StepReport report = engine->step();
            recorder.add(report);
            if (streams)
                printText(report);
        }
    }
    const RunRecord &run = recorder.record();
    if (arguments.json)
        std::printf("%s\n", jsonText(generateJson(run, prompt), 2).c_str());
    else
        printGenerated(run, streams);
    context.exitCode = exitCodeOf(run, *context.interrupted);
}

void addPromptOptions(CLI::App &command, GenerateArguments &arguments)
{
    CLI::Option_group *source = command.add_option_group("prompt", "One of:");
    source->add_option("--prompt", arguments.prompt, "Text");
    source->add_option("--prompt-file", arguments.promptFile, "A file with the text, UTF-8")
        ->check(notEmpty());
    CLI::Option *tokens = source->add_option("--tokens", arguments.tokens, "Token ids: 1,2,3");
    source->require_option(1);
    command
        .add_flag("--chat", arguments.chat,
                  "Through the model's chat template; else the prompt is raw text")
        ->excludes(tokens);
    command.add_option("--system", arguments.settings.systemPrompt, "System prompt, with --chat")
        ->needs("--chat");
}

void addRunOptions(CLI::App &command, RunSettings &settings)
{
    SamplingSettings &sampling = settings.sampling;
    command.add_option("--max-new-tokens", settings.maxNewTokens, "At most so many tokens")
        ->check(wholeNumber(1, std::numeric_limits<int32_t>::max()))
        ->capture_default_str();
    command.add_option("--temperature", sampling.temperature, "0: always the most likely token")
        ->check(realNumber(0, SamplingSettings::kMaxTemperature))
        ->capture_default_str();
    command.add_option("--top-k", sampling.topK, "Keep the k most likely; 0: off")
        ->check(wholeNumber(0, SamplingSettings::kMaxTopK))
        ->capture_default_str();
    command.add_option("--top-p", sampling.topP, "Keep the likeliest that hold this probability")
        ->check(realNumber(0, 1))
        ->capture_default_str();
    command.add_option("--min-p", sampling.minP, "Keep those at least this share of the likeliest")
        ->check(realNumber(0, 1))
        ->capture_default_str();
    command.add_option("--repetition-penalty", sampling.repetitionPenalty, "1: off")
        ->check(realNumber(SamplingSettings::kMinRepetitionPenalty,
                           SamplingSettings::kMaxRepetitionPenalty))
        ->capture_default_str();
    command.add_option("--seed", sampling.seed, "Sequence i of a batch uses seed + i")
        ->check(wholeNumber(0, std::numeric_limits<uint64_t>::max()))
        ->capture_default_str();
    command.add_option("--batch", settings.batch, "Sequences of the same prompt, together")
        ->check(wholeNumber(1, EngineOptions::kMostSequences))
        ->capture_default_str();
    command.add_flag("--ignore-eos", settings.ignoreEnd, "Go on past the end of text");
}

} // namespace

void addGenerate(CLI::App &app, Context &context)
{
    CLI::App *command = app.add_subcommand("generate", "Continue a prompt");
    const auto arguments = std::make_shared<GenerateArguments>();
    addModelOptions(*command, arguments->model);
    addPromptOptions(*command, *arguments);
    addRunOptions(*command, arguments->settings);
    command->add_option("--kv-cache", arguments->kvCache, "on or off")
        ->check(oneOf({"on", "off"}))
        ->capture_default_str();
    command->add_flag("--json", arguments->json, "One JSON document on stdout");
    command->callback([arguments, &context] { runGenerate(*arguments, context); });
}

} // namespace inferlab::cli
