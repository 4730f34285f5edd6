// Cuts a text into the words that byte-level BPE merges within. Each kind is a scanner written out
// by hand for one published pattern: a pattern from a file is never run (it could backtrack without
// end). Patterns: OpenAI's gpt-2 encoder.py, Meta's llama-3 and Alibaba's qwen2 tokenizer.json,
// Hugging Face's smollm.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace inferlab {

enum class PreTokenizer {
    // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
    Gpt2,
    // Every \p{N} alone, then Gpt2 within each part: \s+(?!\S) sees the end of the part before a
    // digit.
    SmolLm,
    // (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|
    // \s*[\r\n]+|\s+(?!\S)|\s+
    LlamaBpe,
    // As LlamaBpe with \p{N} one at a time.
    Qwen2,
};

// By the name in tokenizer.ggml.pre; nullopt for one that is not known here.
std::optional<PreTokenizer> preTokenizerByName(std::string_view name);
// "gpt-2, smollm, ...": every name that preTokenizerByName knows.
std::string knownPreTokenizers();
std::string_view preTokenizerName(PreTokenizer kind) noexcept;

// Length in bytes of the word that begins at `position`; `position` must lie before the end of
// `text`. The words follow one another without a gap, whatever bytes the text has; linear over a
// whole text.
size_t wordLength(PreTokenizer kind, std::string_view text, size_t position) noexcept;

} // namespace inferlab
