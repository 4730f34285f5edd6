// inferlab-cli tokenize: a text's tokens, or those of every case of a file.
#include "argument_checks.h"
#include "commands.h"
#include "common_options.h"
#include "engine/base/interrupt_watch.h"
#include "standard_output.h"
#include "terminal_text.h"
#include "text_arguments.h"

#include "engine/text/utf8_stream.h"

#include <cstdio>
#include <memory>
#include <optional>

namespace inferlab::cli {

namespace {

struct Arguments
{
    std::string model;
    std::optional<std::string> text;
    std::optional<std::string> cases;
    bool parseSpecial = false;
    bool json = false;
};

void printTable(const Tokenizer &tokenizer, const std::vector<int32_t> &ids)
{
    for (const int32_t id : ids)
        printOut("%8d  \"%s\"%s\n", id, terminalSafe(tokenizer.piece(id)).c_str(),
                 tokenizer.isControl(id) ? "  (control)" : "");
    printOut("%zu tokens; %s\n", ids.size(), tokenizer.description().c_str());
}

void printText(const Tokenizer &tokenizer, const Arguments &arguments)
{
    const auto special = arguments.parseSpecial ? SpecialTokens::Parsed : SpecialTokens::Plain;
    const std::vector<int32_t> ids = tokenizer.encode(*arguments.text, special);
    if (!arguments.json) {
        printTable(tokenizer, ids);
        return;
    }
    printOut("%s\n", jsonText({{"ids", ids}, {"pieces", piecesToJson(tokenizer, ids)}}).c_str());
}

// A case says itself whether its special tokens are parsed; without that word --parse-special
// holds.
void printCases(const Tokenizer &tokenizer, const Arguments &arguments)
{
    const std::vector<Json> cases = readJsonLines(*arguments.cases);
    for (size_t i = 0; i < cases.size(); ++i) {
        const std::string source = *arguments.cases + ", case " + std::to_string(i + 1);
        const JsonCursor row(cases[i], source);
        const std::optional<JsonCursor> parse = row.find("parse_special");
        const bool isParsed = parse ? parse->boolean() : arguments.parseSpecial;
        const std::vector<int32_t> ids = tokenizer.encode(
            row.at("text").text(), isParsed ? SpecialTokens::Parsed : SpecialTokens::Plain);
        printOut("%s\n",
                 jsonText({{"ids", ids}, {"pieces", piecesToJson(tokenizer, ids)}}).c_str());
    }
}

} // namespace

void addTokenize(CLI::App &app, Context &context)
{
    CLI::App *command = app.add_subcommand("tokenize", "Show the tokens of a text");
    const auto arguments = std::make_shared<Arguments>();
    command
        ->add_option("--model", arguments->model,
                     "GGUF model, Hugging Face folder, SentencePiece .model or tokenizer.json")
        ->type_name("FILE")
        ->required()
        ->check(notEmpty());
    CLI::Option_group *input = command->add_option_group("input");
    input->add_option("--text", arguments->text, "The text, UTF-8")->type_name("TEXT");
    input
        ->add_option("--cases", arguments->cases,
                     "JSON Lines, each with \"text\" and perhaps \"parse_special\"; a line of "
                     "output for each")
        ->type_name("FILE")
        ->check(notEmpty());
    input->require_option(1);
    command->add_flag("--parse-special", arguments->parseSpecial,
                      "Recognise special tokens such as <|im_end|> in the text");
    addJsonOption(*command, arguments->json);
    command->callback([arguments, &context] {
        if (arguments->text)
            requireUtf8(*arguments->text, "--text");
        const InterruptWatch watch(*context.interrupted, quitInterrupted);
        const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(arguments->model);
        if (arguments->cases)
            printCases(*tokenizer, *arguments);
        else
            printText(*tokenizer, *arguments);
    });
}

} // namespace inferlab::cli
