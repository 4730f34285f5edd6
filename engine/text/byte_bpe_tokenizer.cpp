// Byte-level BPE over a checked vocabulary.
#include "byte_bpe_tokenizer.h"

#include "byte_alphabet.h"
#include "engine/base/error.h"
#include "engine/base/number_text.h"
#include "nfc.h"
#include "word_memo.h"

#include <stdexcept>

namespace inferlab {

namespace {

constexpr int32_t kNoToken = -1;

// Tokens or merges read between two looks at `stop`: a millisecond or two.
constexpr size_t kEntriesBetweenLooks = 4096;

} // namespace

// Encodes the words of one text: the buffers of a call, and the words it has met.
class ByteBpeTokenizer::WordEncoder
{
public:
    WordEncoder(const ByteBpeTokenizer &tokenizer, size_t textBytes)
        : m_tokenizer(tokenizer)
        , m_merger(tokenizer.m_merges)
        , m_memo(textBytes)
    { }

    void encode(std::string_view text, std::vector<int32_t> &ids)
    {
        for (size_t position = 0; position < text.size();) {
            const size_t length = wordLength(m_tokenizer.m_options.preTokenizer, text, position);
            encodeWord(text.substr(position, length), ids);
            position += length;
        }
    }

private:
    void encodeWord(std::string_view word, std::vector<int32_t> &ids)
    {
        if (m_tokenizer.m_options.ignoreMerges) {
            if (const auto found = m_tokenizer.m_ids.find(word); found != m_tokenizer.m_ids.end()) {
                ids.push_back(found->second);
                return;
            }
        }
        WordMemo::Place memo = m_memo.find(word);
        if (memo.exists()) {
            const std::span<const int32_t> known = memo.tokens();
            if (!known.empty()) {
                ids.insert(ids.end(), known.begin(), known.end());
                return;
            }
        }
        m_word.clear();
        for (const char byte : word) {
            const int32_t id = m_tokenizer.m_byteIds[static_cast<uint8_t>(byte)];
            if (id != kNoToken)
                m_word.push_back(id);
        }
        m_merger.merge(m_word);
        ids.insert(ids.end(), m_word.begin(), m_word.end());
        if (memo.exists())
            memo.keep(m_word);
    }

    const ByteBpeTokenizer &m_tokenizer;
    BpeMerger m_merger;
    WordMemo m_memo;
    std::vector<int32_t> m_word;
};

ByteBpeTokenizer::ByteBpeTokenizer(Vocabulary vocabulary, ByteBpeOptions options,
                                   const std::atomic<bool> *stop)
    : m_options(options)
    , m_merges(vocabulary.merges.size())
    , m_begin(vocabulary.special.begin)
    , m_addsBegin(vocabulary.addsBegin && vocabulary.special.begin >= 0)
{
    checkVocabulary(vocabulary);
    m_endTokens = findEndTokens(vocabulary);
    readTokens(vocabulary, stop);
    readMerges(vocabulary, stop);
    m_types = std::move(vocabulary.types);
}

void ByteBpeTokenizer::readTokens(const Vocabulary &v, const std::atomic<bool> *stop)
{
    m_byteIds.fill(kNoToken);
    m_pieces.reserve(v.tokens.size()); // m_ids views the strings: they must not move
    for (size_t i = 0; i < v.tokens.size(); ++i) {
        if (i % kEntriesBetweenLooks == 0)
            throwIfStopped(stop);
        const auto id = static_cast<int32_t>(i);
        const std::string &token = v.tokens[i];
        if (v.types[i] == TokenType::Control || v.types[i] == TokenType::UserDefined) {
            m_pieces.push_back(token);
            m_special.insert(token, id);
            if (v.types[i] == TokenType::UserDefined)
                m_userDefined.insert(token, id);
            continue;
        }
        std::optional<std::string> bytes = bytesFromAlphabet(token);
        // Converters fill unused ids with names of any characters; no text becomes one of those.
        if (!bytes && v.types[i] != TokenType::Unused && v.types[i] != TokenType::Unknown)
            throw InputError(v.source, "token " + std::to_string(i),
                             "characters of the byte alphabet", "\"" + token + "\"");
        if (!bytes) {
            m_pieces.push_back(token);
            continue;
        }
        m_pieces.push_back(std::move(*bytes));
        m_ids.emplace(m_pieces.back(), id);
        if (m_pieces.back().size() == 1)
            m_byteIds[static_cast<uint8_t>(m_pieces.back().front())] = id;
    }
}

void ByteBpeTokenizer::readMerges(const Vocabulary &v, const std::atomic<bool> *stop)
{
    const auto place = [](size_t rank) { return "merge " + std::to_string(rank); };
    const auto idOf = [&](size_t rank, const std::string &token) {
        const std::optional<std::string> bytes = bytesFromAlphabet(token);
        const auto found = bytes ? m_ids.find(*bytes) : m_ids.end();
        if (found == m_ids.end())
            throw InputError(v.source, place(rank), "tokens of the vocabulary",
                             "\"" + token + "\"");
        return found->second;
    };
    std::string both;
    for (size_t rank = 0; rank < v.merges.size(); ++rank) {
        if (rank % kEntriesBetweenLooks == 0)
            throwIfStopped(stop);
        const auto &[left, right] = v.merges[rank];
        const int32_t leftId = idOf(rank, left);
        const int32_t rightId = idOf(rank, right);
        const int32_t merged = idOf(rank, both.assign(left).append(right));
        if (!m_merges.insert(leftId, rightId, {static_cast<uint32_t>(rank), merged}))
            throw InputError(v.source, place(rank), "a pair that no earlier merge has",
                             "\"" + left + " " + right + "\"");
    }
}

int32_t ByteBpeTokenizer::vocabularySize() const noexcept
{
    return static_cast<int32_t>(m_pieces.size());
}

std::string ByteBpeTokenizer::description() const
{
    return "byte-level BPE, pre-tokeniser " + std::string(preTokenizerName(m_options.preTokenizer))
        + (m_options.normalizesToNfc ? ", NFC, " : ", ") + groupedText(m_pieces.size()) + " tokens";
}

std::vector<int32_t> ByteBpeTokenizer::encode(std::string_view text, SpecialTokens special) const
{
    std::vector<int32_t> ids;
    WordEncoder encoder(*this, text.size());
    const auto encodePlain = [&](std::string_view part) {
        if (m_options.normalizesToNfc)
            encoder.encode(toNfc(part), ids);
        else
            encoder.encode(part, ids);
    };
    const TokenTrie &trie = special == SpecialTokens::Parsed ? m_special : m_userDefined;
    size_t position = 0;
    while (!trie.empty()) {
        const TokenTrie::Match match = trie.find(text, position);
        if (match.length == 0)
            break;
        encodePlain(text.substr(position, match.begin - position));
        ids.push_back(match.id);
        position = match.begin + match.length;
    }
    encodePlain(text.substr(position));
    return ids;
}

std::vector<Tokenizer::ControlMatch> ByteBpeTokenizer::findControls(std::string_view text) const
{
    std::vector<ControlMatch> matches;
    for (size_t position = 0;;) {
        const TokenTrie::Match match = m_special.find(text, position);
        if (match.length == 0)
            return matches;
        if (isControl(match.id))
            matches.push_back({match.begin, match.length, match.id});
        position = match.begin + match.length;
    }
}

std::string ByteBpeTokenizer::piece(int32_t id) const
{
    if (id < 0 || id >= vocabularySize())
        throw std::out_of_range("token id " + std::to_string(id) + " is outside the vocabulary");
    return m_pieces[static_cast<size_t>(id)];
}

bool ByteBpeTokenizer::isControl(int32_t id) const
{
    if (id < 0 || id >= vocabularySize())
        throw std::out_of_range("token id " + std::to_string(id) + " is outside the vocabulary");
    return m_types[static_cast<size_t>(id)] == TokenType::Control;
}

std::string ByteBpeTokenizer::decode(std::span<const int32_t> ids) const
{
    std::string text;
    for (const int32_t id : ids) {
        if (!isControl(id))
            text += m_pieces[static_cast<size_t>(id)];
    }
    return text;
}

} // namespace inferlab
