// Lays text out line by line with Qt's shaper.
#include "line_breaker.h"

#include <QTextOption>
#include <algorithm>

namespace inferlab {

void LineBreaker::clear()
{
    m_lines.clear();
    m_lastLine.reset();
    m_done = 0;
}

bool LineBreaker::setColumn(const QFont &font, qreal width)
{
    if (m_font == font && qFuzzyCompare(m_width + 1, width + 1))
        return false;
    m_font = font;
    m_width = width;
    clear();
    return true;
}

bool LineBreaker::extend(const QString &text)
{
    if (m_done >= text.size() && !m_lines.empty())
        return false;
    qsizetype from = m_done;
    // The last line is laid out again: a word at its end may have grown too long for it. Lines
    // before it stay, for what did not fit there still does not.
    if (!m_lines.empty()) {
        from = m_lines.back().start;
        m_lines.pop_back();
    }
    while (true) {
        const qsizetype feed = text.indexOf(QLatin1Char('\n'), from);
        const bool ends = feed >= 0;
        breakParagraph(text, from, ends ? feed : text.size(), ends);
        if (!ends)
            break;
        from = feed + 1;
    }
    m_done = text.size();
    return true;
}

void LineBreaker::breakParagraph(const QString &text, qsizetype start, qsizetype end, bool ends)
{
    m_lastLine.reset();
    if (start == end) {
        m_lines.push_back({start, 0, ends});
        return;
    }
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    auto layout = std::make_unique<QTextLayout>(text.mid(start, end - start), m_font);
    layout->setTextOption(option);
    layout->setCacheEnabled(true);
    layout->beginLayout();
    for (QTextLine line = layout->createLine(); line.isValid(); line = layout->createLine()) {
        line.setLineWidth(std::max(m_width, 1.0));
        m_lines.push_back({start + line.textStart(), line.textLength(), false});
    }
    layout->endLayout();
    m_lines.back().endsParagraph = ends;
    if (layout->lineCount() == 1)
        m_lastLine = std::move(layout);
}

size_t LineBreaker::lineOf(qsizetype character) const
{
    const auto after =
        std::upper_bound(m_lines.begin(), m_lines.end(), character,
                         [](qsizetype c, const Line &line) { return c < line.start; });
    return after == m_lines.begin() ? 0 : static_cast<size_t>(after - m_lines.begin()) - 1;
}

} // namespace inferlab
