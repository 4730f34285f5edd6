// A SentencePiece model as plain data: read from a .model file by our own reader, checked, and
// written anew for the library, which is not safe on hostile models. Format:
// sentencepiece_model.proto of google/sentencepiece.
#pragma once

#include "vocabulary.h"

#include <string>
#include <string_view>

namespace inferlab {

struct SentencePieceModel
{
    enum class Algorithm : int32_t { Unigram = 1, Bpe = 2 };

    Vocabulary vocabulary;
    Algorithm algorithm = Algorithm::Unigram;
    std::string unknownSurface = " \xe2\x81\x87 "; // what <unk> decodes to: U+2047 between spaces
    bool addsDummyPrefix = true;                   // a space before the text
    bool removesExtraSpaces = true;
    bool escapesSpaces = true; // to U+2581
    std::string normalizerName = "identity";
    std::string charsmap; // of the normaliser
};

// Throws InputError for what is not a SentencePiece model, or uses what this program does not have.
SentencePieceModel readSentencePieceModel(std::string_view bytes, const std::string &source);

// Throws InputError for all that could harm the library: see the checks.
void checkSentencePieceModel(const SentencePieceModel &model);

// U+2581 for each space, as pieces are written.
std::string escapeSpaces(std::string_view text);

// The model for the library; checked first.
std::string writeSentencePieceModel(const SentencePieceModel &model);

} // namespace inferlab
