// Chooses the tokenizer that a GGUF file asks for.
#include "byte_bpe_tokenizer.h"
#include "gguf_vocabulary.h"
#include "tokenizer.h"

#include "engine/base/error.h"
#include "engine/files/gguf.h"

namespace inferlab {

namespace {

std::unique_ptr<Tokenizer> makeByteBpe(const GgufFile &file)
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
    vocabulary.merges = readGgufMerges(file);
    return std::make_unique<ByteBpeTokenizer>(std::move(vocabulary),
                                              ByteBpeOptions {*preTokenizer, isLlama3, false});
}

} // namespace

std::unique_ptr<Tokenizer> makeTokenizer(const GgufFile &file)
{
    const std::string model = file.requireString("tokenizer.ggml.model");
    if (model == "gpt2")
        return makeByteBpe(file);
    throw InputError(file.path().string(), "tokenizer.ggml.model", "gpt2 or llama",
                     "\"" + model + "\"");
}

} // namespace inferlab
