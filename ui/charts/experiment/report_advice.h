// The part of a report that says which configuration to take: for each application, and for the
// memory that the experiment's runs took.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"

#include <QString>

namespace inferlab {

// HTML: a line for each of sloPresets(), then what users cost. outlook: null where nobody asked.
QString reportAdvice(const ExperimentResult &result, const ExperimentOutlook *outlook);

// HTML: prediction beside measurement, a line for each point; empty where nothing is predicted.
QString reportPrediction(const ExperimentResult &result, const ExperimentOutlook *outlook);

} // namespace inferlab
