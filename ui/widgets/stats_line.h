// The line under every answer: "42.1 tok/s · 214 tokens · 0.31 s to first token · stop: end of
// text". Figures come from engine/measure; live ones carry "~" and change at most four times a
// second.
#pragma once

#include "engine/measure/run_record.h"

#include <QElapsedTimer>
#include <QLabel>

namespace inferlab {

// The words, from the record alone. `request` is an index into run.requests. A live run has
// estimates.
QString statsText(const RunRecord &run, size_t request, bool live);

class StatsLine : public QLabel
{
    Q_OBJECT

public:
    explicit StatsLine(QWidget *parent = nullptr);

    // Null: nothing. Calls closer together than a quarter of a second change nothing while live.
    void setRun(const RunRecord *run, size_t request, bool live);

private:
    QElapsedTimer m_sinceChange;
    size_t m_request = 0;
    bool m_live = false;
};

} // namespace inferlab
