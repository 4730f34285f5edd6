// libsentencepiece behind our own checks, and our own way back from ids to bytes.
#include "sentencepiece_tokenizer.h"

#include "engine/base/error.h"
#include "engine/base/number_text.h"
#include "utf8_stream.h"

#include <sentencepiece_processor.h>

#include <charconv>
#include <stdexcept>

namespace inferlab {

namespace {

constexpr std::string_view kSpaceSymbol = "\xe2\x96\x81"; // U+2581

std::string withSpaces(std::string_view piece)
{
    std::string text;
    for (size_t position = 0; position < piece.size();) {
        const bool isSpace = piece.substr(position).starts_with(kSpaceSymbol);
        text += isSpace ? ' ' : piece[position];
        position += isSpace ? kSpaceSymbol.size() : 1;
    }
    return text;
}

// What a token stands for in a text; the name of a control token.
std::string pieceText(const SentencePieceModel &model, size_t id)
{
    const std::string &token = model.vocabulary.tokens[id];
    switch (model.vocabulary.types[id]) {
    case TokenType::Control:
        return token;
    case TokenType::Unknown:
        return model.unknownSurface;
    case TokenType::Byte: {
        uint8_t byte = 0;
        std::from_chars(token.data() + 3, token.data() + 5, byte, 16); // "<0x0A>"
        return std::string(1, static_cast<char>(byte));
    }
    default:
        return withSpaces(token);
    }
}

} // namespace

struct SentencePieceTokenizer::Library
{
    sentencepiece::SentencePieceProcessor processor;
};

SentencePieceTokenizer::SentencePieceTokenizer(SentencePieceModel model)
    : m_algorithm(model.algorithm)
    , m_dropsFirstSpace(model.addsDummyPrefix || model.removesExtraSpaces)
    , m_dropsFirstSpaces(model.removesExtraSpaces)
    , m_begin(model.vocabulary.special.begin)
    , m_addsBegin(model.vocabulary.addsBegin && m_begin >= 0)
{
    auto library = std::make_unique<Library>();
    const sentencepiece::util::Status status =
        library->processor.LoadFromSerializedProto(writeSentencePieceModel(model));
    const Vocabulary &v = model.vocabulary;
    if (!status.ok())
        throw InputError(v.source, "SentencePiece model", "a model that libsentencepiece takes",
                         status.ToString());
    m_library = std::move(library);
    m_endTokens = findEndTokens(v);
    m_pieces.reserve(v.tokens.size());
    for (size_t i = 0; i < v.tokens.size(); ++i) {
        m_pieces.push_back(pieceText(model, i));
        if (v.types[i] == TokenType::Control)
            m_controls.insert(v.tokens[i], static_cast<int32_t>(i));
    }
    m_types = v.types;
}

SentencePieceTokenizer::~SentencePieceTokenizer() = default;

int32_t SentencePieceTokenizer::vocabularySize() const noexcept
{
    return static_cast<int32_t>(m_pieces.size());
}

std::string SentencePieceTokenizer::description() const
{
    const bool isBpe = m_algorithm == SentencePieceModel::Algorithm::Bpe;
    return std::string("SentencePiece ") + (isBpe ? "BPE, " : "unigram, ")
        + groupedText(m_pieces.size()) + " tokens";
}

void SentencePieceTokenizer::appendPlain(std::string_view text, std::vector<int32_t> &ids) const
{
    std::vector<int> encoded;
    const sentencepiece::util::Status status = isValidUtf8(text)
        ? m_library->processor.Encode({text.data(), text.size()}, &encoded)
        : m_library->processor.Encode(toValidUtf8(text), &encoded);
    if (!status.ok())
        throw std::runtime_error("SentencePiece cannot encode: " + status.ToString());
    ids.insert(ids.end(), encoded.begin(), encoded.end());
}

std::vector<int32_t> SentencePieceTokenizer::encode(std::string_view text,
                                                    SpecialTokens special) const
{
    std::vector<int32_t> ids;
    size_t position = 0;
    if (special == SpecialTokens::Parsed) {
        for (const ControlMatch &match : findControls(text)) {
            appendPlain(text.substr(position, match.begin - position), ids);
            ids.push_back(match.id);
            position = match.begin + match.length;
        }
    }
    appendPlain(text.substr(position), ids);
    return ids;
}

std::vector<Tokenizer::ControlMatch>
SentencePieceTokenizer::findControls(std::string_view text) const
{
    std::vector<ControlMatch> matches;
    for (size_t position = 0;;) {
        const TokenTrie::Match match = m_controls.find(text, position);
        if (match.length == 0)
            return matches;
        matches.push_back({match.begin, match.length, match.id});
        position = match.begin + match.length;
    }
}

std::string SentencePieceTokenizer::piece(int32_t id) const
{
    if (id < 0 || id >= vocabularySize())
        throw std::out_of_range("token id " + std::to_string(id) + " is outside the vocabulary");
    return m_pieces[static_cast<size_t>(id)];
}

bool SentencePieceTokenizer::isControl(int32_t id) const
{
    if (id < 0 || id >= vocabularySize())
        throw std::out_of_range("token id " + std::to_string(id) + " is outside the vocabulary");
    return m_types[static_cast<size_t>(id)] == TokenType::Control;
}

std::string SentencePieceTokenizer::decode(std::span<const int32_t> ids) const
{
    std::string text;
    bool mayDropSpace = m_dropsFirstSpace;
    for (const int32_t id : ids) {
        if (isControl(id))
            continue;
        std::string_view part = m_pieces[static_cast<size_t>(id)];
        const bool isText = m_types[static_cast<size_t>(id)] == TokenType::Normal
            || m_types[static_cast<size_t>(id)] == TokenType::UserDefined;
        if (mayDropSpace && isText && part.starts_with(' ')) {
            part.remove_prefix(1);
            mayDropSpace = m_dropsFirstSpaces;
        }
        text += part;
        mayDropSpace = mayDropSpace && text.empty();
    }
    return text;
}

} // namespace inferlab
