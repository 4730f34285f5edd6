// Checks common to all vocabularies, and their end tokens.
#include "vocabulary.h"

#include "engine/base/error.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

namespace inferlab {

namespace {

// Largest published vocabularies have 262,144 entries (Gemma 3); four times that leaves room.
constexpr size_t kMaxTokens = size_t {1} << 20U;
// Longest published token: 256 bytes (runs of spaces or dashes in the byte alphabet);
// libsentencepiece overflows its stack on pieces of some megabytes.
constexpr size_t kMaxTokenBytes = 1024;

// Generations end here although some files name only one of them as eos.
constexpr std::array<std::string_view, 10> kEndNames = {
    "<|im_end|>", "<|endoftext|>", "<|eot_id|>",    "<|eom_id|>", "<|end_of_text|>",
    "<|end|>",    "<end_of_turn>", "<|endofturn|>", "</s>",       "<|end▁of▁sentence|>",
};

std::string tokenPlace(size_t id)
{
    return "token " + std::to_string(id);
}

void checkTokens(const Vocabulary &v)
{
    if (v.tokens.empty() || v.tokens.size() > kMaxTokens)
        throw InputError(v.source, "vocabulary", "1 to " + std::to_string(kMaxTokens) + " tokens",
                         std::to_string(v.tokens.size()));
    std::unordered_map<std::string_view, size_t> seen;
    seen.reserve(v.tokens.size());
    for (size_t id = 0; id < v.tokens.size(); ++id) {
        const std::string &token = v.tokens[id];
        if (token.empty() || token.size() > kMaxTokenBytes)
            throw InputError(v.source, tokenPlace(id),
                             "1 to " + std::to_string(kMaxTokenBytes) + " bytes",
                             std::to_string(token.size()));
        const auto [earlier, isNew] = seen.emplace(token, id);
        if (!isNew)
            throw InputError(v.source, tokenPlace(id), "a token that no other id has",
                             "\"" + token + "\", which is token "
                                 + std::to_string(earlier->second));
    }
}

void checkTypes(const Vocabulary &v)
{
    if (v.types.size() != v.tokens.size())
        throw InputError(v.source, "token types",
                         "one for each of " + std::to_string(v.tokens.size()) + " tokens",
                         std::to_string(v.types.size()));
    for (size_t id = 0; id < v.types.size(); ++id) {
        const auto type = static_cast<int32_t>(v.types[id]);
        if (type < static_cast<int32_t>(TokenType::Normal)
            || type > static_cast<int32_t>(TokenType::Byte))
            throw InputError(v.source, tokenPlace(id), "a token type from 1 to 6",
                             std::to_string(type));
    }
}

} // namespace

void checkVocabulary(const Vocabulary &v)
{
    checkTokens(v);
    checkTypes(v);
    const auto checkId = [&v](const std::string &name, int32_t id) {
        if (id < -1 || id >= static_cast<int64_t>(v.tokens.size()))
            throw InputError(v.source, name, "a token id below " + std::to_string(v.tokens.size()),
                             std::to_string(id));
    };
    checkId("begin token", v.special.begin);
    checkId("end token", v.special.end);
    checkId("end-of-turn token", v.special.endOfTurn);
    checkId("unknown token", v.special.unknown);
    checkId("padding token", v.special.padding);
    for (const int32_t id : v.moreEndTokens)
        checkId("end token", id);
}

std::vector<int32_t> findEndTokens(const Vocabulary &v)
{
    std::vector<int32_t> candidates = {v.special.end, v.special.endOfTurn};
    candidates.insert(candidates.end(), v.moreEndTokens.begin(), v.moreEndTokens.end());
    for (size_t id = 0; id < v.tokens.size(); ++id) {
        if (v.types[id] == TokenType::Control
            && std::find(kEndNames.begin(), kEndNames.end(), v.tokens[id]) != kEndNames.end())
            candidates.push_back(static_cast<int32_t>(id));
    }
    std::vector<int32_t> ids;
    for (const int32_t id : candidates) {
        if (id >= 0 && std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
    }
    return ids;
}

} // namespace inferlab
