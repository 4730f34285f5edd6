// A vocabulary as a file gives it, before a tokenizer is made of it: the same plain lists whether
// they came from GGUF keys, a tokenizer.json or a SentencePiece model.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace inferlab {

// Numbers of GGUF's tokenizer.ggml.token_type and SentencePiece's ModelProto alike.
enum class TokenType : int32_t {
    Normal = 1,
    Unknown = 2,
    Control = 3,     // recognised in templates only
    UserDefined = 4, // recognised in every text
    Unused = 5,
    Byte = 6, // "<0x0A>"
};

// Tokens special to the model, by id; -1 where there is none.
struct SpecialIds
{
    int32_t begin = -1;
    int32_t end = -1;
    int32_t endOfTurn = -1;
    int32_t unknown = -1;
    int32_t padding = -1;
};

struct Vocabulary
{
    std::string source;              // the file, for messages
    std::vector<std::string> tokens; // as the file writes them
    std::vector<TokenType> types;    // one per token
    std::vector<float> scores;       // SentencePiece only: one per token
    std::vector<std::pair<std::string, std::string>>
        merges; // byte-level BPE only: in order of rank
    SpecialIds special;
    std::vector<int32_t> moreEndTokens; // beyond end and endOfTurn
    bool addsBegin = false;             // the model asks for `begin` before a raw prompt
};

// What holds for every kind: a sane number of tokens, types as many as tokens and known, no empty
// or giant or repeated token, special ids within the vocabulary. Throws InputError.
void checkVocabulary(const Vocabulary &vocabulary);

// Ids that end a generation: end, endOfTurn, moreEndTokens, and control tokens with a name that
// published models use for that ("<|im_end|>", "<|eot_id|>", ...). Each once, `end` first.
std::vector<int32_t> findEndTokens(const Vocabulary &vocabulary);

} // namespace inferlab
