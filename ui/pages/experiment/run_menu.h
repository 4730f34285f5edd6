// The runs of an experiment's point as a menu: which repeat, how fast, and whether the machine was
// busy; the one of median speed is marked, so that Enter takes it.
#pragma once

#include "app/experiment/experiment_result.h"
#include "app/session/session_types.h"

#include <QMenu>

namespace inferlab {

// To be shown by itself on the Run page: a copy that is no run of a sweep.
RunRecordPtr shownRun(const MeasuredRun &run);

class RunMenu : public QMenu
{
    Q_OBJECT

public:
    // The point has runs.
    explicit RunMenu(const PointResult &point, QWidget *parent = nullptr);

    void openAt(const QPoint &screen); // and is gone once it closes

signals:
    void chosen(const inferlab::RunRecordPtr &run);

private:
    QAction *m_median = nullptr;
};

} // namespace inferlab
