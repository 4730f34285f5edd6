// The hand-written scanners of the known pre-tokenisers.
#include "pre_tokenizer.h"

#include "character_class.h"

#include <array>
#include <cstdint>

namespace inferlab {

namespace {

using enum CharacterClass;

struct Name
{
    std::string_view name;
    PreTokenizer kind;
};

// The first name of a kind is the one we show; the others are converters' names for the same
// pattern.
constexpr std::array kNames = {
    Name {"gpt-2", PreTokenizer::Gpt2},         Name {"smollm", PreTokenizer::SmolLm},
    Name {"llama-bpe", PreTokenizer::LlamaBpe}, Name {"qwen2", PreTokenizer::Qwen2},
    Name {"phi-2", PreTokenizer::Gpt2},         Name {"starcoder", PreTokenizer::SmolLm},
    Name {"refact", PreTokenizer::SmolLm},      Name {"llama3", PreTokenizer::LlamaBpe},
    Name {"llama-v3", PreTokenizer::LlamaBpe},  Name {"deepseek-r1-qwen", PreTokenizer::Qwen2},
};

constexpr bool isSpace(CharacterClass kind) noexcept
{
    return kind == Space || kind == NewLine;
}

// The part of a text that one call looks at.
class Scanner
{
public:
    Scanner(std::string_view text, size_t position, bool digitsEndText) noexcept
        : m_text(text)
        , m_begin(position)
        , m_digitsEndText(digitsEndText)
    { }

    // End of the run of `kind` that begins at `position`.
    size_t runEnd(CharacterClass kind, size_t position) const noexcept
    {
        while (position < m_text.size()) {
            const ClassedCharacter c = characterAt(m_text, position);
            if (c.kind != kind)
                break;
            position += c.length;
        }
        return position;
    }

    bool isAt(CharacterClass kind, size_t position) const noexcept
    {
        return position < m_text.size() && characterAt(m_text, position).kind == kind;
    }

    // Length of 's 't 'm 'd 're 've 'll at the beginning, which is an apostrophe; 0 when none is
    // there.
    size_t contractionLength(bool anyCase) const noexcept;

    // \s+(?!\S)|\s+ at the beginning, which is a space: the run without its last character when a
    // visible one follows, but at least one.
    size_t spaces() const noexcept
    {
        size_t end = m_begin;
        size_t last = m_begin; // where the run's last character begins
        while (end < m_text.size()) {
            const ClassedCharacter c = characterAt(m_text, end);
            if (!isSpace(c.kind)) {
                const bool visibleFollows = !(m_digitsEndText && c.kind == Number);
                return visibleFollows && last > m_begin ? last : end;
            }
            last = end;
            end += c.length;
        }
        return end;
    }

    // \s*[\r\n]+ at the beginning: up to the last new line of the run of spaces. The beginning
    // itself when the run has none.
    size_t spacesToNewLine() const noexcept
    {
        size_t end = m_begin;
        for (size_t position = m_begin; position < m_text.size();) {
            const ClassedCharacter c = characterAt(m_text, position);
            if (!isSpace(c.kind))
                break;
            position += c.length;
            if (c.kind == NewLine)
                end = position;
        }
        return end;
    }

private:
    std::string_view m_text;
    size_t m_begin;
    bool m_digitsEndText; // a digit counts as the end of the text (SmolLm)
};

size_t Scanner::contractionLength(bool anyCase) const noexcept
{
    // Under (?i:) the long s folds to s; no other letter outside ASCII folds to one of the
    // contractions'.
    constexpr char32_t kLongS = 0x17f;
    const auto letterAt = [this, anyCase](size_t position, size_t &length) -> char {
        if (position >= m_text.size())
            return 0;
        const ClassedCharacter c = characterAt(m_text, position);
        length += c.length;
        if (anyCase && c.codePoint >= 'A' && c.codePoint <= 'Z')
            return static_cast<char>(c.codePoint + ('a' - 'A'));
        if (anyCase && c.codePoint == kLongS)
            return 's';
        return c.codePoint < 0x80 ? static_cast<char>(c.codePoint) : '\0';
    };
    size_t length = 1; // the apostrophe
    const char first = letterAt(m_begin + 1, length);
    if (first == 's' || first == 't' || first == 'm' || first == 'd')
        return length;
    if (first != 'r' && first != 'v' && first != 'l')
        return 0;
    const char second = letterAt(m_begin + length, length);
    return second == (first == 'l' ? 'l' : 'e') ? length : 0;
}

size_t gpt2WordEnd(std::string_view text, size_t position, bool digitsApart) noexcept
{
    const Scanner scanner(text, position, digitsApart);
    const ClassedCharacter first = characterAt(text, position);
    if (digitsApart && first.kind == Number)
        return position + first.length;
    if (first.codePoint == '\'') {
        if (const size_t length = scanner.contractionLength(false); length > 0)
            return position + length;
    }
    const size_t second = position + first.length;
    if (!isSpace(first.kind))
        return scanner.runEnd(first.kind, second);
    // " ?" takes one space into the word that follows it.
    if (first.codePoint == ' ' && second < text.size()) {
        const ClassedCharacter next = characterAt(text, second);
        if (!isSpace(next.kind) && !(digitsApart && next.kind == Number))
            return scanner.runEnd(next.kind, second + next.length);
    }
    return scanner.spaces();
}

size_t llamaWordEnd(std::string_view text, size_t position, int digitsTogether) noexcept
{
    const Scanner scanner(text, position, false);
    const ClassedCharacter first = characterAt(text, position);
    const size_t second = position + first.length;
    if (first.codePoint == '\'') {
        if (const size_t length = scanner.contractionLength(true); length > 0)
            return position + length;
    }
    if (first.kind == Letter)
        return scanner.runEnd(Letter, second);
    if (first.kind == Number) {
        size_t end = second;
        for (int i = 1; i < digitsTogether && scanner.isAt(Number, end); ++i)
            end += characterAt(text, end).length;
        return end;
    }
    // [^\r\n\p{L}\p{N}]?\p{L}+: any one character but a new line goes with the letters after it.
    if (first.kind != NewLine && scanner.isAt(Letter, second))
        return scanner.runEnd(Letter, second);
    if (first.kind == Other || (first.codePoint == ' ' && scanner.isAt(Other, second)))
        return scanner.runEnd(NewLine, scanner.runEnd(Other, second));
    if (const size_t end = scanner.spacesToNewLine(); end > position)
        return end;
    return scanner.spaces();
}

} // namespace

std::optional<PreTokenizer> preTokenizerByName(std::string_view name)
{
    for (const Name &known : kNames) {
        if (known.name == name)
            return known.kind;
    }
    return std::nullopt;
}

std::string knownPreTokenizers()
{
    std::string names;
    for (const Name &known : kNames)
        names.append(names.empty() ? "" : ", ").append(known.name);
    return names;
}

std::string_view preTokenizerName(PreTokenizer kind) noexcept
{
    for (const Name &known : kNames) {
        if (known.kind == kind)
            return known.name;
    }
    return {};
}

size_t wordLength(PreTokenizer kind, std::string_view text, size_t position) noexcept
{
    switch (kind) {
    case PreTokenizer::Gpt2:
        return gpt2WordEnd(text, position, false) - position;
    case PreTokenizer::SmolLm:
        return gpt2WordEnd(text, position, true) - position;
    case PreTokenizer::LlamaBpe:
        return llamaWordEnd(text, position, 3) - position;
    case PreTokenizer::Qwen2:
        break;
    }
    return llamaWordEnd(text, position, 1) - position;
}

} // namespace inferlab
