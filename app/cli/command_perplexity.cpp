// inferlab-cli perplexity: how well a model predicts a text, exp of the mean negative
// log-likelihood.
#include "commands.h"

#include "argument_checks.h"
#include "common_options.h"
#include "engine/base/error.h"
#include "engine/base/interrupt_watch.h"
#include "engine/base/json.h"
#include "engine/base/mapped_file.h"
#include "engine/base/number_text.h"
#include "engine/model/evaluate.h"
#include "engine/text/utf8_stream.h"
#include "model_arguments.h"
#include "standard_output.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <span>

namespace inferlab::cli {

namespace {

// As long as others measure with, so that figures compare.
constexpr int32_t kWindowTokens = 512;

struct PerplexityArguments
{
    ModelArguments model;
    std::string textFile;
    int32_t windowTokens = 0; // 0: kWindowTokens, or the model's context where that is shorter
    EvaluateOptions options;
    bool json = false;
};

struct Score
{
    double sum = 0.0; // of negative log-likelihoods, natural logarithm
    int64_t tokens = 0;
    int64_t windows = 0;
    bool isWhole = true; // false: interrupted, and of the text's first windows only
    double mean() const { return sum / static_cast<double>(tokens); }
};

// Every token counts but the window's first, before which the model has seen nothing.
void scoreWindow(LoadedModel &model, const std::vector<int32_t> &window,
                 const EvaluateOptions &options, Score &result)
{
    double sum = 0.0;
    evaluate(model, window, options, [&](int32_t position, std::span<const float> logits) {
        const size_t next = static_cast<size_t>(position) + 1;
        if (next < window.size())
            sum += negativeLogLikelihood(logits, window[next]);
    });
    result.sum += sum;
    result.tokens += static_cast<int64_t>(window.size()) - 1;
    ++result.windows;
}

// Windows one after the other, each from an empty context.
Score score(LoadedModel &model, const std::vector<int32_t> &text,
            const PerplexityArguments &arguments)
{
    const Tokenizer &tokenizer = model.tokenizer();
    const bool begins = tokenizer.addsBeginToken() && tokenizer.beginToken() >= 0;
    const auto step = static_cast<size_t>(arguments.windowTokens - (begins ? 1 : 0));
    EvaluateOptions options = arguments.options;
    options.allPositions = true;
    Score result;
    for (size_t at = 0; at < text.size(); at += step) {
        std::vector<int32_t> window;
        if (begins)
            window.push_back(tokenizer.beginToken());
        window.insert(window.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                      text.begin() + static_cast<std::ptrdiff_t>(std::min(at + step, text.size())));
        if (window.size() < 2)
            continue;
        try {
            scoreWindow(model, window, options, result);
        } catch (const Cancelled &) {
            result.isWhole = false;
            return result;
        }
    }
    return result;
}

std::vector<int32_t> encodeFile(const Tokenizer &tokenizer, std::string_view text,
                                const Context &context)
{
    const InterruptWatch watch(*context.interrupted, quitInterrupted);
    return tokenizer.encode(text, SpecialTokens::Plain);
}

void printScore(const Score &result, const PerplexityArguments &arguments, const LoadedModel &model)
{
    const double perplexity = std::exp(result.mean());
    if (arguments.json) {
        const Json document = {{"model", model.identity().file},
                               {"device", arguments.model.device},
                               {"perplexity", perplexity},
                               {"mean_nll", result.mean()},
                               {"tokens", result.tokens},
                               {"windows", result.windows},
                               {"window_tokens", arguments.windowTokens}};
        printOut("%s\n", jsonText(document, 2).c_str());
    } else {
        printOut("perplexity %.4f (mean negative log-likelihood %.5f over %s tokens, windows of "
                 "%d)\n",
                 perplexity, result.mean(),
                 groupedText(static_cast<uint64_t>(result.tokens)).c_str(), arguments.windowTokens);
    }
}

void runPerplexity(PerplexityArguments arguments, Context &context)
{
    arguments.options.stop = context.interrupted;
    const MappedFile file(arguments.textFile);
    const auto bytes = file.bytes();
    const std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    requireUtf8(text, arguments.textFile);
    const std::shared_ptr<LoadedModel> model = loadModel(arguments.model, context);
    if (arguments.windowTokens == 0)
        arguments.windowTokens = std::min(kWindowTokens, model->config().contextTokens);
    if (arguments.windowTokens > model->config().contextTokens)
        throw InputError("--window", "",
                         "at most " + std::to_string(model->config().contextTokens)
                             + " tokens (the model's context)",
                         std::to_string(arguments.windowTokens));
    const std::vector<int32_t> ids = encodeFile(model->tokenizer(), text, context);
    const Score result = score(*model, ids, arguments);
    if (!result.isWhole)
        context.exitCode = 130;
    if (result.tokens == 0) {
        if (!result.isWhole)
            return;
        throw InputError(arguments.textFile, "", "a text of at least two tokens",
                         std::to_string(ids.size()));
    }
    if (!std::isfinite(result.sum))
        throw std::runtime_error("the model produced logits that are not numbers");
    printScore(result, arguments, *model);
}

} // namespace

void addPerplexity(CLI::App &app, Context &context)
{
    CLI::App *command = app.add_subcommand("perplexity", "How well a model predicts a text");
    const auto arguments = std::make_shared<PerplexityArguments>();
    addModelOptions(*command, arguments->model);
    command->add_option("--text-file", arguments->textFile, "A file with the text, UTF-8")
        ->type_name("FILE")
        ->required()
        ->check(notEmpty());
    command
        ->add_option("--window", arguments->windowTokens,
                     "Tokens read at once, each window from an empty context")
        ->type_name("N")
        ->check(wholeNumber(2, std::numeric_limits<int32_t>::max()))
        ->default_str(std::to_string(kWindowTokens) + ", or the model's context if shorter");
    addCacheTypeOption(*command, arguments->options.cacheType);
    addJsonOption(*command, arguments->json);
    command->callback([arguments, &context] { runPerplexity(*arguments, context); });
}

} // namespace inferlab::cli
