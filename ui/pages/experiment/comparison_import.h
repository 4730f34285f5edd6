// Results of others for an experiment's charts: chosen as files, read in the background, shown
// until they are taken away.
#pragma once

#include "ui/charts/experiment/experiment_figures.h"

#include <QObject>
#include <QStringList>
#include <memory>

class QPushButton;
class QThread;
class QWidget;

namespace inferlab {

class ComparisonImport : public QObject
{
    Q_OBJECT

public:
    explicit ComparisonImport(QWidget *parent);
    ~ComparisonImport() override;

    // Chooses files; where some are shown already, offers to take them away.
    QPushButton *button() const noexcept { return m_button; }
    ImportedSeriesPtr series() const noexcept { return m_series; } // null: none

    void read(const QStringList &paths); // beside those that are there
    void clear();

signals:
    void changed();
    void noticed(const QString &line);
    void failed(const QString &line);

private:
    void choose();
    void press();
    void take(const std::vector<ImportedSeries> &more);

    QPushButton *m_button;
    ImportedSeriesPtr m_series;
    std::unique_ptr<QThread> m_reader;
};

} // namespace inferlab
