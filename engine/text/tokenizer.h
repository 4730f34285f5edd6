// Text to token ids and back, for every vocabulary this program reads.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

class GgufFile;

enum class SpecialTokens {
    Plain,  // text that a user typed: "<|im_end|>" is ten characters
    Parsed, // text of a template: special tokens are recognised, leftmost and longest
};

class Tokenizer
{
public:
    virtual ~Tokenizer() = default;

    virtual int32_t vocabularySize() const noexcept = 0;
    virtual std::string
    description() const = 0; // "byte-level BPE, pre-tokeniser smollm, 49,152 tokens"

    // Ids of valid or invalid UTF-8 (bytes are bytes for byte-level BPE; SentencePiece reads
    // U+FFFD). Adds no BOS or EOS.
    virtual std::vector<int32_t> encode(std::string_view text, SpecialTokens special) const = 0;

    // Control tokens that encode(text, Parsed) recognises in `text`, from left to right.
    struct ControlMatch
    {
        size_t begin = 0; // bytes
        size_t length = 0;
        int32_t id = -1;
    };
    virtual std::vector<ControlMatch> findControls(std::string_view text) const = 0;

    // The bytes that a token stands for; may be part of a UTF-8 character. Control tokens give
    // their name ("<|im_end|>"). Throws std::out_of_range for an id outside the vocabulary.
    virtual std::string piece(int32_t id) const = 0;
    virtual bool isControl(int32_t id) const = 0;

    // Text of a whole sequence, bytes as they are; control tokens are left out.
    virtual std::string decode(std::span<const int32_t> ids) const = 0;

    // What the model asks to put before a raw prompt, -1 when nothing.
    virtual int32_t beginToken() const noexcept = 0;
    virtual bool addsBeginToken() const noexcept = 0;
    // Tokens that end a generation: eos first (when the model has one), then eot and their kin.
    virtual std::span<const int32_t> endTokens() const noexcept = 0;
};

// From a GGUF's tokenizer.ggml.* keys. Throws InputError, and Cancelled when *stop became true.
std::unique_ptr<Tokenizer> makeTokenizer(const GgufFile &file,
                                         const std::atomic<bool> *stop = nullptr);

// From any of: GGUF, SentencePiece .model, tokenizer.json, or a folder with one of these. Throws
// InputError.
std::unique_ptr<Tokenizer> openTokenizer(const std::filesystem::path &path);

} // namespace inferlab
