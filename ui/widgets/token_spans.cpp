// Follows a growing record and lays its tokens on its text.
#include "token_spans.h"

#include <algorithm>
#include <string_view>

namespace inferlab {

void TokenSpans::clear()
{
    *this = TokenSpans();
}

bool TokenSpans::extend(const RequestRecord &request)
{
    const std::string_view text = request.text;
    if (text.size() < m_utf8.size() || request.tokens.size() < m_spans.size())
        return false;
    // Comparing the end is enough to notice another answer, and does not grow with the answer.
    constexpr size_t kCompared = 64;
    const size_t compared = std::min(kCompared, m_utf8.size());
    if (text.substr(m_utf8.size() - compared, compared)
        != std::string_view(m_utf8).substr(m_utf8.size() - compared))
        return false;

    const std::string_view fresh = text.substr(m_utf8.size());
    if (!fresh.empty()) {
        m_text += QString::fromUtf8(fresh.data(), static_cast<qsizetype>(fresh.size()));
        m_utf8.append(fresh);
    }
    for (size_t i = m_spans.size(); i < request.tokens.size(); ++i)
        addToken(request.tokens[i]);
    return true;
}

// The characters that a token completes, found in the text at the place reached so far. A
// vocabulary's leading space that the text does not show is passed over; what is not in the text at
// all (the name of an end token) stands for nothing.
void TokenSpans::addToken(const TokenRecord &token)
{
    const std::string completed = m_stream.push(token.piece);
    std::string_view shown = completed;
    const std::string_view rest = std::string_view(m_utf8).substr(m_matched);
    if (!rest.starts_with(shown)) {
        if (shown.starts_with(' ') && rest.starts_with(shown.substr(1)))
            shown.remove_prefix(1);
        else
            shown = {};
    }
    Span span {m_matchedChars, 0};
    if (!shown.empty()) {
        span.length = QString::fromUtf8(shown.data(), static_cast<qsizetype>(shown.size())).size();
        m_matched += shown.size();
        m_matchedChars += span.length;
    }
    m_spans.push_back(span);
}

int TokenSpans::tokenAt(qsizetype character) const
{
    if (character < 0 || character >= m_matchedChars)
        return -1;
    const auto after =
        std::upper_bound(m_spans.begin(), m_spans.end(), character,
                         [](qsizetype c, const Span &span) { return c < span.start; });
    auto found = after;
    while (found != m_spans.begin()) {
        --found;
        if (found->length > 0)
            return static_cast<int>(found - m_spans.begin());
    }
    return -1;
}

} // namespace inferlab
