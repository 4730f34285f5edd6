// Lays out, scrolls and handles the pointer and keys of one answer. Painting:
// answer_text_paint.cpp.
#include "answer_text.h"

#include "answer_accessible.h"
#include "answer_text_line.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QTextBoundaryFinder>
#include <QToolButton>
#include <algorithm>
#include <cmath>
#include <utility>

namespace inferlab {

namespace {

// Answers longer than this are laid out again only when a resize has come to rest: 100,000
// characters take about 100 ms.
constexpr qsizetype kLayOutAtOnce = 15000;
constexpr int kLayoutDelayMs = 80;

} // namespace

AnswerText::AnswerText(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_followButton(new QToolButton(this))
{
    installAnswerAccessibility();
    setObjectName(QStringLiteral("answerText"));
    setAccessibleName(tr("Answer"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent); // scrolling then moves the pixels there are
    m_layoutDelay.setSingleShot(true);
    m_layoutDelay.setInterval(kLayoutDelayMs);
    connect(&m_layoutDelay, &QTimer::timeout, this, &AnswerText::layOut);
    m_followButton->setText(tr("↓ Latest"));
    m_followButton->setToolTip(tr("Follow the answer as it grows"));
    m_followButton->setFocusPolicy(Qt::NoFocus);
    m_followButton->hide();
    connect(m_followButton, &QToolButton::clicked, this, &AnswerText::followEnd);
}

AnswerText::~AnswerText() = default;

void AnswerText::setRequest(const RequestRecord *request)
{
    if (request == nullptr || !m_spans.extend(*request)) {
        m_spans.clear();
        m_breaker.clear();
        m_anchor = m_caret = 0;
        m_selectedToken = m_pointedToken = -1;
        m_following = true;
        if (request != nullptr)
            m_spans.extend(*request);
    }
    if (!m_layoutDelay.isActive())
        layOutNew();
}

void AnswerText::setTokenTints(bool on)
{
    m_tints = on;
    viewport()->update();
}

void AnswerText::setCursorShown(bool on)
{
    if (std::exchange(m_cursorShown, on) != on) {
        m_followButton->setVisible(on && !m_following);
        viewport()->update();
    }
}

void AnswerText::setSelectedToken(int token)
{
    token = token < tokenCount() ? token : -1;
    if (std::exchange(m_selectedToken, token) == token)
        return;
    // A token that the pointer is on is in sight; moving the text under it would point at another.
    if (token >= 0 && token != m_pointedToken && !m_breaker.lines().empty())
        scrollToLine(m_breaker.lineOf(m_spans.span(static_cast<size_t>(token)).start));
    viewport()->update();
}

QString AnswerText::selectedText() const
{
    const qsizetype start = std::min(m_anchor, m_caret);
    return text().mid(start, std::max(m_anchor, m_caret) - start);
}

void AnswerText::copy()
{
    if (m_anchor != m_caret)
        QGuiApplication::clipboard()->setText(selectedText());
}

void AnswerText::selectAll()
{
    m_anchor = 0;
    m_caret = text().size();
    viewport()->update();
}

void AnswerText::followEnd()
{
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

qreal AnswerText::lineHeight() const
{
    return answerLineHeight(font());
}

qreal AnswerText::columnWidth() const
{
    return viewport()->width() - 2 * answerMargin();
}

void AnswerText::layOut()
{
    m_breaker.setColumn(font(), columnWidth());
    m_breaker.extend(text());
    updateScrollBar();
    viewport()->update();
}

// Only the last line, which new text may have changed, those added, and one below, into which their
// ink may reach, are painted.
void AnswerText::layOutNew()
{
    const size_t before = m_breaker.lines().size();
    if (before == 0) {
        layOut();
        return;
    }
    if (!m_breaker.extend(text()))
        return;
    if (m_breaker.lines().size() != before)
        updateScrollBar();
    const qreal zero = answerMargin() - verticalScrollBar()->value();
    const QRectF changed(0, zero + static_cast<qreal>(before - 1) * lineHeight(),
                         viewport()->width(),
                         static_cast<qreal>(m_breaker.lines().size() - before + 2) * lineHeight());
    viewport()->update(changed.toAlignedRect().intersected(viewport()->rect()));
}

void AnswerText::updateScrollBar()
{
    QScrollBar *bar = verticalScrollBar();
    const int height = static_cast<int>(static_cast<qreal>(m_breaker.lines().size()) * lineHeight()
                                        + 2 * answerMargin());
    m_adjusting = true;
    bar->setPageStep(viewport()->height());
    bar->setSingleStep(static_cast<int>(lineHeight()));
    bar->setRange(0, std::max(0, height - viewport()->height()));
    if (m_following)
        bar->setValue(bar->maximum());
    m_adjusting = false;
}

void AnswerText::scrollContentsBy(int dx, int dy)
{
    if (!m_adjusting) {
        const QScrollBar *bar = verticalScrollBar();
        m_following = bar->value() >= bar->maximum() - bar->singleStep() / 2;
        m_followButton->setVisible(m_cursorShown && !m_following);
    }
    viewport()->scroll(dx, dy);
}

void AnswerText::scrollToLine(size_t line)
{
    QScrollBar *bar = verticalScrollBar();
    const int top = static_cast<int>(answerMargin() + static_cast<qreal>(line) * lineHeight());
    const int bottom = top + static_cast<int>(lineHeight());
    if (top < bar->value())
        bar->setValue(std::max(0, top - bar->singleStep()));
    else if (bottom > bar->value() + viewport()->height())
        bar->setValue(bottom + bar->singleStep() - viewport()->height());
}

qsizetype AnswerText::characterAt(QPoint position, bool exact) const
{
    if (m_breaker.lines().empty())
        return exact ? -1 : 0;
    const qreal y = position.y() + verticalScrollBar()->value() - answerMargin();
    const auto row = static_cast<qsizetype>(std::max(0.0, y / lineHeight()));
    const auto last = static_cast<qsizetype>(m_breaker.lines().size()) - 1;
    if (exact && (y < 0 || row > last))
        return -1;
    const auto shaped = shapeLine(static_cast<size_t>(std::min(row, last)));
    const QTextLine line = shaped->line();
    const qreal x = position.x() - answerMargin();
    if (!line.isValid())
        return exact ? -1 : shaped->start;
    if (exact && (x < 0 || x > line.naturalTextWidth()))
        return -1;
    return shaped->start
        + line.xToCursor(x,
                         exact ? QTextLine::CursorOnCharacter : QTextLine::CursorBetweenCharacters);
}

void AnswerText::pointAt(QPoint position)
{
    const int token = m_spans.tokenAt(characterAt(position, true));
    if (std::exchange(m_pointedToken, token) != token)
        emit tokenPointed(token);
}

void AnswerText::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressedAt = event->pos();
    m_caret = characterAt(event->pos(), false);
    if (!event->modifiers().testFlag(Qt::ShiftModifier))
        m_anchor = m_caret;
    m_selecting = true;
    viewport()->update();
}

void AnswerText::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_selecting) {
        pointAt(event->pos());
        return;
    }
    m_caret = characterAt(event->pos(), false);
    // Past the edge the text moves along.
    if (event->pos().y() < 0)
        verticalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepSub);
    else if (event->pos().y() > viewport()->height())
        verticalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepAdd);
    viewport()->update();
}

void AnswerText::mouseReleaseEvent(QMouseEvent *event)
{
    if (!std::exchange(m_selecting, false))
        return;
    QClipboard *clipboard = QGuiApplication::clipboard();
    if (m_anchor != m_caret && clipboard->supportsSelection())
        clipboard->setText(selectedText(), QClipboard::Selection);
    if (m_anchor == m_caret)
        emit tokenClicked(m_spans.tokenAt(characterAt(event->pos(), true)));
}

void AnswerText::mouseDoubleClickEvent(QMouseEvent *event)
{
    const qsizetype at = characterAt(event->pos(), true);
    if (at < 0)
        return;
    QTextBoundaryFinder finder(QTextBoundaryFinder::Word, text());
    finder.setPosition(at + 1);
    m_anchor = std::max<qsizetype>(0, finder.toPreviousBoundary());
    m_caret = std::max(m_anchor, finder.toNextBoundary());
    viewport()->update();
}

void AnswerText::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event->key() == Qt::Key_Home) {
        verticalScrollBar()->setValue(0);
    } else if (event->key() == Qt::Key_End) {
        followEnd();
    } else if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) {
        event->ignore(); // walking over tokens is the window's business
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void AnswerText::contextMenuEvent(QContextMenuEvent *event)
{
    QMenu menu(this);
    menu.addAction(tr("Copy"), this, &AnswerText::copy)->setEnabled(m_anchor != m_caret);
    menu.addAction(tr("Copy the whole answer"), this,
                   [this] { QGuiApplication::clipboard()->setText(text()); })
        ->setEnabled(!text().isEmpty());
    menu.addAction(tr("Select all"), this, &AnswerText::selectAll);
    menu.exec(event->globalPos());
}

bool AnswerText::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave && std::exchange(m_pointedToken, -1) >= 0)
        emit tokenPointed(-1);
    return QAbstractScrollArea::viewportEvent(event);
}

void AnswerText::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    m_followButton->adjustSize();
    m_followButton->move((viewport()->width() - m_followButton->width()) / 2,
                         viewport()->height() - m_followButton->height()
                             - static_cast<int>(answerMargin()));
    if (text().size() > kLayOutAtOnce)
        m_layoutDelay.start();
    else
        layOut();
}

void AnswerText::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        layOut();
}

} // namespace inferlab
