// The charts of a page: in as many columns as there is room for, to be reordered by dragging,
// hidden, and enlarged to fill the board. Redraws those in sight: while a
// run goes on one after the other, else at once.
#pragma once

#include "ui/charts/chart.h"

#include <QElapsedTimer>
#include <QScrollArea>
#include <QTimer>
#include <vector>

class QMenu;

namespace inferlab {

class ChartBoard : public QScrollArea
{
    Q_OBJECT

public:
    // Takes the cards over; this order is the default one.
    explicit ChartBoard(std::vector<ChartCard *> cards, QWidget *parent = nullptr);

    void setFramesPerSecond(int frames);
    // Drawn with the next frame. What `shown.current` points to must live until the next call.
    void setData(const ChartData &shown);
    void setSelectedToken(TokenRef token);

    const ChartData &shownData() const noexcept { return m_data; }
    // All charts with the latest data, also those that are hidden or out of sight; not while a run
    // goes on.
    void drawAll();

    const std::vector<ChartCard *> &cards() const noexcept { return m_cards; } // in the shown order
    ChartCard *card(const QString &chartId) const;
    QStringList order() const;
    QStringList hiddenCharts() const;
    void setOrder(const QStringList &ids); // those not named come last
    void setHidden(const QStringList &ids);
    void setHidden(const QString &id, bool hidden);
    void move(const QString &id, int by);
    void reveal(const QString &id);  // scrolls to it
    void enlarge(const QString &id); // empty: back to all
    QString enlarged() const { return m_enlarged; }
    void fillMenu(QMenu *menu); // show, hide and move, for the page's "Charts" button

signals:
    void tokenPointed(inferlab::TokenRef token);
    void arrangementChanged(); // order or hidden charts
    void exportRequested(const QString &chartId);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void addCardMenu(QMenu *menu, ChartCard *card);
    void arrange();
    void drawSoon();
    static bool isInSight(const ChartCard *card);
    void drawNext();
    void drawVisible();
    bool dragEvent(ChartCard *card, QEvent *event);
    std::vector<ChartCard *> shownCards() const;

    std::vector<ChartCard *> m_cards;
    QStringList m_hidden;
    QString m_enlarged;
    ChartData m_data;
    QString m_runKey;                 // of the run that it holds
    std::vector<ChartCard *> m_stale; // lack the latest data
    QTimer m_frame;
    QElapsedTimer m_sinceDrawn;
    qint64 m_restMs = 0; // of one chart, while a run goes on
    QWidget *m_page;
    ChartCard *m_dragged = nullptr;
    QPoint m_pressedAt;
};

} // namespace inferlab
