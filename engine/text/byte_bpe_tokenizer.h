// Byte-level BPE: GPT-2's scheme, used by SmolLM, Llama 3, Qwen and others. Any bytes can be
// encoded; a byte that the vocabulary lacks gives no token at all, as in Hugging Face's tokenizers.
#pragma once

#include "bpe_merge.h"
#include "pre_tokenizer.h"
#include "token_trie.h"
#include "tokenizer.h"
#include "vocabulary.h"

#include <array>
#include <atomic>
#include <unordered_map>

namespace inferlab {

struct ByteBpeOptions
{
    PreTokenizer preTokenizer = PreTokenizer::Gpt2;
    bool ignoreMerges = false; // a word that is a token is that token, whatever the merges say
    bool normalizesToNfc = false;
};

class ByteBpeTokenizer final : public Tokenizer
{
public:
    // Throws InputError for a vocabulary that breaks a rule: entries outside the byte alphabet,
    // merges of tokens that are not there, and all that checkVocabulary finds. Throws Cancelled
    // when *stop became true.
    ByteBpeTokenizer(Vocabulary vocabulary, ByteBpeOptions options,
                     const std::atomic<bool> *stop = nullptr);

    int32_t vocabularySize() const noexcept override;
    std::string description() const override;
    std::vector<int32_t> encode(std::string_view text, SpecialTokens special) const override;
    std::vector<ControlMatch> findControls(std::string_view text) const override;
    std::string piece(int32_t id) const override;
    bool isControl(int32_t id) const override;
    std::string decode(std::span<const int32_t> ids) const override;
    int32_t beginToken() const noexcept override { return m_begin; }
    bool addsBeginToken() const noexcept override { return m_addsBegin; }
    std::span<const int32_t> endTokens() const noexcept override { return m_endTokens; }

private:
    class WordEncoder;

    void readTokens(const Vocabulary &vocabulary, const std::atomic<bool> *stop);
    void readMerges(const Vocabulary &vocabulary, const std::atomic<bool> *stop);

    ByteBpeOptions m_options;
    std::vector<std::string> m_pieces; // bytes of each token; the name of a control token
    std::vector<TokenType> m_types;
    std::unordered_map<std::string_view, int32_t>
        m_ids;                             // of plain tokens by their bytes; views m_pieces
    std::array<int32_t, 256> m_byteIds {}; // -1: the vocabulary lacks the byte
    MergeTable m_merges;
    TokenTrie m_userDefined; // recognised always
    TokenTrie m_special;     // user-defined and control tokens
    int32_t m_begin = -1;
    bool m_addsBegin = false;
    std::vector<int32_t> m_endTokens;
};

} // namespace inferlab
