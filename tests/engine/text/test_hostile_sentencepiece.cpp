// SentencePiece models that would harm the library are refused before it sees them; damaged ones
// open and work, or are refused.
#include "engine/base/error.h"
#include "engine/text/charsmap_check.h"
#include "engine/text/proto_wire.h"
#include "engine/text/sentencepiece_model.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/utf8_stream.h"

#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <random>

using namespace inferlab;

namespace {

std::string modelBytes(const std::string &name)
{
    std::ifstream file(INFERLAB_FIXTURES "/text/spm/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

SentencePieceModel tinyModel(const std::string &name = "tiny_bpe_512.model")
{
    return readSentencePieceModel(modelBytes(name), "m.model");
}

std::string refusal(const std::function<void()> &action)
{
    try {
        action();
    } catch (const InputError &error) {
        return error.what();
    }
    return "opened";
}

// What a tokenizer of the tiny model says after one change.
std::string changed(const std::function<void(SentencePieceModel &)> &change)
{
    SentencePieceModel model = tinyModel();
    change(model);
    return refusal([&] { SentencePieceTokenizer {std::move(model)}; });
}

bool says(const std::string &message, const std::string &part)
{
    return message.find(part) != std::string::npos;
}

void addToken(SentencePieceModel &model, const std::string &token, TokenType type)
{
    model.vocabulary.tokens.push_back(token);
    model.vocabulary.scores.push_back(0);
    model.vocabulary.types.push_back(type);
}

} // namespace

TEST_CASE("pieces that the library cannot take")
{
    CHECK(changed([](SentencePieceModel &) {}) == "opened");
    const auto piece = [](const std::string &text, TokenType type) {
        return changed([&](SentencePieceModel &m) { addToken(m, text, type); });
    };
    CHECK(says(piece(std::string("\0x", 2), TokenType::UserDefined),
               "token 512: expected text without NUL"));
    CHECK(says(piece(std::string(size_t {4} << 20U, 'x'), TokenType::Normal),
               "token 512: expected 1 to 1024 bytes"));
    CHECK(says(piece("", TokenType::Normal), "token 512"));
    CHECK(says(piece("\xff", TokenType::Normal), "token 512: expected UTF-8"));
    CHECK(says(piece("<s>", TokenType::Normal), "no other id has"));
    CHECK(says(piece("<unk2>", TokenType::Unknown), "exactly one unknown token, found 2"));
    CHECK(says(piece("<0xZZ>", TokenType::Byte), "a byte token such as <0x0A>"));
    CHECK(says(piece("zz9", static_cast<TokenType>(9)), "a token type from 1 to 6"));
    CHECK(says(changed([](SentencePieceModel &m) { m.vocabulary.types[0] = TokenType::Normal; }),
               "found 0"));
    CHECK(says(changed([](SentencePieceModel &m) { m.vocabulary.types[5] = TokenType::Normal; }),
               "256 byte tokens or none, found 255"));
    CHECK(says(changed([](SentencePieceModel &m) { m.vocabulary.scores.pop_back(); }),
               "one for each of 512 tokens, found 511"));
    for (const float score :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
        CHECK(says(changed([&](SentencePieceModel &m) { m.vocabulary.scores[7] = score; }),
                   "token 7: expected a finite score"));
    CHECK(
        says(changed([](SentencePieceModel &m) { m.vocabulary.special.end = 512; }), "end token"));
}

TEST_CASE("user-defined pieces that begin one another, up to the library's buffer and beyond")
{
    const auto nested = [](int count) {
        return changed([&](SentencePieceModel &m) {
            for (int i = 1; i <= count; ++i)
                addToken(m, std::string(static_cast<size_t>(i), '~') + "~~",
                         TokenType::UserDefined);
        });
    };
    CHECK(nested(64) == "opened");
    CHECK(says(nested(65), "at most 64 user-defined tokens that begin one another"));
}

TEST_CASE("a hostile normaliser's table")
{
    const std::string good = tinyModel("tiny_unigram_nfkc_400.model").charsmap;
    const auto check = [](const std::string &charsmap) {
        return refusal([&] { checkCharsmap(charsmap, "m.model"); });
    };
    CHECK(check(good) == "opened");
    CHECK(check("") == "opened");
    CHECK(says(check("abc"), "precompiled_charsmap"));
    CHECK(says(check(std::string(size_t {3} << 20U, '\0')), "bytes"));
    CHECK(
        says(check(std::string("\xff\xff\xff\x7f", 4) + std::string(2000, '\0')), "whole blocks"));
    CHECK(says(check(good.substr(0, good.size() / 2)), "whole blocks"));
    CHECK(says(check(good.substr(0, good.size() - 1)), "end with NUL"));

    // Of one block: every unit may be reached. Units: label of its place, offset to itself, a key
    // ends.
    const auto block = [](uint32_t unitBits, const std::string &replacements) {
        std::string charsmap = std::string("\0\4\0\0", 4);
        for (uint32_t i = 0; i < 256; ++i) {
            const uint32_t unit = unitBits | i;
            for (unsigned shift = 0; shift < 32; shift += 8)
                charsmap += static_cast<char>(unit >> shift);
        }
        return charsmap + replacements;
    };
    CHECK(says(check(block(0, std::string(1, '\0'))), "keys of at most 128 bytes")); // a cycle
    CHECK(says(check(block(0x7ffffc00U, std::string(1, '\0'))), "indices within 256 units"));
}

TEST_CASE("damaged tables never lead outside")
{
    const SentencePieceModel good = tinyModel("tiny_unigram_nfkc_400.model");
    std::mt19937 random(9);
    int opened = 0;
    for (int round = 0; round < 60; ++round) {
        SentencePieceModel model = good;
        for (unsigned i = 0; i < 1 + random() % 20; ++i)
            model.charsmap[random() % (round % 2 == 0 ? model.charsmap.size() : 4096)] =
                static_cast<char>(random() % 256);
        try {
            const SentencePieceTokenizer tokenizer(std::move(model));
            ++opened;
            std::string text;
            for (int i = 0; i < 3000; ++i)
                text += static_cast<char>(random() % 256);
            for (const int32_t id : tokenizer.encode(toValidUtf8(text), SpecialTokens::Plain))
                CHECK(id < tokenizer.vocabularySize());
        } catch (const InputError &error) {
            CHECK(says(error.what(), "precompiled_charsmap"));
        }
    }
    CHECK(opened < 60);
}

TEST_CASE("a model cut at every byte, or damaged, opens or is refused")
{
    const std::string good = modelBytes("tiny_bpe_512.model");
    int opened = 0;
    for (size_t length = 0; length < good.size(); ++length) {
        const std::string message = refusal([&] {
            checkSentencePieceModel(
                readSentencePieceModel(std::string_view(good).substr(0, length), "m.model"));
        });
        opened += message == "opened" ? 1 : 0;
        CHECK((message == "opened" || says(message, "m.model")));
    }
    CHECK(opened <= 1); // without what may follow the last part that is needed

    std::mt19937 random(4);
    for (int round = 0; round < 400; ++round) {
        std::string damaged = good;
        for (unsigned i = 0; i < 1 + random() % 4; ++i)
            damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
        refusal([&] {
            const SentencePieceTokenizer tokenizer(readSentencePieceModel(damaged, "m.model"));
            const std::vector<int32_t> ids =
                tokenizer.encode("The quick <|sep|> brown ```fox 日本", SpecialTokens::Parsed);
            CHECK(!tokenizer.decode(ids).empty());
        });
    }
}

TEST_CASE("the wire format's own traps")
{
    const auto read = [](const std::string &bytes) {
        return refusal([&] { readSentencePieceModel(bytes, "m.model"); });
    };
    CHECK(says(read(""), "trainer_spec"));
    CHECK(says(changed([](SentencePieceModel &m) { m.vocabulary = {}; }), "found 0"));
    CHECK(says(read("\x0a\xff\xff\xff\xff\x0f"), "bytes, found 0"));
    CHECK(says(read("\x0a"), "a number, found the end"));
    CHECK(says(read(std::string(12, '\xff')), "at most 64 bits"));
    CHECK(says(read(std::string("\0\0", 2)), "a field's number"));
    CHECK(says(read("\x0b"), "wire type"));
    CHECK(says(read("\x08\x01"), "bytes in field 1, found a number"));
    std::string trainer;
    putProtoInteger(trainer, 3, 4);
    std::string model;
    putProtoBytes(model, 2, trainer);
    CHECK(says(read(model), "model_type: expected unigram (1) or BPE (2), found 4"));
}
