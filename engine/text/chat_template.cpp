// Chat templates: messages become variables of a Jinja template, its output keeps what came from
// them apart.
#include "chat_template.h"

#include "engine/base/error.h"
#include "jinja/interpreter.h"
#include "jinja/parser.h"

namespace inferlab {

namespace {

// Several times what any model's context holds; a value of a template holds 64 MiB.
constexpr uint64_t kMaxMessageBytes = uint64_t {32} << 20U;

} // namespace

struct ChatTemplate::Program
{
    jinja::Block block;
    std::string beginToken;
    std::string endToken;
    std::string source;
};

std::string RenderedPrompt::text() const
{
    std::string all;
    for (const Span &span : spans)
        all += span.text;
    return all;
}

ChatTemplate::ChatTemplate(std::string_view jinja, std::string beginToken, std::string endToken,
                           std::string source)
    : m_program(std::make_unique<const Program>(Program {jinja::parseTemplate(jinja, source),
                                                         std::move(beginToken), std::move(endToken),
                                                         std::move(source)}))
{ }

ChatTemplate::~ChatTemplate() = default;
ChatTemplate::ChatTemplate(ChatTemplate &&) noexcept = default;
ChatTemplate &ChatTemplate::operator=(ChatTemplate &&) noexcept = default;

RenderedPrompt ChatTemplate::render(const std::vector<ChatMessage> &messages,
                                    bool addGenerationPrompt) const
{
    using jinja::Value;
    std::vector<Value> list;
    list.reserve(messages.size());
    uint64_t bytes = 0;
    for (const ChatMessage &message : messages)
        bytes += message.role.size() + message.content.size();
    if (bytes > kMaxMessageBytes)
        throw InputError(m_program->source, "chat template",
                         "messages of at most " + std::to_string(kMaxMessageBytes) + " bytes",
                         std::to_string(bytes));
    for (const ChatMessage &message : messages)
        list.push_back(Value::dict({{"role", Value::text(message.role, false)},
                                    {"content", Value::text(message.content, false)}}));
    // What transformers' apply_chat_template gives a template when there are no tools and
    // documents.
    jinja::Variables variables = {
        {"messages", Value::list(std::move(list))},
        {"add_generation_prompt", Value(addGenerationPrompt)},
        {"bos_token", Value::text(m_program->beginToken, true)},
        {"eos_token", Value::text(m_program->endToken, true)},
        {"tools", Value(jinja::None {})},
        {"documents", Value(jinja::None {})},
    };
    const jinja::TracedText output =
        jinja::Interpreter(m_program->source, std::move(variables)).render(m_program->block);
    RenderedPrompt prompt;
    size_t begin = 0;
    for (const jinja::TracedText::Run &run : output.runs()) {
        prompt.spans.push_back({output.text().substr(begin, run.end - begin), run.fromTemplate});
        begin = run.end;
    }
    return prompt;
}

std::vector<int32_t> encodePrompt(const Tokenizer &tokenizer, const RenderedPrompt &prompt)
{
    std::vector<int32_t> ids;
    std::string plain; // since the last control token
    const auto encodePlain = [&] {
        const std::vector<int32_t> more = tokenizer.encode(plain, SpecialTokens::Plain);
        ids.insert(ids.end(), more.begin(), more.end());
        plain.clear();
    };
    for (const RenderedPrompt::Span &span : prompt.spans) {
        if (!span.fromTemplate) {
            plain += span.text;
            continue;
        }
        size_t position = 0;
        for (const Tokenizer::ControlMatch &match : tokenizer.findControls(span.text)) {
            plain += std::string_view(span.text).substr(position, match.begin - position);
            encodePlain();
            ids.push_back(match.id);
            position = match.begin + match.length;
        }
        plain += std::string_view(span.text).substr(position);
    }
    encodePlain();
    return ids;
}

} // namespace inferlab
