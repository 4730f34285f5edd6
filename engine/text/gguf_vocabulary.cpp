// Reading tokenizer.ggml.* keys.
#include "gguf_vocabulary.h"

#include "engine/base/error.h"
#include "engine/files/gguf.h"

#include <limits>

namespace inferlab {

namespace {

// -1 (as some converters write a token that is not there) or missing: none.
int32_t optionalId(const GgufFile &file, std::string_view key)
{
    const MetadataValue *value = file.findMetadata(key);
    if (value == nullptr)
        return -1;
    if (const auto *number = std::get_if<int64_t>(value); number != nullptr && *number == -1)
        return -1;
    // 32 bits of ones is the same -1 written as unsigned.
    const uint64_t id = *file.optionalUnsigned(key, std::numeric_limits<uint32_t>::max());
    if (id == std::numeric_limits<uint32_t>::max())
        return -1;
    if (id > static_cast<uint64_t>(std::numeric_limits<int32_t>::max()))
        throw InputError(file.path().string(), std::string(key), "a token id", std::to_string(id));
    return static_cast<int32_t>(id);
}

std::vector<TokenType> readTypes(const GgufFile &file, size_t tokens)
{
    const auto numbers = file.optionalInts("tokenizer.ggml.token_type");
    if (!numbers)
        return std::vector<TokenType>(tokens, TokenType::Normal);
    std::vector<TokenType> types;
    types.reserve(numbers->size());
    for (const int32_t number : *numbers)
        types.push_back(static_cast<TokenType>(number));
    return types;
}

} // namespace

Vocabulary readGgufVocabulary(const GgufFile &file, bool addsBegin)
{
    Vocabulary v;
    v.source = file.path().string();
    const std::vector<std::string> *tokens = file.optionalStrings("tokenizer.ggml.tokens");
    if (tokens == nullptr)
        throw InputError(v.source, "tokenizer.ggml.tokens", "a list of tokens", "no such key");
    v.tokens = *tokens;
    v.types = readTypes(file, v.tokens.size());
    v.special.begin = optionalId(file, "tokenizer.ggml.bos_token_id");
    v.special.end = optionalId(file, "tokenizer.ggml.eos_token_id");
    v.special.endOfTurn = optionalId(file, "tokenizer.ggml.eot_token_id");
    v.special.unknown = optionalId(file, "tokenizer.ggml.unknown_token_id");
    v.special.padding = optionalId(file, "tokenizer.ggml.padding_token_id");
    v.addsBegin = file.optionalBool("tokenizer.ggml.add_bos_token").value_or(addsBegin);
    return v;
}

std::vector<std::pair<std::string, std::string>> readGgufMerges(const GgufFile &file)
{
    const std::vector<std::string> *lines = file.optionalStrings("tokenizer.ggml.merges");
    if (lines == nullptr)
        throw InputError(file.path().string(), "tokenizer.ggml.merges", "a list of merges",
                         "no such key");
    std::vector<std::pair<std::string, std::string>> merges;
    merges.reserve(lines->size());
    for (const std::string &line : *lines) {
        const size_t space = line.find(' ');
        if (space == std::string::npos || space == 0 || space + 1 == line.size()
            || line.find(' ', space + 1) != std::string::npos)
            throw InputError(file.path().string(), "merge " + std::to_string(merges.size()),
                             "two tokens with a space between", "\"" + line + "\"");
        merges.emplace_back(line.substr(0, space), line.substr(space + 1));
    }
    return merges;
}

} // namespace inferlab
