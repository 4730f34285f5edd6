// What a model file is, without loading it: for `inspect`, the model list, and messages.
#pragma once

#include "engine/model/model_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inferlab {

class GgufFile;

// All tensors of one element type.
struct TypeShare
{
    DType type = DType::F32;
    uint64_t tensors = 0;
    uint64_t elements = 0;
    uint64_t bytes = 0;
};

// From the tokenizer.* keys; empty or 0 where a key is missing or of another type.
struct TokenizerSummary
{
    std::string model; // "gpt2", "llama"
    std::string preTokenizer;
    uint64_t tokens = 0;
    uint64_t merges = 0;
    uint64_t controlTokens = 0;
    std::vector<std::pair<std::string, std::string>> specialTokens; // "bos" and its text
    uint64_t chatTemplateBytes = 0;
    std::string description; // the tokenizer's own, when this program can use it
};

struct ModelFileSummary
{
    std::string name;
    std::string architecture;
    uint64_t parameters = 0;      // elements of all tensors
    uint64_t weightBytes = 0;     // of all tensors, as in the file
    std::vector<TypeShare> types; // most bytes first
    TokenizerSummary tokenizer;
    std::optional<ModelConfig> config; // empty when it cannot be run for its configuration
    std::string reason;                // why this program cannot run it; empty when it can

    bool runnable() const noexcept { return reason.empty(); }
    // "Q4_1": the type that holds most bytes; empty without tensors.
    std::string quantisation() const;
};

// Throws nothing for a model that cannot be run: `reason` says why.
ModelFileSummary summarizeModel(const GgufFile &file);

} // namespace inferlab
