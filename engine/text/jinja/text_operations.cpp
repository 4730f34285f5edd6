// String operations that keep track of where each byte came from.
#include "text_operations.h"

#include "engine/text/character_class.h"
#include "engine/text/utf8_decode.h"

#include <utf8proc.h>

#include <algorithm>

namespace inferlab::jinja {

namespace {

// str.isspace(): White_Space and the four information separators.
bool isPythonSpace(std::string_view text, size_t position)
{
    const ClassedCharacter c = characterAt(text, position);
    return c.kind == CharacterClass::Space || c.kind == CharacterClass::NewLine
        || (c.codePoint >= 0x1c && c.codePoint <= 0x1f);
}

// The one letter in common use whose upper case is two letters.
constexpr char32_t kSharpS = 0xdf;

char32_t mapped(char32_t codePoint, bool toUpper)
{
    const auto c = static_cast<utf8proc_int32_t>(codePoint);
    return static_cast<char32_t>(toUpper ? utf8proc_toupper(c) : utf8proc_tolower(c));
}

} // namespace

std::vector<size_t> characterOffsets(std::string_view text)
{
    std::vector<size_t> offsets;
    size_t position = 0;
    while (position < text.size()) {
        offsets.push_back(position);
        position += readUtf8(text, position).length;
    }
    offsets.push_back(position);
    return offsets;
}

size_t characterCount(std::string_view text)
{
    size_t count = 0;
    for (size_t position = 0; position < text.size(); ++count)
        position += readUtf8(text, position).length;
    return count;
}

TracedText stripped(const TracedText &text, Sides sides,
                    const std::optional<std::string> &characters)
{
    const std::string_view bytes = text.text();
    const std::vector<size_t> offsets = characterOffsets(bytes);
    const auto goes = [&](size_t i) {
        if (!characters)
            return isPythonSpace(bytes, offsets[i]);
        const std::string_view character = bytes.substr(offsets[i], offsets[i + 1] - offsets[i]);
        return characters->find(character) != std::string::npos;
    };
    size_t begin = 0;
    size_t end = offsets.size() - 1;
    if (sides != Sides::Right) {
        while (begin < end && goes(begin))
            ++begin;
    }
    if (sides != Sides::Left) {
        while (end > begin && goes(end - 1))
            --end;
    }
    return text.slice(offsets[begin], offsets[end] - offsets[begin]);
}

TracedText withCase(const TracedText &text, Case wanted)
{
    TracedText result;
    std::string part;
    size_t begin = 0;
    bool startsWord = true; // Title: after anything but a letter; Capitalized: at the beginning
    for (const TracedText::Run &run : text.runs()) {
        part.clear();
        while (begin < run.end) {
            const ClassedCharacter c = characterAt(text.text(), begin);
            const Utf8Step step = readUtf8(text.text(), begin);
            const bool isUpper = wanted == Case::Upper
                || ((wanted == Case::Capitalized || wanted == Case::Title) && startsWord);
            if (isUpper && step.codePoint == kSharpS)
                part += wanted == Case::Upper ? "SS" : "Ss";
            else if (step.state == Utf8State::Complete)
                appendUtf8(part, mapped(step.codePoint, isUpper));
            else
                part += std::string_view(text.text()).substr(begin, step.length);
            startsWord = wanted == Case::Title && c.kind != CharacterClass::Letter;
            begin += step.length;
        }
        result.append(part, run.fromTemplate);
    }
    return result;
}

std::vector<TracedText> split(const TracedText &text, std::string_view separator, int64_t most)
{
    std::vector<TracedText> parts;
    size_t begin = 0;
    while (most < 0 || static_cast<int64_t>(parts.size()) < most) {
        const size_t end = text.text().find(separator, begin);
        if (end == std::string::npos)
            break;
        parts.push_back(text.slice(begin, end - begin));
        begin = end + separator.size();
    }
    parts.push_back(text.slice(begin, text.size() - begin));
    return parts;
}

std::vector<TracedText> splitAtSpaces(const TracedText &text)
{
    std::vector<TracedText> parts;
    size_t begin = 0; // of the current part
    size_t position = 0;
    while (position < text.size()) {
        const size_t next = position + readUtf8(text.text(), position).length;
        if (isPythonSpace(text.text(), position)) {
            if (position > begin)
                parts.push_back(text.slice(begin, position - begin));
            begin = next;
        }
        position = next;
    }
    if (position > begin)
        parts.push_back(text.slice(begin, position - begin));
    return parts;
}

TracedText replaced(const TracedText &text, std::string_view old, const TracedText &by,
                    int64_t most)
{
    TracedText result;
    size_t begin = 0;
    for (int64_t done = 0; most < 0 || done < most; ++done) {
        const size_t end = text.text().find(old, begin);
        if (end == std::string::npos)
            break;
        result.append(text.slice(begin, end - begin));
        result.append(by);
        begin = end + old.size();
    }
    result.append(text.slice(begin, text.size() - begin));
    return result;
}

} // namespace inferlab::jinja
