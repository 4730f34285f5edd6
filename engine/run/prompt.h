// What a person typed, as the tokens a model reads: raw, or through the model's chat template.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab {

class ChatTemplate;
class LoadedModel;
class Tokenizer;

struct PromptText
{
    bool chat = true;
    std::string system; // chat only; empty: none
    std::string text;
};

// Throws InputError: empty, not UTF-8, certainly longer than the model's context, or chat without a
// template. The exact length is checked by Engine::submit(); here only what could not fit by any
// tokenisation is refused, before time is spent on it.
std::vector<int32_t> encodePromptText(const LoadedModel &model, const PromptText &prompt);

// The same without a model in memory, and without a look at its context. chatTemplate: null where
// the model has none; modelFile names it in messages.
std::vector<int32_t> encodePromptText(const Tokenizer &tokenizer, const ChatTemplate *chatTemplate,
                                      const std::string &modelFile, const PromptText &prompt);

} // namespace inferlab
