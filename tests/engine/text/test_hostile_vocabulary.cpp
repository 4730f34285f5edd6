// Byte-level vocabularies that break a rule get one line that says which, from GGUF and from
// tokenizer.json.
#include "vocabulary_gguf.h"

#include "engine/base/error.h"
#include "engine/text/tokenizer.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <random>

using namespace inferlab;
using test::GgufWriter;

namespace {

std::string openingSays(const std::filesystem::path &path)
{
    try {
        openTokenizer(path);
    } catch (const InputError &error) {
        return error.what();
    }
    return "opened";
}

GgufWriter smallVocabulary()
{
    GgufWriter writer = test::byteBpeGguf("gpt-2", {"a", "b", "ab", "Ġ", "<end>", "<user>"},
                                          {1, 1, 1, 1, 3, 4}, {"a b"});
    writer.addKey("tokenizer.ggml.eos_token_id", test::ggufU32(4));
    return writer;
}

// What opening the small vocabulary says after one change.
std::string changed(const std::function<void(GgufWriter &)> &change)
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    GgufWriter writer = smallVocabulary();
    change(writer);
    writer.write(scratch / "v.gguf");
    return openingSays(scratch / "v.gguf");
}

std::string withKey(const std::string &key, const test::GgufValue &value)
{
    return changed([&](GgufWriter &writer) { writer.setKey("tokenizer.ggml." + key, value); });
}

bool says(const std::string &message, const std::string &part)
{
    return message.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the small vocabulary itself is fine, and does what it says")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    smallVocabulary().write(scratch / "v.gguf");
    const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(scratch / "v.gguf");
    CHECK(tokenizer->encode("ab ba", SpecialTokens::Plain) == std::vector<int32_t> {2, 3, 1, 0});
    // Bytes that the vocabulary lacks leave nothing; user-defined tokens are found in any text.
    CHECK(tokenizer->encode("xa<user>b<end>", SpecialTokens::Plain)
          == std::vector<int32_t> {0, 5, 1});
    CHECK(tokenizer->encode("xa<user>b<end>", SpecialTokens::Parsed)
          == std::vector<int32_t> {0, 5, 1, 4});
    CHECK(tokenizer->beginToken() == -1);
}

TEST_CASE("keys that are missing, unknown or of another type")
{
    CHECK(says(withKey("pre", test::ggufText("my-pre")), "one of gpt-2, smollm, llama-bpe, qwen2"));
    CHECK(says(withKey("pre", test::ggufText("my-pre")), "found \"my-pre\""));
    CHECK(says(withKey("pre", test::ggufU32(1)), "tokenizer.ggml.pre"));
    CHECK(says(withKey("model", test::ggufText("bert")), "expected gpt2 or llama, found \"bert\""));
    CHECK(says(withKey("tokens", test::ggufI32s({1, 2})), "tokenizer.ggml.tokens"));
    CHECK(says(withKey("token_type", test::ggufTexts({"a"})), "tokenizer.ggml.token_type"));
    CHECK(says(withKey("add_bos_token", test::ggufU32(1)), "tokenizer.ggml.add_bos_token"));
    for (const std::string key : {"pre", "model", "tokens", "merges"})
        CHECK(says(changed([&](GgufWriter &w) { w.removeKey("tokenizer.ggml." + key); }),
                   "tokenizer.ggml." + key));
    CHECK(changed([](GgufWriter &w) { w.removeKey("tokenizer.ggml.token_type"); }) == "opened");
}

TEST_CASE("tokens and types")
{
    const auto tokens = [](const std::vector<std::string> &list) {
        return withKey("tokens", test::ggufTexts(list));
    };
    CHECK(says(tokens({}), "found 0"));
    CHECK(says(tokens({"a", "b", "ab", "Ġ", "<end>", "a"}),
               "token 5: expected a token that no other id has"));
    CHECK(says(tokens({"a", "b", "ab", "", "<end>", "<user>"}),
               "token 3: expected 1 to 1024 bytes, found 0"));
    CHECK(says(tokens({"a", "b", "ab", std::string(5000, 'x'), "<end>", "<user>"}), "found 5000"));
    CHECK(says(tokens({"a", "b", "ab", "one two", "<end>", "<user>"}),
               "token 3: expected characters of the byte alphabet"));
    CHECK(says(tokens({"a", "b", "ab", "\xff", "<end>", "<user>"}), "byte alphabet"));
    CHECK(says(withKey("token_type", test::ggufI32s({1, 1})), "one for each of 6 tokens, found 2"));
    CHECK(says(withKey("token_type", test::ggufI32s({1, 1, 1, 1, 3, 7})),
               "token 5: expected a token type from 1 to 6"));
    CHECK(says(withKey("token_type", test::ggufI32s({0, 1, 1, 1, 3, 4})), "token 0"));
}

TEST_CASE("merges")
{
    const auto merges = [](const std::vector<std::string> &list) {
        return withKey("merges", test::ggufTexts(list));
    };
    CHECK(says(merges({"ab"}), "merge 0: expected two tokens with a space between"));
    CHECK(says(merges({"a b", "a "}), "merge 1"));
    CHECK(says(merges({" b"}), "merge 0"));
    CHECK(says(merges({"a b c"}), "merge 0"));
    CHECK(says(merges({"a z"}), "expected tokens of the vocabulary, found \"z\""));
    CHECK(says(merges({"b a"}), "found \"ba\""));
    CHECK(says(merges({"a b", "a b"}), "merge 1: expected a pair that no earlier merge has"));
    // A merge may not make a control token of plain text.
    CHECK(says(changed([](GgufWriter &w) {
                   w.setKey("tokenizer.ggml.tokens",
                            test::ggufTexts({"a", "b", "c", "Ġ", "ab", "<user>"}));
               }),
               "found \"ab\""));
    CHECK(merges({}) == "opened");
}

TEST_CASE("ids of special tokens")
{
    CHECK(says(withKey("eos_token_id", test::ggufU32(6)),
               "end token: expected a token id below 6, found 6"));
    CHECK(says(withKey("bos_token_id", test::ggufU64(uint64_t {1} << 40U)), "bos_token_id"));
    CHECK(says(withKey("bos_token_id", test::ggufText("a")), "bos_token_id"));
    CHECK(says(withKey("padding_token_id", test::ggufI32(-2)), "padding_token_id"));
    CHECK(withKey("bos_token_id", test::ggufI32(-1)) == "opened");
    CHECK(withKey("bos_token_id", test::ggufU32(UINT32_MAX)) == "opened");
}

namespace {

std::string tinyJson()
{
    std::ifstream file(INFERLAB_FIXTURES "/text/tiny/qwen2/tokenizer.json");
    return {std::istreambuf_iterator<char>(file), {}};
}

// What opening tokenizer.json says after a replacement.
std::string jsonWith(const std::string &old, const std::string &by)
{
    std::string json = tinyJson();
    const size_t at = json.find(old);
    REQUIRE(at != std::string::npos);
    json.replace(at, old.size(), by);
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    test::writeBytes(scratch / "tokenizer.json", json);
    return openingSays(scratch / "tokenizer.json");
}

} // namespace

TEST_CASE("a tokenizer.json that asks for something else is refused by name")
{
    CHECK(jsonWith("\"NFC\"", "\"NFC\"") == "opened");
    CHECK(says(jsonWith("\"NFC\"", "\"Lowercase\""), "normalizer.type"));
    CHECK(says(jsonWith("\\\\p{N}|", "\\\\p{N}+|"), "expected the pattern of Llama 3 or Qwen2"));
    CHECK(says(jsonWith("\"Isolated\"", "\"Removed\""), "behavior"));
    CHECK(says(jsonWith("\"BPE\"", "\"Unigram\""), "model.type"));
    CHECK(says(jsonWith("\"byte_fallback\": false", "\"byte_fallback\": true"),
               "use tokenizer.model"));
    CHECK(says(jsonWith("\"unk_token\": null", "\"unk_token\": \"x\""), "unk_token"));
    CHECK(says(jsonWith("\"lstrip\": false", "\"lstrip\": true"), "lstrip"));
    CHECK(says(jsonWith("\"!\": 0", "\"!\": -1"), "\"!\""));
    CHECK(says(jsonWith("\"!\": 0", "\"!\": 99999999"), "\"!\""));
    CHECK(says(jsonWith("\"!\": 0", "\"!\": 1"), "id 1"));
    CHECK(says(jsonWith("\"!\": 0", "\"!\": \"0\""), "\"!\""));
    CHECK(says(jsonWith("\"id\": 510", "\"id\": 511"), "id 511"));
    CHECK(says(jsonWith("\"vocab\": {", "\"vocab\": [], \"old\": {"), "vocab"));
}

TEST_CASE("a damaged tokenizer.json opens or is refused")
{
    const std::string json = tinyJson();
    std::mt19937 random(5);
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    for (int round = 0; round < 300; ++round) {
        std::string damaged = json;
        if (round % 3 == 0)
            damaged.resize(1 + random() % (json.size() - 1));
        for (unsigned i = 0; i < 1 + random() % 3; ++i)
            damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
        test::writeBytes(scratch / "tokenizer.json", damaged);
        const std::string message = openingSays(scratch / "tokenizer.json");
        CHECK((message == "opened" || says(message, "tokenizer.json")));
    }
}
