#include "experiment_exporter.h"

#include "ui/charts/experiment/experiment_data.h"
#include "ui/charts/experiment/experiment_export.h"

#include <QTimer>
#include <exception>

namespace inferlab {

ExperimentExporter::ExperimentExporter(QObject *parent)
    : QObject(parent)
{ }

ExperimentExporter::~ExperimentExporter() = default;

void ExperimentExporter::start(const ExperimentResultPtr &result,
                               const std::shared_ptr<const ExperimentOutlook> &outlook,
                               const QString &folder, const ImportedSeriesPtr &imported,
                               const std::optional<LatencyBudget> &budget)
{
    stop();
    m_export = std::make_shared<ExperimentExport>(result, outlook, folder, imported, budget);
    m_result = result;
    m_outlook = outlook;
    m_folder = folder;
    m_work.start(
        [of = m_export](const std::atomic<bool> &) {
            of->prepare();
            return of;
        },
        [this](const std::shared_ptr<ExperimentExport> &of) { drawNext(of, 0); },
        [this](const QString &line) {
            end();
            emit failed(line);
        });
}

void ExperimentExporter::stop()
{
    m_work.cancel();
    end();
}

void ExperimentExporter::end()
{
    m_export.reset();
    m_result.reset();
    m_outlook.reset();
}

// The window's fonts and scenes are its thread's: pictures are drawn here, each by itself.
void ExperimentExporter::drawNext(const std::shared_ptr<ExperimentExport> &of, size_t index)
{
    if (of != m_export)
        return; // stopped
    if (index == of->pictureCount()) {
        writeRest();
        return;
    }
    try {
        of->drawPicture(index);
    } catch (const std::exception &error) {
        end();
        emit failed(QString::fromUtf8(error.what()));
        return;
    }
    emit progressed(static_cast<int>(index) + 1, static_cast<int>(of->pictureCount()));
    QTimer::singleShot(0, this, [this, of, index] { drawNext(of, index + 1); });
}

void ExperimentExporter::writeRest()
{
    m_work.start(
        [of = m_export, result = m_result, outlook = m_outlook,
         folder = m_folder](const std::atomic<bool> &stop) {
            of->writeReport();
            return of->files() + exportExperimentData(*result, outlook.get(), folder, &stop);
        },
        [this](const QStringList &files) {
            end();
            emit finished(files);
        },
        [this](const QString &line) {
            end();
            emit failed(line);
        });
}

} // namespace inferlab
