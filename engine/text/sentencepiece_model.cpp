// Reading, checking and writing SentencePiece models.
#include "sentencepiece_model.h"

#include "charsmap_check.h"
#include "engine/base/error.h"
#include "proto_wire.h"
#include "utf8_stream.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

namespace inferlab {

namespace {

constexpr int64_t kMaxId = std::numeric_limits<int32_t>::max();
// Published models have up to 262,144 pieces; checkVocabulary has the exact limit. This one is
// before memory is taken.
constexpr size_t kMaxPieces = size_t {1} << 20U;
// libsentencepiece's PrefixMatcher has an array of 64 matches and reads as many as were found.
constexpr size_t kMaxNestedUserDefined = 64;

// Field numbers of sentencepiece_model.proto.
namespace field {
enum Model : uint32_t { Pieces = 1, Trainer = 2, Normalizer = 3, Denormalizer = 5 };
enum Piece : uint32_t { Text = 1, Score = 2, Type = 3 };
enum TrainerSpec : uint32_t {
    ModelType = 3,
    VocabSize = 4,
    SpaceAsSuffix = 24,
    ByteFallback = 35,
    UnkId = 40,
    BosId = 41,
    EosId = 42,
    PadId = 43,
    UnkSurface = 44,
    UnkPiece = 45,
    BosPiece = 46,
    EosPiece = 47,
};
enum NormalizerSpec : uint32_t {
    Name = 1,
    Charsmap = 2,
    AddDummyPrefix = 3,
    RemoveExtraSpaces = 4,
    EscapeSpaces = 5,
};
} // namespace field

void readPiece(std::string_view bytes, const std::string &source, Vocabulary &v)
{
    const std::string place = "piece " + std::to_string(v.tokens.size());
    if (v.tokens.size() >= kMaxPieces)
        throw InputError(source, place, "at most " + std::to_string(kMaxPieces) + " pieces",
                         "more");
    std::string text;
    float score = 0;
    auto type = TokenType::Normal;
    ProtoReader reader(bytes, source, place);
    for (ProtoField f; reader.next(f);) {
        if (f.number == field::Text)
            text = reader.asBytes(f);
        else if (f.number == field::Score)
            score = reader.asFloat(f);
        else if (f.number == field::Type)
            type = static_cast<TokenType>(reader.asInteger(f, 1, 6));
    }
    v.tokens.push_back(std::move(text));
    v.scores.push_back(score);
    v.types.push_back(type);
}

void readTrainer(std::string_view bytes, SentencePieceModel &model)
{
    const std::string &source = model.vocabulary.source;
    SpecialIds &special = model.vocabulary.special;
    ProtoReader reader(bytes, source, "trainer_spec");
    const auto id = [&reader](const ProtoField &f) {
        return static_cast<int32_t>(reader.asInteger(f, -1, kMaxId));
    };
    for (ProtoField f; reader.next(f);) {
        switch (f.number) {
        case field::ModelType: {
            const int64_t type = reader.asInteger(f, 1, 4);
            if (type > 2)
                throw InputError(source, "model_type", "unigram (1) or BPE (2)",
                                 std::to_string(type));
            model.algorithm = static_cast<SentencePieceModel::Algorithm>(type);
            break;
        }
        case field::SpaceAsSuffix:
            if (reader.asBool(f))
                throw InputError(source, "treat_whitespace_as_suffix", "false", "true");
            break;
        case field::UnkId:
            special.unknown = id(f);
            break;
        case field::BosId:
            special.begin = id(f);
            break;
        case field::EosId:
            special.end = id(f);
            break;
        case field::PadId:
            special.padding = id(f);
            break;
        case field::UnkSurface:
            model.unknownSurface = reader.asBytes(f);
            break;
        default:
            break; // how it was trained
        }
    }
}

void readNormalizer(std::string_view bytes, SentencePieceModel &model)
{
    ProtoReader reader(bytes, model.vocabulary.source, "normalizer_spec");
    for (ProtoField f; reader.next(f);) {
        switch (f.number) {
        case field::Name:
            model.normalizerName = reader.asBytes(f);
            break;
        case field::Charsmap:
            model.charsmap = reader.asBytes(f);
            break;
        case field::AddDummyPrefix:
            model.addsDummyPrefix = reader.asBool(f);
            break;
        case field::RemoveExtraSpaces:
            model.removesExtraSpaces = reader.asBool(f);
            break;
        case field::EscapeSpaces:
            model.escapesSpaces = reader.asBool(f);
            break;
        default:
            break; // the rules that the table was made of
        }
    }
}

void checkPieces(const Vocabulary &v)
{
    if (v.scores.size() != v.tokens.size())
        throw InputError(v.source, "scores",
                         "one for each of " + std::to_string(v.tokens.size()) + " tokens",
                         std::to_string(v.scores.size()));
    for (size_t i = 0; i < v.tokens.size(); ++i) {
        const std::string place = "token " + std::to_string(i);
        if (v.tokens[i].find('\0') != std::string::npos)
            throw InputError(v.source, place, "text without NUL", "a NUL");
        if (!isValidUtf8(v.tokens[i]))
            throw InputError(v.source, place, "UTF-8", "other bytes");
        if (!std::isfinite(v.scores[i]))
            throw InputError(v.source, place, "a finite score", "infinity or not a number");
    }
    const auto unknown = std::count(v.types.begin(), v.types.end(), TokenType::Unknown);
    if (unknown != 1)
        throw InputError(v.source, "vocabulary", "exactly one unknown token",
                         std::to_string(unknown));
}

// Byte tokens are <0x00> to <0xFF>, all or none.
void checkByteTokens(const Vocabulary &v)
{
    std::unordered_set<std::string_view> names;
    for (size_t i = 0; i < v.tokens.size(); ++i) {
        if (v.types[i] != TokenType::Byte)
            continue;
        const std::string_view name = v.tokens[i];
        const bool isByte = name.size() == 6 && name.starts_with("<0x") && name.ends_with('>')
            && name.find_first_not_of("0123456789ABCDEF", 3) == 5;
        if (!isByte)
            throw InputError(v.source, "token " + std::to_string(i), "a byte token such as <0x0A>",
                             "\"" + v.tokens[i] + "\"");
        names.insert(name);
    }
    if (!names.empty() && names.size() != 256)
        throw InputError(v.source, "vocabulary", "256 byte tokens or none",
                         std::to_string(names.size()));
}

void checkUserDefined(const Vocabulary &v)
{
    std::unordered_set<std::string_view> all;
    for (size_t i = 0; i < v.tokens.size(); ++i) {
        if (v.types[i] == TokenType::UserDefined)
            all.insert(v.tokens[i]);
    }
    for (const std::string_view token : all) {
        size_t nested = 0;
        for (size_t length = 1; length <= token.size(); ++length)
            nested += all.count(token.substr(0, length));
        if (nested > kMaxNestedUserDefined)
            throw InputError(v.source, "vocabulary",
                             "at most " + std::to_string(kMaxNestedUserDefined)
                                 + " user-defined tokens that begin one another",
                             std::to_string(nested));
    }
}

bool hasByteTokens(const Vocabulary &v)
{
    return std::find(v.types.begin(), v.types.end(), TokenType::Byte) != v.types.end();
}

} // namespace

SentencePieceModel readSentencePieceModel(std::string_view bytes, const std::string &source)
{
    SentencePieceModel model;
    Vocabulary &v = model.vocabulary;
    v.source = source;
    // trainer_spec's defaults.
    v.special = {.begin = 1, .end = 2, .endOfTurn = -1, .unknown = 0, .padding = -1};
    bool hasTrainer = false;
    bool hasNormalizer = false;
    ProtoReader reader(bytes, source, "SentencePiece model");
    for (ProtoField f; reader.next(f);) {
        if (f.number == field::Pieces) {
            readPiece(reader.asBytes(f), source, v);
        } else if (f.number == field::Trainer) {
            readTrainer(reader.asBytes(f), model);
            hasTrainer = true;
        } else if (f.number == field::Normalizer) {
            readNormalizer(reader.asBytes(f), model);
            hasNormalizer = true;
        } else if (f.number == field::Denormalizer) {
            SentencePieceModel back;
            back.vocabulary.source = source;
            readNormalizer(reader.asBytes(f), back);
            if (!back.charsmap.empty())
                throw InputError(source, "denormalizer_spec", "none", "a table");
        }
    }
    // Both follow the pieces in every model that the library wrote: without them the file was cut.
    if (!hasTrainer || !hasNormalizer)
        throw InputError(source, "SentencePiece model", "a trainer_spec and a normalizer_spec",
                         std::string("no ") + (hasTrainer ? "normalizer_spec" : "trainer_spec"));
    v.addsBegin = v.special.begin >= 0; // as transformers' LlamaTokenizer does by default
    return model;
}

std::string escapeSpaces(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        if (c == ' ')
            escaped += "\xe2\x96\x81";
        else
            escaped += c;
    }
    return escaped;
}

void checkSentencePieceModel(const SentencePieceModel &model)
{
    checkVocabulary(model.vocabulary);
    checkPieces(model.vocabulary);
    checkByteTokens(model.vocabulary);
    checkUserDefined(model.vocabulary);
    checkCharsmap(model.charsmap, model.vocabulary.source);
}

std::string writeSentencePieceModel(const SentencePieceModel &model)
{
    checkSentencePieceModel(model);
    const Vocabulary &v = model.vocabulary;
    std::string bytes;
    for (size_t i = 0; i < v.tokens.size(); ++i) {
        std::string piece;
        putProtoBytes(piece, field::Text, v.tokens[i]);
        putProtoFloat(piece, field::Score, v.scores[i]);
        putProtoInteger(piece, field::Type, static_cast<int32_t>(v.types[i]));
        putProtoBytes(bytes, field::Pieces, piece);
    }
    const auto unknown =
        std::find(v.types.begin(), v.types.end(), TokenType::Unknown) - v.types.begin();
    std::string trainer;
    putProtoInteger(trainer, field::ModelType, static_cast<int32_t>(model.algorithm));
    putProtoInteger(trainer, field::VocabSize, static_cast<int64_t>(v.tokens.size()));
    putProtoInteger(trainer, field::ByteFallback, hasByteTokens(v) ? 1 : 0);
    putProtoInteger(trainer, field::UnkId, unknown);
    putProtoInteger(trainer, field::BosId, v.special.begin);
    putProtoInteger(trainer, field::EosId, v.special.end);
    putProtoInteger(trainer, field::PadId, v.special.padding);
    putProtoBytes(trainer, field::UnkPiece, v.tokens[static_cast<size_t>(unknown)]);
    putProtoBytes(bytes, field::Trainer, trainer);
    std::string normalizer;
    putProtoBytes(normalizer, field::Name, model.normalizerName);
    if (!model.charsmap.empty())
        putProtoBytes(normalizer, field::Charsmap, model.charsmap);
    putProtoInteger(normalizer, field::AddDummyPrefix, model.addsDummyPrefix ? 1 : 0);
    putProtoInteger(normalizer, field::RemoveExtraSpaces, model.removesExtraSpaces ? 1 : 0);
    putProtoInteger(normalizer, field::EscapeSpaces, model.escapesSpaces ? 1 : 0);
    putProtoBytes(bytes, field::Normalizer, normalizer);
    return bytes;
}

} // namespace inferlab
