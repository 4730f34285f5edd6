// Paints the cards that are in sight.
#include "answer_grid.h"

#include "engine/measure/metrics.h"
#include "engine/text/utf8_stream.h"
#include "figures.h"
#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

namespace inferlab {

namespace {

constexpr int kTextLines = 4;
constexpr int kMinCardCharacters = 26; // in a line
constexpr size_t kTailBytes = 400;     // more than four lines of a card hold

int gap()
{
    return Theme::current().px(space::kInside);
}

int betweenLines() // number, text, figures
{
    return Theme::current().px(space::kStep);
}

// The end of an answer, from a whole character on, in one paragraph.
QString tail(const std::string &text)
{
    size_t from = text.size() > kTailBytes ? text.size() - kTailBytes : 0;
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0u) == 0x80u)
        ++from;
    return QString::fromUtf8(text.data() + from, static_cast<qsizetype>(text.size() - from))
        .simplified();
}

QString foot(const RequestRecord &request)
{
    const int64_t tokens = outputTokens(request);
    if (request.endReason == EndReason::Error)
        return QObject::tr("failed");
    if (tokens == 0)
        return request.startedNs == 0 ? QObject::tr("queued") : QObject::tr("reading the prompt");
    QString text =
        tokens == 1 ? QObject::tr("1 token") : QObject::tr("%1 tokens").arg(figures::count(tokens));
    if (const auto first = ttftMs(request))
        text += QObject::tr(" · first %1").arg(figures::seconds(*first / 1000));
    return text;
}

} // namespace

AnswerGrid::AnswerGrid(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("answerGrid"));
    setAccessibleName(tr("All answers"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

int AnswerGrid::cardCount() const noexcept
{
    return m_run == nullptr ? 0 : static_cast<int>(m_run->requests.size());
}

void AnswerGrid::setRun(const RunRecord *run, bool live)
{
    const int before = cardCount();
    m_run = run;
    m_live = live;
    m_current = std::clamp(m_current, 0, std::max(0, cardCount() - 1));
    if (before != cardCount())
        updateScrollBar();
    viewport()->update();
}

void AnswerGrid::setCurrent(int request)
{
    m_current = std::clamp(request, 0, std::max(0, cardCount() - 1));
    viewport()->update();
}

int AnswerGrid::columns() const
{
    const int least = kMinCardCharacters * fontMetrics().averageCharWidth();
    return std::max(1, (viewport()->width() - gap()) / (least + gap()));
}

QSize AnswerGrid::cardSize() const
{
    const int perRow = columns();
    const int width = (viewport()->width() - gap() * (perRow + 1)) / perRow;
    return {width, fontMetrics().lineSpacing() * (kTextLines + 2) + 2 * gap() + 2 * betweenLines()};
}

QRect AnswerGrid::cardRect(int request) const
{
    const QSize size = cardSize();
    const int row = request / columns();
    const int column = request % columns();
    return {QPoint(gap() + column * (size.width() + gap()),
                   gap() + row * (size.height() + gap()) - verticalScrollBar()->value()),
            size};
}

void AnswerGrid::updateScrollBar()
{
    const int rows = (cardCount() + columns() - 1) / columns();
    const int height = gap() + rows * (cardSize().height() + gap());
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(cardSize().height() / 2);
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
}

void AnswerGrid::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(event->rect(), palette().base());
    const int rowHeight = cardSize().height() + gap();
    const int firstRow = std::max(0, (verticalScrollBar()->value() - gap()) / rowHeight);
    for (int request = firstRow * columns(); request < cardCount(); ++request) {
        const QRect card = cardRect(request);
        if (card.top() > event->rect().bottom())
            break;
        paintCard(painter, request, card);
    }
}

void AnswerGrid::paintCard(QPainter &painter, int request, const QRect &card) const
{
    const Theme theme = Theme::current();
    const RequestRecord &record = m_run->requests[static_cast<size_t>(request)];
    const bool running = m_live && record.endReason == EndReason::Running;
    const bool current = request == m_current && hasFocus();
    painter.setPen(QPen(current ? theme.accent : theme.border, current ? 2 : 1));
    painter.setBrush(theme.surface);
    painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);

    const QRect inner = card.adjusted(gap(), gap(), -gap(), -gap());
    const int line = fontMetrics().lineSpacing();
    painter.setPen(running ? theme.accent : theme.mutedText);
    painter.drawText(inner, Qt::AlignTop | Qt::AlignLeft, QString::number(request + 1));
    painter.setPen(theme.mutedText);
    painter.drawText(inner, Qt::AlignBottom | Qt::AlignLeft,
                     fontMetrics().elidedText(foot(record), Qt::ElideRight, inner.width()));

    // The end of the text is what moves: lines stand on the bottom of the card and older ones
    // leave.
    const QRect body = inner.adjusted(0, line + betweenLines(), 0, -line - betweenLines());
    const QString text = tail(record.text);
    const int flags = Qt::TextWordWrap | Qt::AlignLeft;
    const QRect needed = fontMetrics().boundingRect(QRect(0, 0, body.width(), 10000), flags, text);
    painter.save();
    painter.setClipRect(body);
    painter.setPen(palette().color(QPalette::Text));
    QRect place = body;
    if (needed.height() > body.height())
        place.setTop(body.bottom() - needed.height());
    painter.drawText(place, flags, text);
    painter.restore();
}

void AnswerGrid::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBar();
}

void AnswerGrid::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateScrollBar();
}

void AnswerGrid::mousePressEvent(QMouseEvent *event)
{
    for (int request = 0; request < cardCount(); ++request) {
        if (cardRect(request).contains(event->pos())) {
            moveTo(request);
            emit cardActivated(request);
            return;
        }
    }
}

void AnswerGrid::moveTo(int request)
{
    if (request < 0 || request >= cardCount())
        return;
    m_current = request;
    const QRect card = cardRect(request);
    QScrollBar *bar = verticalScrollBar();
    if (card.top() < 0)
        bar->setValue(bar->value() + card.top() - gap());
    else if (card.bottom() > viewport()->height())
        bar->setValue(bar->value() + card.bottom() + gap() - viewport()->height());
    viewport()->update();
    emit currentChanged(request);
}

void AnswerGrid::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        return moveTo(m_current - 1);
    case Qt::Key_Right:
        return moveTo(m_current + 1);
    case Qt::Key_Up:
        return moveTo(m_current - columns());
    case Qt::Key_Down:
        return moveTo(m_current + columns());
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (cardCount() > 0 && event->modifiers() == Qt::NoModifier)
            emit cardActivated(m_current);
        else
            event->ignore();
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace inferlab
