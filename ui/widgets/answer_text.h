// One answer as it streams: lines of text in which each token can be pointed at. What is new is
// laid out once a frame; painting touches the visible lines alone. Text can be selected and copied.
// The view follows the end until a person scrolls away from it.
#pragma once

#include "line_breaker.h"
#include "token_spans.h"

#include <QAbstractScrollArea>
#include <QTimer>

class QToolButton;

namespace inferlab {

class AnswerText : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit AnswerText(QWidget *parent = nullptr);
    ~AnswerText() override;

    // Shows the record's answer; called again when it has grown. Null: nothing.
    void setRequest(const RequestRecord *request);
    void setTokenTints(bool on);
    // Framed and scrolled into sight; -1: none.
    void setSelectedToken(int token);
    int selectedToken() const noexcept { return m_selectedToken; }
    int tokenCount() const noexcept { return static_cast<int>(m_spans.count()); }
    void setCursorShown(bool on); // a mark at the end while the answer grows

    const QString &text() const noexcept { return m_spans.text(); }
    QString selectedText() const;
    QRect
    tokenRect(int token) const; // of its first line, in the viewport; empty when there is none
    bool isFollowing() const noexcept { return m_following; }

public slots:
    void copy();
    void selectAll();
    void followEnd();

signals:
    void tokenPointed(int token); // -1: the pointer left
    void tokenClicked(int token); // -1: beside all tokens

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void changeEvent(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    struct PaintedLine;

    qreal lineHeight() const;
    qreal columnWidth() const;
    void layOut();
    void layOutNew();
    void updateScrollBar();
    void scrollToLine(size_t line);
    std::unique_ptr<PaintedLine> shapeLine(size_t line) const;
    void paintLine(QPainter &painter, size_t line, qreal top) const;
    void paintTokens(QPainter &painter, const PaintedLine &shaped, qreal top) const;
    void paintTokenFrame(QPainter &painter, const PaintedLine &shaped, qreal top) const;
    void paintEndMark(QPainter &painter) const;
    qsizetype characterAt(QPoint position, bool exact) const; // exact: -1 beside the text
    void pointAt(QPoint position);

    TokenSpans m_spans;
    LineBreaker m_breaker;
    QTimer m_layoutDelay; // a long answer is laid out when a resize has come to rest
    QToolButton *m_followButton;
    qsizetype m_anchor = 0, m_caret = 0; // selection
    int m_selectedToken = -1;
    int m_pointedToken = -1;
    bool m_tints = false;
    bool m_cursorShown = false;
    bool m_following = true;
    bool m_selecting = false;
    bool m_adjusting = false; // the scroll bar moves because of us
    QPoint m_pressedAt;
};

} // namespace inferlab
