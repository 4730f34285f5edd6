// SentencePiece tokenizers (Llama 2, Mistral, Gemma, Phi-3) through libsentencepiece, whose types
// stay in the source. Text that is not UTF-8 is read as U+FFFD.
#pragma once

#include "sentencepiece_model.h"
#include "token_trie.h"
#include "tokenizer.h"

namespace inferlab {

class SentencePieceTokenizer final : public Tokenizer
{
public:
    // Throws InputError for a model that does not pass checkSentencePieceModel, or that the library
    // refuses.
    explicit SentencePieceTokenizer(SentencePieceModel model);
    ~SentencePieceTokenizer() override;

    int32_t vocabularySize() const noexcept override;
    std::string description() const override;
    std::vector<int32_t> encode(std::string_view text, SpecialTokens special) const override;
    std::vector<ControlMatch> findControls(std::string_view text) const override;
    std::string piece(int32_t id) const override;
    bool isControl(int32_t id) const override;
    // As the library: without the space that was put before the text.
    std::string decode(std::span<const int32_t> ids) const override;
    int32_t beginToken() const noexcept override { return m_begin; }
    bool addsBeginToken() const noexcept override { return m_addsBegin; }
    std::span<const int32_t> endTokens() const noexcept override { return m_endTokens; }

private:
    struct Library;

    void appendPlain(std::string_view text, std::vector<int32_t> &ids) const;

    std::unique_ptr<const Library> m_library;
    SentencePieceModel::Algorithm m_algorithm;
    std::vector<std::string> m_pieces; // as text: bytes of byte tokens, spaces for U+2581
    std::vector<TokenType> m_types;
    TokenTrie m_controls;
    bool m_dropsFirstSpace = false;
    bool m_dropsFirstSpaces = false;
    int32_t m_begin = -1;
    bool m_addsBegin = false;
    std::vector<int32_t> m_endTokens;
};

} // namespace inferlab
