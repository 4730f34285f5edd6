// All answers of a batch at once, as small cards that show how each one goes on. Painted, not built
// of widgets: 256 cards cost what is in sight.
#pragma once

#include "engine/measure/run_record.h"

#include <QAbstractScrollArea>

namespace inferlab {

class AnswerGrid : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit AnswerGrid(QWidget *parent = nullptr);

    // The record must live until the next call. Null: nothing.
    void setRun(const RunRecord *run, bool live);
    void setCurrent(int request);
    int current() const noexcept { return m_current; }
    QRect cardRect(int request) const; // in the viewport

signals:
    void cardActivated(int request); // click, or Enter on the current one
    void currentChanged(int request);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    int cardCount() const noexcept;
    int columns() const;
    QSize cardSize() const;
    void updateScrollBar();
    void moveTo(int request);
    void paintCard(QPainter &painter, int request, const QRect &card) const;

    const RunRecord *m_run = nullptr;
    bool m_live = false;
    int m_current = 0;
};

} // namespace inferlab
