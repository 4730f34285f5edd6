// Which characters of an answer each token stands for. Grows with the record: adding tokens costs
// what is new, never the whole answer. A token that completes no character (half of one, or an end
// token) has an empty span at the place where it came.
#pragma once

#include "engine/measure/run_record.h"
#include "engine/text/utf8_stream.h"

#include <QString>
#include <vector>

namespace inferlab {

class TokenSpans
{
public:
    struct Span
    {
        qsizetype start = 0; // UTF-16 units into text()
        qsizetype length = 0;
    };

    void clear();

    // Takes what the record has beyond what is here already. False when the record is another one
    // (its text does not go on from ours): clear() and call again.
    bool extend(const RequestRecord &request);

    const QString &text() const noexcept { return m_text; }
    size_t count() const noexcept { return m_spans.size(); }
    Span span(size_t token) const { return m_spans.at(token); }

    // The token that the character belongs to; -1 beyond the last. Of tokens at one place the one
    // that shows a character.
    int tokenAt(qsizetype character) const;

private:
    void addToken(const TokenRecord &token);

    QString m_text;
    std::string m_utf8;           // the same as bytes
    size_t m_matched = 0;         // bytes of m_utf8 that tokens stand for
    qsizetype m_matchedChars = 0; // the same in m_text
    Utf8Stream m_stream;
    std::vector<Span> m_spans;
};

} // namespace inferlab
