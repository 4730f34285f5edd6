// Asks the cost model what an experiment's points should reach, on a thread of its own: the page
// never waits for a model's file.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/session/session_types.h"

#include <QObject>
#include <filesystem>
#include <memory>
#include <optional>

class QThread;

namespace inferlab {

class OutlookReader : public QObject
{
    Q_OBJECT

public:
    // calibrations: calibrationPath(); empty: nothing is ever answered.
    explicit OutlookReader(std::filesystem::path calibrations, QObject *parent = nullptr);
    ~OutlookReader() override; // waits for the answer in progress

    // modelFile: for points that name none; empty: it is not known, and the answer says so. Of
    // questions that come faster than answers the last one is answered.
    void ask(const ExperimentResultPtr &result, const QString &modelFile);

signals:
    void answered(const inferlab::ExperimentResultPtr &result,
                  const std::shared_ptr<const inferlab::ExperimentOutlook> &outlook);

private:
    struct Question
    {
        ExperimentResultPtr result;
        QString modelFile;
    };
    void start(const Question &question);

    std::filesystem::path m_calibrations;
    std::optional<Question> m_next; // asked while another was in progress
    std::unique_ptr<QThread> m_thread;
    // Of the last question, kept while they lack nothing. The thread's while there is one.
    std::shared_ptr<PredictionModels> m_models;
    QString m_modelFile; // theirs
};

} // namespace inferlab
