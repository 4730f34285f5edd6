// inferlab-cli logits: what the model says about the next token, in numbers; JSON Lines.
#include "commands.h"

#include "argument_checks.h"
#include "common_options.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/mapped_file.h"
#include "engine/model/evaluate.h"
#include "model_arguments.h"
#include "standard_output.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

namespace inferlab::cli {

namespace {

struct LogitsArguments
{
    ModelArguments model;
    std::string tokens;
    std::string cases;
    EvaluateOptions options;
    bool json = false;
};

// The shortest digits that read back as the same float: a vocabulary of them is half as long as by
// way of double. JSON has no word for infinity and NaN.
void appendNumbers(std::string &line, std::span<const float> values)
{
    line += '[';
    for (const float value : values) {
        std::array<char, 32> digits {};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        line.append(std::isfinite(value)
                        ? std::string_view(digits.data(), static_cast<size_t>(end - digits.data()))
                        : std::string_view("null"));
        line += ',';
    }
    line.back() = ']';
}

// Row by row: those of a long text and a large vocabulary are gigabytes. An interrupted line is
// closed after its last whole row, so that it still is a document.
void printLogits(LoadedModel &model, const std::vector<int32_t> &ids,
                 const EvaluateOptions &options)
{
    const bool all = options.allPositions;
    bool begun = false;
    std::string text;
    const auto close = [&] {
        writeOut(all ? "]}\n" : "}\n");
        flushOut();
    };
    try {
        evaluate(model, ids, options, [&](int32_t, std::span<const float> logits) {
            text = begun ? "," : all ? "{\"logits\":[" : "{\"logits\":";
            appendNumbers(text, logits);
            begun = true;
            writeOut(text);
        });
    } catch (const Cancelled &) {
        if (begun)
            close();
        throw;
    }
    close();
}

std::vector<int32_t> tokensOf(const Json &document, const std::string &source)
{
    const JsonCursor list = JsonCursor(document, source).at("tokens");
    std::vector<int32_t> ids;
    for (size_t i = 0; i < list.size(); ++i)
        ids.push_back(
            static_cast<int32_t>(list.at(i).integer(0, std::numeric_limits<int32_t>::max())));
    return ids;
}

void printCases(LoadedModel &model, const LogitsArguments &arguments)
{
    const MappedFile file(arguments.cases);
    const auto bytes = file.bytes();
    std::string_view rest(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    for (int number = 1; !rest.empty(); ++number) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view text = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (text.find_first_not_of(" \t\r") == std::string_view::npos)
            continue;
        const std::string source = arguments.cases + ": line " + std::to_string(number);
        printLogits(model, tokensOf(parseJson(text, source), source), arguments.options);
    }
}

void runLogits(LogitsArguments arguments, const Context &context)
{
    arguments.options.stop = context.interrupted;
    const std::shared_ptr<LoadedModel> model = loadModel(arguments.model, context);
    if (arguments.cases.empty())
        printLogits(*model, parseTokenIds(arguments.tokens), arguments.options);
    else
        printCases(*model, arguments);
}

} // namespace

void addLogits(CLI::App &app, Context &context)
{
    CLI::App *command =
        app.add_subcommand("logits", "Logits after a sequence of tokens, as JSON Lines");
    const auto arguments = std::make_shared<LogitsArguments>();
    addModelOptions(*command, arguments->model);
    CLI::Option_group *source = command->add_option_group("sequence");
    source->add_option("--tokens", arguments->tokens, "Token ids, such as 1,2,3")->type_name("IDS");
    source
        ->add_option("--cases", arguments->cases,
                     "JSON Lines, each with \"tokens\"; a line of output for each")
        ->type_name("FILE")
        ->check(notEmpty());
    source->require_option(1);
    command->add_flag("--all", arguments->options.allPositions,
                      "Logits of every position, not of the last one alone");
    addCacheTypeOption(*command, arguments->options.cacheType);
    command->add_flag("--json", arguments->json, "Print JSON Lines, as without it");
    command->callback([arguments, &context] { runLogits(*arguments, context); });
}

} // namespace inferlab::cli
