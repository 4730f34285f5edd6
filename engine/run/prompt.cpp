#include "prompt.h"

#include "engine/base/error.h"
#include "engine/base/number_text.h"
#include "engine/model/loaded_model.h"
#include "engine/text/utf8_stream.h"

#include <algorithm>

namespace inferlab {

namespace {

// Bytes of the longest token: a text of more than this times the context cannot fit.
size_t longestPieceBytes(const Tokenizer &tokenizer)
{
    size_t longest = 1;
    for (int32_t id = 0; id < tokenizer.vocabularySize(); ++id)
        longest = std::max(longest, tokenizer.piece(id).size());
    return longest;
}

void checkText(const LoadedModel &model, const PromptText &prompt)
{
    if (prompt.text.empty())
        throw InputError("prompt", "", "some text", "nothing");
    requireUtf8(prompt.text, "prompt");
    requireUtf8(prompt.system, "system prompt");

    const auto context = static_cast<size_t>(model.config().contextTokens);
    const size_t bytes = prompt.text.size() + prompt.system.size();
    // One byte a token fits whatever the vocabulary: no need to look at it.
    if (bytes > context && bytes / longestPieceBytes(model.tokenizer()) > context)
        throw InputError("prompt", "",
                         "at most " + groupedText(context) + " tokens (the model's context)",
                         groupedText(bytes) + " bytes of text, which cannot fit");
}

} // namespace

std::vector<int32_t> encodePromptText(const LoadedModel &model, const PromptText &prompt)
{
    checkText(model, prompt);
    return encodePromptText(model.tokenizer(), model.chatTemplate(), model.identity().file, prompt);
}

std::vector<int32_t> encodePromptText(const Tokenizer &tokenizer, const ChatTemplate *chatTemplate,
                                      const std::string &modelFile, const PromptText &prompt)
{
    if (!prompt.chat) {
        std::vector<int32_t> ids = tokenizer.encode(prompt.text, SpecialTokens::Plain);
        if (tokenizer.addsBeginToken() && tokenizer.beginToken() >= 0)
            ids.insert(ids.begin(), tokenizer.beginToken());
        return ids;
    }
    if (chatTemplate == nullptr)
        throw InputError(modelFile, "", "a chat template (or raw mode)", "none in the file");
    std::vector<ChatMessage> messages;
    if (!prompt.system.empty())
        messages.push_back({"system", prompt.system});
    messages.push_back({"user", prompt.text});
    return encodePrompt(tokenizer, chatTemplate->render(messages, true));
}

} // namespace inferlab
