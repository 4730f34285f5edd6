#include "outlook_reader.h"

#include "kernels/api/devices.h"

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace inferlab {

struct OutlookReader::Known
{
    std::optional<PredictionModels> models;
    std::string modelFile; // theirs
    // When the calibrations that they were made with were written; none: there were none.
    std::filesystem::file_time_type written;
};

OutlookReader::OutlookReader(std::filesystem::path calibrations, QObject *parent)
    : QObject(parent)
    , m_calibrations(std::move(calibrations))
    , m_known(std::make_shared<Known>())
{ }

OutlookReader::~OutlookReader() = default;

void OutlookReader::ask(const ExperimentResultPtr &result, const QString &modelFile)
{
    if (m_calibrations.empty() || result == nullptr)
        return;
    const auto compute = [result, file = modelFile.toStdString(), known = m_known,
                          calibrations = m_calibrations](const std::atomic<bool> &stop) {
        std::error_code none;
        const auto written = std::filesystem::last_write_time(calibrations, none);
        if (!known->models || !known->models->missing().empty() || known->modelFile != file
            || known->written != written) {
            known->models.emplace(file, calibrations);
            known->modelFile = file;
            known->written = written;
        }
        return std::make_shared<const ExperimentOutlook>(
            experimentOutlook(*result, *known->models, defaultThreads(), &stop));
    };
    m_work.start(
        compute,
        [this, result](const std::shared_ptr<const ExperimentOutlook> &outlook) {
            emit answered(result, outlook);
        },
        [this, result](const QString &line) {
            auto outlook = std::make_shared<ExperimentOutlook>();
            outlook->points.resize(result->points.size());
            outlook->missing = "No prediction: " + line.toStdString();
            emit answered(result, outlook);
        });
}

bool OutlookReader::isWorking() const
{
    return m_work.isWorking();
}

void OutlookReader::stop()
{
    m_work.cancel();
}

} // namespace inferlab
