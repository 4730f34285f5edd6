// What an experiment measured as files that other programs, and this one, read again.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"

#include <QString>
#include <QStringList>
#include <atomic>

namespace inferlab {

// Into `folder`, which is there: experiment.json (the plan), runs.csv, points.csv and requests.csv,
// runs.json (every record), profile_export.jsonl as AIPerf writes it, course-notebook.csv where
// batch size alone varies, and vllm/ with a file for each run. Returns the paths written. Throws
// InputError at the first that cannot be written, Cancelled before the next once *stop became true.
// outlook: null where nobody asked the cost model.
QStringList exportExperimentData(const ExperimentResult &result, const ExperimentOutlook *outlook,
                                 const QString &folder, const std::atomic<bool> *stop = nullptr);

} // namespace inferlab
