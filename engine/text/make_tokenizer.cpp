// Chooses the tokenizer that a GGUF file asks for.
#include "byte_bpe_tokenizer.h"
#include "gguf_vocabulary.h"
#include "sentencepiece_tokenizer.h"
#include "tokenizer.h"

#include "engine/base/error.h"
#include "engine/files/gguf.h"

#include <algorithm>

namespace inferlab {

namespace {

std::unique_ptr<Tokenizer> makeByteBpe(const GgufFile &file, const std::atomic<bool> *stop)
{
    const std::string name = file.requireString("tokenizer.ggml.pre");
    const std::optional<PreTokenizer> preTokenizer = preTokenizerByName(name);
    if (!preTokenizer)
        throw InputError(file.path().string(), "tokenizer.ggml.pre",
                         "one of " + knownPreTokenizers(), "\"" + name + "\"");
    // Llama 3's tokenizer takes whole-word tokens before merging and puts its begin token first;
    // its GGUF files do not say so. They do not say that Qwen's normalises to NFC either, and
    // llama.cpp does not.
    const bool isLlama3 = *preTokenizer == PreTokenizer::LlamaBpe;
    Vocabulary vocabulary = readGgufVocabulary(file, isLlama3);
    throwIfStopped(stop);
    vocabulary.merges = readGgufMerges(file);
    throwIfStopped(stop);
    return std::make_unique<ByteBpeTokenizer>(
        std::move(vocabulary), ByteBpeOptions {*preTokenizer, isLlama3, false}, stop);
}

std::unique_ptr<Tokenizer> makeSentencePiece(const GgufFile &file, const std::atomic<bool> *stop)
{
    // GGUF's "llama" is SentencePiece's BPE without normalising, spaces kept.
    SentencePieceModel model;
    model.algorithm = SentencePieceModel::Algorithm::Bpe;
    model.removesExtraSpaces = false;
    model.addsDummyPrefix = file.optionalBool("tokenizer.ggml.add_space_prefix").value_or(true);
    model.vocabulary = readGgufVocabulary(file, true);
    throwIfStopped(stop);
    const auto scores = file.optionalFloats("tokenizer.ggml.scores");
    if (!scores)
        throw InputError(file.path().string(), "tokenizer.ggml.scores", "a list of scores",
                         "no such key");
    model.vocabulary.scores = *scores;
    // Converters write user-defined tokens as plain text, where SentencePiece has U+2581 for a
    // space.
    for (size_t i = 0; i < std::min(model.vocabulary.tokens.size(), model.vocabulary.types.size());
         ++i) {
        if (model.vocabulary.types[i] == TokenType::UserDefined)
            model.vocabulary.tokens[i] = escapeSpaces(model.vocabulary.tokens[i]);
    }
    return std::make_unique<SentencePieceTokenizer>(std::move(model));
}

} // namespace

std::unique_ptr<Tokenizer> makeTokenizer(const GgufFile &file, const std::atomic<bool> *stop)
{
    const std::string model = file.requireString("tokenizer.ggml.model");
    if (model == "gpt2")
        return makeByteBpe(file, stop);
    if (model == "llama")
        return makeSentencePiece(file, stop);
    throw InputError(file.path().string(), "tokenizer.ggml.model", "gpt2 or llama",
                     "\"" + model + "\"");
}

} // namespace inferlab
