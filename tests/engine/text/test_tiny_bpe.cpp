// The pre-tokenisers of GPT-2, Qwen2 and Llama 3 against Hugging Face's tokenizers: from a
// tokenizer.json, from its folder, and from a GGUF with the same vocabulary.
#include "case_file.h"
#include "vocabulary_gguf.h"

#include "engine/text/tokenizer.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>

using namespace inferlab;

namespace {

const std::map<std::string, std::string> kPreTokenizers = {
    {"gpt2", "gpt-2"}, {"qwen2", "qwen2"}, {"qwen3", "qwen2"}, {"llama3_rope_tied", "llama-bpe"}};

std::filesystem::path tinyFolder(const std::string &model)
{
    return std::filesystem::path(INFERLAB_FIXTURES) / "text" / "tiny" / model;
}

// The vocabulary of a tokenizer.json, written by the test itself.
void writeGguf(const std::string &model, const std::filesystem::path &path)
{
    std::ifstream file(tinyFolder(model) / "tokenizer.json");
    const nlohmann::json json = nlohmann::json::parse(file);
    std::vector<std::string> tokens(512);
    std::vector<int32_t> types(512, 1);
    for (const auto &[token, id] : json.at("model").at("vocab").items())
        tokens.at(id.get<size_t>()) = token;
    for (const nlohmann::json &token : json.at("added_tokens")) {
        tokens.at(token.at("id").get<size_t>()) = token.at("content");
        types.at(token.at("id").get<size_t>()) = 3;
    }
    std::vector<std::string> merges;
    for (const nlohmann::json &merge : json.at("model").at("merges"))
        merges.push_back(merge.at(0).get<std::string>() + " " + merge.at(1).get<std::string>());
    test::GgufWriter writer = test::byteBpeGguf(kPreTokenizers.at(model), tokens, types, merges);
    writer.addKey("tokenizer.ggml.bos_token_id", test::ggufU32(509));
    writer.addKey("tokenizer.ggml.eos_token_id", test::ggufU32(511));
    writer.write(path);
}

void checkCases(const std::string &model, const Tokenizer &tokenizer, bool normalizes)
{
    size_t count = 0;
    for (const nlohmann::json &row : test::readCases("bpe_tiny.jsonl")) {
        const bool changes = row.contains("nfc_changes");
        if (row.at("model") != model || (changes && !normalizes))
            continue;
        const auto text = row.at("text").get<std::string>();
        CAPTURE(text);
        const auto special =
            row.at("parse_special").get<bool>() ? SpecialTokens::Parsed : SpecialTokens::Plain;
        const std::vector<int32_t> ids = tokenizer.encode(text, special);
        CHECK(ids == row.at("ids").get<std::vector<int32_t>>());
        if (special == SpecialTokens::Plain && !changes)
            CHECK(tokenizer.decode(ids) == text); // the vocabularies have all bytes
        ++count;
    }
    CHECK(count > 100);
}

} // namespace

TEST_CASE("every case of the tiny tokenizers, from each kind of file")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    for (const auto &[model, pre] : kPreTokenizers) {
        CAPTURE(model);
        checkCases(model, *openTokenizer(tinyFolder(model)), true);
        checkCases(model, *openTokenizer(tinyFolder(model) / "tokenizer.json"), true);
        writeGguf(model, scratch / (model + ".gguf"));
        checkCases(model, *openTokenizer(scratch / (model + ".gguf")), false);
    }
}

TEST_CASE("special tokens and their ids come from the files beside tokenizer.json")
{
    const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(tinyFolder("qwen2"));
    CHECK(tokenizer->description() == "byte-level BPE, pre-tokeniser qwen2, NFC, 512 tokens");
    CHECK(tokenizer->beginToken() == 509);
    CHECK_FALSE(tokenizer->addsBeginToken());
    const auto ends = tokenizer->endTokens();
    CHECK(std::vector<int32_t>(ends.begin(), ends.end()) == std::vector<int32_t> {511, 509});
    CHECK(tokenizer->isControl(510));
}

TEST_CASE(
    "SmolLM's pre-tokeniser and Llama 3's begin token, as their tokenizer.json files have them")
{
    const test::ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    std::ifstream file(tinyFolder("gpt2") / "tokenizer.json");
    nlohmann::json json = nlohmann::json::parse(file);
    const nlohmann::json byteLevel = json.at("pre_tokenizer");
    const nlohmann::json digits = {{"type", "Digits"}, {"individual_digits", true}};
    json["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", {digits, byteLevel}}};
    const nlohmann::json begin = {{"SpecialToken", {{"id", "<|im_start|>"}, {"type_id", 0}}}};
    json["post_processor"]["single"].insert(json["post_processor"]["single"].begin(), begin);
    json["post_processor"] = {
        {"type", "Sequence"},
        {"processors", nlohmann::json::array({byteLevel, json["post_processor"]})}};
    test::writeBytes(scratch / "tokenizer.json", json.dump());

    const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(scratch / "tokenizer.json");
    CHECK(tokenizer->description() == "byte-level BPE, pre-tokeniser smollm, 512 tokens");
    CHECK(tokenizer->addsBeginToken());
    CHECK(tokenizer->beginToken() == 510);
    // Without the digits apart, " 1" is a word and one token of this vocabulary.
    CHECK(tokenizer->encode("a 12", SpecialTokens::Plain)
          == std::vector<int32_t> {64, 220, 16, 17});
    CHECK(openTokenizer(tinyFolder("gpt2"))->encode("a 12", SpecialTokens::Plain)
          == std::vector<int32_t> {64, 392, 17});
}
