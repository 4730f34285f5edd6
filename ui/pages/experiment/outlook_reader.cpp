#include "outlook_reader.h"

#include "kernels/api/devices.h"

#include <QThread>
#include <exception>
#include <string>
#include <utility>

namespace inferlab {

OutlookReader::OutlookReader(std::filesystem::path calibrations, QObject *parent)
    : QObject(parent)
    , m_calibrations(std::move(calibrations))
{ }

OutlookReader::~OutlookReader()
{
    if (m_thread != nullptr)
        m_thread->wait();
}

void OutlookReader::ask(const ExperimentResultPtr &result, const QString &modelFile)
{
    if (m_calibrations.empty() || result == nullptr)
        return;
    if (m_thread != nullptr)
        m_next = Question {result, modelFile};
    else
        start({result, modelFile});
}

void OutlookReader::start(const Question &question)
{
    if (m_models == nullptr || !m_models->missing().empty() || m_modelFile != question.modelFile) {
        m_models =
            std::make_shared<PredictionModels>(question.modelFile.toStdString(), m_calibrations);
        m_modelFile = question.modelFile;
    }
    auto answer = std::make_shared<ExperimentOutlook>();
    m_thread.reset(QThread::create([question, answer, models = m_models] {
        try {
            *answer = experimentOutlook(*question.result, *models, defaultThreads());
        } catch (const std::exception &error) { // nothing may leave this thread
            *answer = {};
            answer->points.resize(question.result->points.size());
            answer->missing = std::string("No prediction: ") + error.what();
        }
    }));
    connect(m_thread.get(), &QThread::finished, this, [this, question, answer] {
        m_thread->wait();
        m_thread.release()->deleteLater();
        if (m_next)
            start(*std::exchange(m_next, std::nullopt));
        emit answered(question.result, answer);
    });
    m_thread->start(QThread::LowPriority);
}

} // namespace inferlab
