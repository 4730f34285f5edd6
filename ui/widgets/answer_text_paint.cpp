// How an answer looks: the visible lines, tints under tokens, the frame around the marked one, the
// selection, and the mark at the end while it grows.
#include "answer_text.h"
#include "answer_text_line.h"

#include "ui/theme/contrast.h"
#include "ui/theme/theme.h"

#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

namespace inferlab {

namespace {

constexpr qreal kCorner = 3;
constexpr double kEvenTint = 0.07; // share of the accent: quiet, and still two grounds apart
constexpr double kOddTint = 0.20;
constexpr qreal kWidthWithoutWrapping = 1e6; // the line was broken before

// Where characters [from, to) of the answer stand on the line; empty when they are elsewhere.
QRectF spanRect(const QTextLine &line, qsizetype lineStart, qsizetype lineLength, qsizetype from,
                qsizetype to, qreal top, qreal height)
{
    const qsizetype first = std::max(from, lineStart) - lineStart;
    const qsizetype last = std::min(to, lineStart + lineLength) - lineStart;
    if (!line.isValid() || last <= first)
        return {};
    const qreal left = line.cursorToX(static_cast<int>(first));
    const qreal right = line.cursorToX(static_cast<int>(last));
    return {answerMargin() + std::min(left, right), top, std::abs(right - left), height};
}

} // namespace

std::unique_ptr<AnswerText::PaintedLine> AnswerText::shapeLine(size_t line) const
{
    const LineBreaker::Line &at = m_breaker.lines()[line];
    auto shaped = std::make_unique<PaintedLine>();
    shaped->start = at.start;
    shaped->length = at.length;
    // The last line grows with every frame: breaking it has shaped it already.
    if (line + 1 == m_breaker.lines().size() && m_breaker.lastLine() != nullptr) {
        shaped->layout = m_breaker.lastLine();
        return shaped;
    }
    shaped->own = std::make_unique<QTextLayout>(text().mid(at.start, at.length), font());
    shaped->own->setCacheEnabled(true);
    shaped->own->beginLayout();
    QTextLine only = shaped->own->createLine();
    if (only.isValid())
        only.setLineWidth(kWidthWithoutWrapping);
    shaped->own->endLayout();
    shaped->layout = shaped->own.get();
    return shaped;
}

void AnswerText::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().base());
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal height = lineHeight();
    const int offset = verticalScrollBar()->value();
    const auto count = m_breaker.lines().size();
    const qreal firstVisible = (event->rect().top() + offset - answerMargin()) / height;
    for (auto line = static_cast<size_t>(std::max(0.0, firstVisible)); line < count; ++line) {
        const qreal top = answerMargin() + static_cast<qreal>(line) * height - offset;
        if (top > event->rect().bottom())
            break;
        paintLine(painter, line, top);
    }
    if (m_cursorShown)
        paintEndMark(painter);
}

void AnswerText::paintLine(QPainter &painter, size_t line, qreal top) const
{
    const auto shaped = shapeLine(line);
    const QTextLine only = shaped->line();
    if (m_tints)
        paintTokens(painter, *shaped, top);
    const QRectF selected =
        spanRect(only, shaped->start, shaped->length, std::min(m_anchor, m_caret),
                 std::max(m_anchor, m_caret), top, lineHeight());
    if (!selected.isEmpty())
        painter.fillRect(selected, palette().highlight());
    painter.setPen(palette().color(QPalette::Text));
    const qreal drop = (lineHeight() - QFontMetricsF(font()).height()) / 2;
    shaped->layout->draw(&painter, QPointF(answerMargin(), top + drop));
    paintTokenFrame(painter, *shaped, top);
}

// Every second token has a ground of its own: where one ends and the next begins can be seen.
void AnswerText::paintTokens(QPainter &painter, const PaintedLine &shaped, qreal top) const
{
    const Theme theme = Theme::current();
    painter.setPen(Qt::NoPen);
    const qsizetype end = shaped.start + shaped.length;
    for (int token = m_spans.tokenAt(shaped.start); token >= 0 && token < tokenCount(); ++token) {
        const TokenSpans::Span span = m_spans.span(static_cast<size_t>(token));
        if (span.start >= end)
            break;
        const QRectF rect = spanRect(shaped.line(), shaped.start, shaped.length, span.start,
                                     span.start + span.length, top + 2, lineHeight() - 4);
        if (rect.isEmpty())
            continue;
        painter.setBrush(token % 2 == 0 ? mix(theme.surface, theme.accent, kEvenTint)
                                        : mix(theme.surface, theme.accent, kOddTint));
        painter.drawRoundedRect(rect.adjusted(0.5, 0, -0.5, 0), kCorner, kCorner);
    }
}

void AnswerText::paintTokenFrame(QPainter &painter, const PaintedLine &shaped, qreal top) const
{
    if (m_selectedToken < 0 || m_selectedToken >= tokenCount())
        return;
    const TokenSpans::Span span = m_spans.span(static_cast<size_t>(m_selectedToken));
    const QTextLine line = shaped.line();
    QRectF rect = spanRect(line, shaped.start, shaped.length, span.start, span.start + span.length,
                           top + 1, lineHeight() - 2);
    const bool here = span.start >= shaped.start && span.start <= shaped.start + shaped.length;
    if (span.length == 0 && here && line.isValid()) // a token without a character: a thin mark
        rect = {answerMargin() + line.cursorToX(static_cast<int>(span.start - shaped.start)) - 1,
                top + 1, 2, lineHeight() - 2};
    if (rect.isEmpty())
        return;
    const QColor colour = Theme::current().edge(Meaning::Selection);
    QColor ground = colour;
    ground.setAlphaF(0.18F);
    painter.setPen(QPen(colour, 2));
    painter.setBrush(ground);
    painter.drawRoundedRect(rect, kCorner, kCorner);
}

void AnswerText::paintEndMark(QPainter &painter) const
{
    qreal x = answerMargin();
    qreal top = answerMargin() - verticalScrollBar()->value();
    if (!m_breaker.lines().empty()) {
        const size_t last = m_breaker.lines().size() - 1;
        const auto shaped = shapeLine(last);
        const QTextLine line = shaped->line();
        top += static_cast<qreal>(last) * lineHeight();
        if (line.isValid())
            x += line.cursorToX(static_cast<int>(shaped->length)) + 2;
    }
    const qreal height = QFontMetricsF(font()).ascent();
    const QRectF mark(x, top + (lineHeight() - height) / 2, height / 2, height);
    painter.fillRect(mark, Theme::current().accent);
}

QRect AnswerText::tokenRect(int token) const
{
    if (token < 0 || token >= tokenCount() || m_breaker.lines().empty())
        return {};
    const TokenSpans::Span span = m_spans.span(static_cast<size_t>(token));
    const size_t line = m_breaker.lineOf(span.start);
    const auto shaped = shapeLine(line);
    const qreal top =
        answerMargin() + static_cast<qreal>(line) * lineHeight() - verticalScrollBar()->value();
    return spanRect(shaped->line(), shaped->start, shaped->length, span.start,
                    span.start + span.length, top, lineHeight())
        .toRect();
}

} // namespace inferlab
