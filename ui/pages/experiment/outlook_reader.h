// Asks the cost model what an experiment's points should reach, on a thread of its own: the page
// never waits for a model's file.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/session/session_types.h"
#include "latest_work.h"

#include <QObject>
#include <filesystem>
#include <memory>

namespace inferlab {

class OutlookReader : public QObject
{
    Q_OBJECT

public:
    // calibrations: calibrationPath(); empty: nothing is ever answered.
    explicit OutlookReader(std::filesystem::path calibrations, QObject *parent = nullptr);
    ~OutlookReader() override; // waits for the point that is computed just then

    // modelFile: for points that name none; empty: it is not known, and the answer says so. A
    // question that follows makes an answer that is still under way unwanted.
    void ask(const ExperimentResultPtr &result, const QString &modelFile);
    void stop(); // nothing is computed from now on, until the next question
    bool isWorking() const;

signals:
    void answered(const inferlab::ExperimentResultPtr &result,
                  const std::shared_ptr<const inferlab::ExperimentOutlook> &outlook);

private:
    struct Known; // models of the last question, kept while they lack nothing; the thread's

    std::filesystem::path m_calibrations;
    std::shared_ptr<Known> m_known;
    LatestWork m_work {this};
};

} // namespace inferlab
