// Hugging Face's tokenizer.json, as far as it describes byte-level BPE with a pre-tokeniser that is
// known here (GPT-2, SmolLM, Llama 3, Qwen2 kinds). Everything else is refused by name.
#pragma once

#include "byte_bpe_tokenizer.h"
#include "vocabulary.h"

#include <string>
#include <string_view>

namespace inferlab {

struct TokenizerJson
{
    Vocabulary vocabulary; // without special ids: those are in other files
    ByteBpeOptions options;
};

// Throws InputError.
TokenizerJson readTokenizerJson(std::string_view text, const std::string &source);

// tokenizer_config.json beside it: bos_token, eos_token, add_bos_token; names become ids of
// `vocabulary`. Throws InputError.
void applyTokenizerConfig(std::string_view text, const std::string &source, Vocabulary &vocabulary);

// eos_token_id of generation_config.json: one id or a list; they are added to the end tokens.
void applyGenerationConfig(std::string_view text, const std::string &source,
                           Vocabulary &vocabulary);

} // namespace inferlab
