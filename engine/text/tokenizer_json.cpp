// Reading tokenizer.json and the two files beside it.
#include "tokenizer_json.h"

#include "engine/base/json.h"

#include <algorithm>
#include <array>

namespace inferlab {

namespace {

// An added token may lie beyond the model's vocabulary, and published files leave holes of some
// hundred ids.
constexpr int64_t kMaxId = (int64_t {1} << 20U) - 1;

struct KnownPattern
{
    std::string_view regex;
    PreTokenizer kind;
};

// The pre_tokenizer patterns of published tokenizer.json files, word for word.
constexpr std::array kPatterns = {
    KnownPattern {
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        PreTokenizer::LlamaBpe},
    KnownPattern {
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        PreTokenizer::Qwen2},
};

bool isTrue(const JsonCursor &object, std::string_view key, bool whenMissing)
{
    const std::optional<JsonCursor> member = object.find(key);
    return member && !member->isNull() ? member->boolean() : whenMissing;
}

void expectType(const JsonCursor &object, std::string_view type)
{
    const JsonCursor found = object.at("type");
    if (found.text() != type)
        found.fail("\"" + std::string(type) + "\"", "\"" + found.text() + "\"");
}

// ByteLevel as every known kind has it; use_regex: GPT-2's own pattern runs in it.
void expectByteLevel(const JsonCursor &pre, bool usesRegex)
{
    expectType(pre, "ByteLevel");
    if (isTrue(pre, "add_prefix_space", true))
        pre.at("add_prefix_space").fail("false", "true");
    if (isTrue(pre, "use_regex", true) != usesRegex)
        pre.fail(usesRegex ? "use_regex = true" : "use_regex = false", "the opposite");
}

PreTokenizer readSplit(const JsonCursor &split)
{
    const JsonCursor regex = split.at("pattern").at("Regex");
    const auto known =
        std::find_if(kPatterns.begin(), kPatterns.end(),
                     [&](const KnownPattern &pattern) { return pattern.regex == regex.text(); });
    if (known == kPatterns.end())
        regex.fail("the pattern of Llama 3 or Qwen2", "\"" + regex.text() + "\"");
    const JsonCursor behavior = split.at("behavior");
    if (behavior.text() != "Isolated")
        behavior.fail("\"Isolated\"", "\"" + behavior.text() + "\"");
    if (isTrue(split, "invert", false))
        split.at("invert").fail("false", "true");
    return known->kind;
}

PreTokenizer readPreTokenizer(const JsonCursor &pre)
{
    if (pre.at("type").text() == "ByteLevel") {
        expectByteLevel(pre, true);
        return PreTokenizer::Gpt2;
    }
    expectType(pre, "Sequence");
    const JsonCursor steps = pre.at("pretokenizers");
    if (steps.size() != 2)
        steps.fail("two steps (Digits or Split, then ByteLevel)", std::to_string(steps.size()));
    const JsonCursor first = steps.at(size_t {0});
    const JsonCursor second = steps.at(size_t {1});
    if (first.at("type").text() == "Digits") {
        if (!isTrue(first, "individual_digits", false))
            first.fail("individual_digits = true", "false");
        expectByteLevel(second, true);
        return PreTokenizer::SmolLm;
    }
    expectType(first, "Split");
    expectByteLevel(second, false);
    return readSplit(first);
}

bool readNormalizer(const JsonCursor &root)
{
    const std::optional<JsonCursor> normalizer = root.find("normalizer");
    if (!normalizer || normalizer->isNull())
        return false;
    expectType(*normalizer, "NFC");
    return true;
}

// What BPE may have besides vocabulary and merges must be off.
void expectPlainBpe(const JsonCursor &model)
{
    expectType(model, "BPE");
    for (const std::string_view key :
         {"dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"}) {
        const std::optional<JsonCursor> member = model.find(key);
        const bool isOff =
            !member || member->isNull() || (member->isString() && member->text().empty());
        if (!isOff)
            member->fail("null", "something else");
    }
    if (isTrue(model, "byte_fallback", false))
        model.at("byte_fallback")
            .fail("false (byte-level BPE)", "true (SentencePiece's BPE: use tokenizer.model)");
}

void putToken(Vocabulary &v, const JsonCursor &place, int64_t id, const std::string &text,
              TokenType type)
{
    const auto index = static_cast<size_t>(id);
    if (index >= v.tokens.size()) {
        v.tokens.resize(index + 1);
        v.types.resize(index + 1, TokenType::Unused);
    }
    if (!v.tokens[index].empty() && v.tokens[index] != text)
        place.fail("a token of its own for id " + std::to_string(id),
                   "\"" + v.tokens[index] + "\" and \"" + text + "\"");
    v.tokens[index] = text;
    v.types[index] = type;
}

void readVocabulary(const JsonCursor &vocab, Vocabulary &v)
{
    if (!vocab.isObject())
        vocab.fail("an object of tokens and ids", "something else");
    for (const auto &[token, id] : vocab.value().items()) {
        // Not through the cursor: it looks members up one after another.
        const bool isId = id.is_number_unsigned() && id.get<uint64_t>() <= uint64_t {kMaxId};
        if (!isId)
            vocab.fail("ids from 0 to " + std::to_string(kMaxId),
                       "another value for \"" + token + "\"");
        putToken(v, vocab, id.get<int64_t>(), token, TokenType::Normal);
    }
}

void readAddedTokens(const JsonCursor &root, Vocabulary &v)
{
    const std::optional<JsonCursor> added = root.find("added_tokens");
    for (size_t i = 0; added && i < added->size(); ++i) {
        const JsonCursor token = added->at(i);
        for (const std::string_view key : {"single_word", "lstrip", "rstrip"}) {
            if (isTrue(token, key, false))
                token.at(key).fail("false", "true");
        }
        const bool isSpecial = isTrue(token, "special", false);
        putToken(v, token, token.at("id").integer(0, kMaxId), token.at("content").text(),
                 isSpecial ? TokenType::Control : TokenType::UserDefined);
    }
}

void readMerges(const JsonCursor &merges, Vocabulary &v)
{
    v.merges.reserve(merges.size());
    for (const Json &merge : merges.value()) {
        const auto place = [&] { return merges.at(v.merges.size()); };
        if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
            v.merges.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
            continue;
        }
        const std::string line = merge.is_string() ? merge.get<std::string>() : std::string();
        const size_t space = line.find(' ');
        if (space == std::string::npos || line.find(' ', space + 1) != std::string::npos)
            place().fail("two tokens", line.empty() ? "something else" : "\"" + line + "\"");
        v.merges.emplace_back(line.substr(0, space), line.substr(space + 1));
    }
}

// Ids without a token get a name that no text becomes.
void fillHoles(Vocabulary &v)
{
    for (size_t id = 0; id < v.tokens.size(); ++id) {
        if (v.tokens[id].empty())
            v.tokens[id] = "[unused id " + std::to_string(id) + "]";
    }
}

// "<s>" or {"content": "<s>", ...}; -1 when missing or null.
int32_t namedToken(const JsonCursor &config, std::string_view key, const Vocabulary &v)
{
    const std::optional<JsonCursor> member = config.find(key);
    if (!member || member->isNull())
        return -1;
    const JsonCursor name = member->isObject() ? member->at("content") : *member;
    const auto found = std::find(v.tokens.begin(), v.tokens.end(), name.text());
    if (found == v.tokens.end())
        name.fail("a token of the vocabulary", "\"" + name.text() + "\"");
    return static_cast<int32_t>(found - v.tokens.begin());
}

// Llama 3's files put the begin token before a text by a template: [{"SpecialToken": ...},
// {"Sequence": ...}].
void readPostProcessor(const JsonCursor &root, Vocabulary &v)
{
    std::optional<JsonCursor> processor = root.find("post_processor");
    if (!processor || processor->isNull())
        return;
    if (processor->at("type").text() == "Sequence") {
        const JsonCursor steps = processor->at("processors");
        for (size_t i = 0; i < steps.size(); ++i) {
            if (steps.at(i).at("type").text() == "TemplateProcessing")
                processor = steps.at(i);
        }
    }
    if (processor->at("type").text() != "TemplateProcessing")
        return; // ByteLevel: it moves offsets only
    const JsonCursor single = processor->at("single");
    if (single.size() == 0)
        return;
    const std::optional<JsonCursor> first = single.at(size_t {0}).find("SpecialToken");
    if (!first)
        return;
    const std::string &name = first->at("id").text();
    const auto found = std::find(v.tokens.begin(), v.tokens.end(), name);
    if (found == v.tokens.end())
        first->fail("a token of the vocabulary", "\"" + name + "\"");
    v.special.begin = static_cast<int32_t>(found - v.tokens.begin());
    v.addsBegin = true;
}

} // namespace

TokenizerJson readTokenizerJson(std::string_view text, const std::string &source)
{
    const Json document = parseJson(text, source);
    const JsonCursor root(document, source);
    TokenizerJson result;
    Vocabulary &v = result.vocabulary;
    v.source = source;
    const JsonCursor model = root.at("model");
    expectPlainBpe(model);
    result.options.preTokenizer = readPreTokenizer(root.at("pre_tokenizer"));
    result.options.ignoreMerges = isTrue(model, "ignore_merges", false);
    result.options.normalizesToNfc = readNormalizer(root);
    readVocabulary(model.at("vocab"), v);
    readAddedTokens(root, v);
    fillHoles(v);
    readMerges(model.at("merges"), v);
    readPostProcessor(root, v);
    return result;
}

void applyTokenizerConfig(std::string_view text, const std::string &source, Vocabulary &v)
{
    const Json document = parseJson(text, source);
    const JsonCursor config(document, source);
    if (const int32_t begin = namedToken(config, "bos_token", v); begin >= 0)
        v.special.begin = begin;
    if (const int32_t end = namedToken(config, "eos_token", v); end >= 0)
        v.special.end = end;
    v.addsBegin = isTrue(config, "add_bos_token", v.addsBegin);
}

void applyGenerationConfig(std::string_view text, const std::string &source, Vocabulary &v)
{
    const Json document = parseJson(text, source);
    const std::optional<JsonCursor> ends = JsonCursor(document, source).find("eos_token_id");
    if (!ends || ends->isNull())
        return;
    constexpr size_t kMaxEndTokens = 256; // published models have fewer than 10
    if (ends->isArray() && ends->size() > kMaxEndTokens)
        ends->fail("at most " + std::to_string(kMaxEndTokens) + " ids",
                   std::to_string(ends->size()));
    const auto lastId = static_cast<int64_t>(v.tokens.size()) - 1;
    for (size_t i = 0; ends->isArray() && i < ends->size(); ++i)
        v.moreEndTokens.push_back(static_cast<int32_t>(ends->at(i).integer(0, lastId)));
    if (!ends->isArray())
        v.moreEndTokens.push_back(static_cast<int32_t>(ends->integer(0, lastId)));
}

} // namespace inferlab
