// The answers of a run: one at a time with its figures, or all of them as a grid of small cards.
// Says what to do while there is none.
#pragma once

#include "engine/measure/run_record.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QToolButton;

namespace inferlab {

class AnswerGrid;
class AnswerText;
class DeviceStepBar;
class StatsLine;
class TokenInspector;

class AnswerView : public QWidget
{
    Q_OBJECT

public:
    explicit AnswerView(QWidget *parent = nullptr);

    // Shows the record, again and again while it grows; at most once a frame. It must live until
    // the next call. Null: the empty state.
    void setRun(const RunRecord *run, bool live);
    void setEmptyText(const QString &title, const QString &text);
    void setTokenTints(bool on);
    // Marks a token; another answer than the current one comes to the front. Negative token: none.
    void setSelectedToken(int request, int token);
    void setCurrent(int request);
    int current() const noexcept { return m_current; }
    bool isGridShown() const;
    void showGrid(bool on);

    AnswerText *answerText() const noexcept { return m_text; }
    AnswerGrid *grid() const noexcept { return m_grid; }
    StatsLine *statsLine() const noexcept { return m_stats; }
    DeviceStepBar *deviceStepBar() const noexcept { return m_deviceSteps; }
    TokenInspector *inspector() const noexcept { return m_inspector; }

signals:
    void tokenPointed(int request, int token); // token -1: the pointer left
    void tokenClicked(int request, int token); // token -1: beside all tokens
    void currentChanged(int request);

protected:
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeHeader();
    QWidget *makeEmptyState();
    void refresh();
    void refreshHeader();
    void refreshEmpty();
    void followTheme();
    int count() const noexcept;

    const RunRecord *m_run = nullptr;
    bool m_live = false;
    int m_current = 0;
    int m_token = -1; // marked, of the current answer
    QWidget *m_header = nullptr;
    QLabel *m_title;
    QToolButton *m_previous;
    QToolButton *m_next;
    QToolButton *m_gridButton;
    QStackedWidget *m_stack;
    QLabel *m_emptyTitle;
    QLabel *m_emptyText;
    QWidget *m_empty;
    AnswerText *m_text;
    AnswerGrid *m_grid;
    TokenInspector *m_inspector;
    StatsLine *m_stats;
    DeviceStepBar *m_deviceSteps;
    QString m_noRunTitle, m_noRunText;
};

} // namespace inferlab
