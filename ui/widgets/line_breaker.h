// Breaks a growing text into the lines of a column. Adding text lays out the last line and what is
// new; only another width or font starts over.
#pragma once

#include <QFont>
#include <QString>
#include <QTextLayout>
#include <memory>
#include <vector>

namespace inferlab {

class LineBreaker
{
public:
    struct Line
    {
        qsizetype start = 0;        // UTF-16 units
        qsizetype length = 0;       // without the line feed
        bool endsParagraph = false; // a line feed follows
    };

    void clear();
    // False when nothing changed.
    bool setColumn(const QFont &font, qreal width);
    // `text` begins with what was laid out before; takes in the rest. False when there is none.
    bool extend(const QString &text);

    const std::vector<Line> &lines() const noexcept { return m_lines; }
    // The last line as it was shaped to be broken, ready to be drawn: its line 0 is all of it. Null
    // where it was shaped together with lines before it.
    const QTextLayout *lastLine() const noexcept { return m_lastLine.get(); }
    // The line that holds the character; 0 for an empty text.
    size_t lineOf(qsizetype character) const;

private:
    void breakParagraph(const QString &text, qsizetype start, qsizetype end, bool ends);

    QFont m_font;
    qreal m_width = 0;
    qsizetype m_done = 0; // characters laid out
    std::vector<Line> m_lines;
    std::unique_ptr<QTextLayout> m_lastLine;
};

} // namespace inferlab
