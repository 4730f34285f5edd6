// A model's chat template: messages in, the prompt that the model was trained on out.
// Templates are Jinja from an untrusted file: a bounded interpreter of the part that chat templates
// use, with limits on steps, depth and output; anything else is an InputError that names the
// construct and line.
#pragma once

#include "tokenizer.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

struct ChatMessage
{
    std::string role; // "system", "user", "assistant"
    std::string content;
};

// Rendered text, cut where its origin changes: what the template wrote, and what a message
// contained. Special tokens count in the former only.
struct RenderedPrompt
{
    struct Span
    {
        std::string text;
        bool fromTemplate = false;
    };
    std::vector<Span> spans;

    std::string text() const;
};

class ChatTemplate
{
public:
    // Throws InputError when the source does not parse. `source` names the file in messages.
    ChatTemplate(std::string_view jinja, std::string beginToken, std::string endToken,
                 std::string source);
    ~ChatTemplate();
    ChatTemplate(ChatTemplate &&) noexcept;
    ChatTemplate &operator=(ChatTemplate &&) noexcept;

    // Throws InputError when the template refuses (raise_exception) or exceeds a limit.
    RenderedPrompt render(const std::vector<ChatMessage> &messages, bool addGenerationPrompt) const;

private:
    struct Program;
    std::unique_ptr<const Program> m_program;
};

// The template in a GGUF file or a Hugging Face folder (chat_template.jinja, or
// tokenizer_config.json's chat_template). Throws InputError, also when there is none.
ChatTemplate openChatTemplate(const std::filesystem::path &path, const Tokenizer &tokenizer);

// Ids of a rendered prompt: template spans with special tokens parsed, message spans as plain text.
// Neighbouring plain runs are tokenised together, as one text.
std::vector<int32_t> encodePrompt(const Tokenizer &tokenizer, const RenderedPrompt &prompt);

} // namespace inferlab
