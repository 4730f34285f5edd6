// inferlab-cli template: a conversation as the model's chat template writes it.
#include "argument_checks.h"
#include "commands.h"
#include "common_options.h"
#include "engine/base/interrupt_watch.h"
#include "standard_output.h"
#include "text_arguments.h"

#include "engine/text/chat_template.h"

#include <cstdio>
#include <memory>

namespace inferlab::cli {

namespace {

struct Arguments
{
    std::string model;
    std::string messages;
    bool generationPrompt = false;
    bool json = false;
};

// A list of {"role", "content"}, or an object with that list as "messages".
std::vector<ChatMessage> readMessages(const std::string &path)
{
    const Json document = parseJson(readTextFile(path), path);
    const JsonCursor root(document, path);
    const JsonCursor list = root.isObject() ? root.at("messages") : root;
    std::vector<ChatMessage> messages;
    for (size_t i = 0; i < list.size(); ++i)
        messages.push_back({list.at(i).at("role").text(), list.at(i).at("content").text()});
    return messages;
}

void run(const Arguments &arguments)
{
    const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(arguments.model);
    const ChatTemplate chat = openChatTemplate(arguments.model, *tokenizer);
    const RenderedPrompt prompt =
        chat.render(readMessages(arguments.messages), arguments.generationPrompt);
    const std::string text = prompt.text();
    if (arguments.json) {
        const Json document = {{"text", text}, {"ids", encodePrompt(*tokenizer, prompt)}};
        printOut("%s\n", jsonText(document).c_str());
    } else {
        writeOut(text);
    }
}

} // namespace

void addTemplate(CLI::App &app, Context &context)
{
    CLI::App *command =
        app.add_subcommand("template", "Render messages by the model's chat template");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("--model", arguments->model, "GGUF model or Hugging Face folder")
        ->type_name("FILE")
        ->required()
        ->check(notEmpty());
    command
        ->add_option("--messages", arguments->messages,
                     "A file with the messages, JSON: a list of {\"role\", \"content\"}")
        ->type_name("FILE")
        ->required()
        ->check(notEmpty());
    command->add_flag("--generation-prompt", arguments->generationPrompt,
                      "End with the beginning of the assistant's answer");
    addJsonOption(*command, arguments->json);
    command->callback([arguments, &context] {
        const InterruptWatch watch(*context.interrupted, quitInterrupted);
        run(*arguments);
    });
}

} // namespace inferlab::cli
