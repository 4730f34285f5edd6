// Writes an experiment into a folder while the window goes on answering: figures and data on a
// thread, one picture at a time between two events of the window.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/session/session_types.h"
#include "latest_work.h"
#include "ui/charts/chart.h"
#include "ui/charts/experiment/experiment_figures.h"

#include <QObject>
#include <QStringList>
#include <memory>
#include <optional>

namespace inferlab {

class ExperimentExport;

class ExperimentExporter : public QObject
{
    Q_OBJECT

public:
    explicit ExperimentExporter(QObject *parent = nullptr);
    ~ExperimentExporter() override; // stops

    // What is under way is given up first. outlook and imported may be null.
    // budget: that the charts show.
    void start(const ExperimentResultPtr &result,
               const std::shared_ptr<const ExperimentOutlook> &outlook, const QString &folder,
               const ImportedSeriesPtr &imported, const std::optional<LatencyBudget> &budget);
    void stop(); // files that are there stay
    bool isWorking() const noexcept { return m_export != nullptr; }

signals:
    void progressed(int done, int total); // pictures
    void finished(const QStringList &files);
    void failed(const QString &line);

private:
    void drawNext(const std::shared_ptr<ExperimentExport> &of, size_t index);
    void writeRest();
    void end();

    std::shared_ptr<ExperimentExport> m_export; // under way
    ExperimentResultPtr m_result;
    std::shared_ptr<const ExperimentOutlook> m_outlook;
    QString m_folder;
    LatestWork m_work {this};
};

} // namespace inferlab
