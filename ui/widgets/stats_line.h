// The line under every answer: "42.1 tok/s/user · 214 tokens · 0.31 s to first token · stop: end of
// text". Figures come from engine/measure; live ones carry "~" and change at most four times a
// second.
#pragma once

#include "engine/measure/run_record.h"

#include <QElapsedTimer>
#include <QWidget>

class QLabel;

namespace inferlab {

// The words, from the record alone. `request` is an index into run.requests. A live run has
// estimates.
QString statsText(const RunRecord &run, size_t request, bool live);

// Of all answers together: "208 tok/s total · 30.7 tok/s/user (P50) · 982 tokens · 0.47 s to first
// token (P50)".
QString batchStatsText(const RunRecord &run, bool live);

class StatsLine : public QWidget
{
    Q_OBJECT

public:
    explicit StatsLine(QWidget *parent = nullptr);

    // Null: nothing. Request -1: all together. Calls closer together than a quarter of a second
    // change nothing while live.
    void setRun(const RunRecord *run, int request, bool live);
    QString text() const;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void setText(const QString &text);
    void fit();

    QLabel *m_label; // in no layout: new words of the same height move nothing else
    QElapsedTimer m_sinceChange;
    qint64 m_restMs = 0; // until live figures change again
    int m_request = 0;
    bool m_live = false;
};

} // namespace inferlab
