// The default model's tokenizer against Hugging Face's, and what holds for any text.
#include "case_file.h"
#include "default_model.h"

#include "engine/files/gguf.h"
#include "engine/text/tokenizer.h"
#include "engine/text/utf8_stream.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace inferlab;

namespace {

std::unique_ptr<Tokenizer> openSmolLm2()
{
    return makeTokenizer(*GgufFile::open(test::defaultModelPath()));
}

} // namespace

TEST_CASE("every case of SmolLM2's tokenizer")
{
    const std::unique_ptr<Tokenizer> tokenizer = openSmolLm2();
    for (const nlohmann::json &row : test::readCases("bpe_smollm2.jsonl")) {
        const auto text = row.at("text").get<std::string>();
        const auto kind = row.at("kind").get<std::string>();
        CAPTURE(text);
        const auto special =
            row.at("parse_special").get<bool>() ? SpecialTokens::Parsed : SpecialTokens::Plain;
        const std::vector<int32_t> ids = tokenizer->encode(text, special);
        CHECK(ids == row.at("ids").get<std::vector<int32_t>>());
        std::string pieces;
        for (const int32_t id : ids)
            pieces += tokenizer->piece(id);
        // The vocabulary lacks 21 bytes, which leave no trace.
        if (kind != "dropped_byte" && kind != "controls" && kind != "random_mixed")
            CHECK(pieces == text);
        if (special == SpecialTokens::Plain)
            CHECK(tokenizer->decode(ids) == pieces);
    }
}

TEST_CASE("what the model says of itself")
{
    const std::unique_ptr<Tokenizer> tokenizer = openSmolLm2();
    CHECK(tokenizer->vocabularySize() == 49152);
    CHECK(tokenizer->description() == "byte-level BPE, pre-tokeniser smollm, 49,152 tokens");
    CHECK(tokenizer->beginToken() == 1);
    CHECK_FALSE(tokenizer->addsBeginToken());
    const auto ends = tokenizer->endTokens();
    CHECK(std::vector<int32_t>(ends.begin(), ends.end()) == std::vector<int32_t> {2, 0});
    CHECK(tokenizer->piece(2) == "<|im_end|>");
    CHECK(tokenizer->isControl(2));
    CHECK_FALSE(tokenizer->isControl(504));
    CHECK_THROWS_AS(static_cast<void>(tokenizer->piece(49152)), std::out_of_range);
    CHECK_THROWS_AS(static_cast<void>(tokenizer->isControl(-1)), std::out_of_range);
    const std::vector<int32_t> ids = {1, 504, 2365, 2};
    CHECK(tokenizer->decode(ids) == "The quick");
}

TEST_CASE("plain text never gives a control token, whatever it holds")
{
    const std::unique_ptr<Tokenizer> tokenizer = openSmolLm2();
    std::string all;
    for (int32_t id = 0; id < tokenizer->vocabularySize(); ++id) {
        if (tokenizer->isControl(id))
            all += tokenizer->piece(id) + "x" + tokenizer->piece(id);
    }
    const std::vector<int32_t> ids = tokenizer->encode(all, SpecialTokens::Plain);
    CHECK(
        std::none_of(ids.begin(), ids.end(), [&](int32_t id) { return tokenizer->isControl(id); }));
    CHECK(tokenizer->decode(ids) == all);
    CHECK(tokenizer->findControls(all).size() == 34);
}

TEST_CASE("a word of a megabyte and a prompt of five are tokenised, and come back")
{
    const std::unique_ptr<Tokenizer> tokenizer = openSmolLm2();
    std::string word;
    std::mt19937 random(3);
    while (word.size() < 1000000)
        word += static_cast<char>('a' + random() % 26);
    CHECK(tokenizer->decode(tokenizer->encode(word, SpecialTokens::Plain)) == word);
    const std::string repeated(1000000, 'a');
    CHECK(tokenizer->decode(tokenizer->encode(repeated, SpecialTokens::Plain)) == repeated);

    std::string prompt;
    while (prompt.size() < 5000000)
        prompt += word.substr(random() % 900000, random() % 9) + (random() % 8 == 0 ? "\n" : " ");
    const std::vector<int32_t> ids = tokenizer->encode(prompt, SpecialTokens::Parsed);
    CHECK(tokenizer->decode(ids) == prompt);
}
