// Results of others for an experiment's charts: chosen as files, read in the background, shown
// until they are taken away.
#pragma once

#include "latest_work.h"
#include "ui/charts/experiment/experiment_figures.h"

#include <QObject>
#include <QStringList>
#include <memory>

class QPushButton;
class QWidget;

namespace inferlab {

class ComparisonImport : public QObject
{
    Q_OBJECT

public:
    explicit ComparisonImport(QWidget *parent);

    // Chooses files; where some are shown already, offers to take them away; stops reading.
    QPushButton *button() const noexcept { return m_button; }
    ImportedSeriesPtr series() const noexcept { return m_series; } // null: none

    void read(const QStringList &paths); // beside those that are there; not while it reads others
    void clear();

signals:
    void changed();
    void noticed(const QString &line);
    void failed(const QString &line);

private:
    void choose();
    void press();
    void showState();
    void take(const std::vector<ImportedSeries> &more);

    QPushButton *m_button;
    ImportedSeriesPtr m_series;
    LatestWork m_reading {this}; // last: it ends before what its answer would change
};

} // namespace inferlab
