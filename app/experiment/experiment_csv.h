// An experiment's results as tidy tables: RFC 4180, UTF-8, units in the column names. Every line
// carries its point's settings and where its figures come from.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"

#include <string>

namespace inferlab {

// A line per counted run: its figures, and how the machine was. Head and line alone are for a table
// that grows.
std::string experimentRunsToCsv(const ExperimentResult &result);
std::string experimentRunsCsvHead();
std::string experimentRunCsvLine(const ExperimentResult &result, const PointResult &point,
                                 const MeasuredRun &run);
// A line per point, those without a run too: its state, figures pooled over its runs, and beside
// them what the cost model predicts and what limited it; empty cells where outlook says nothing.
std::string experimentPointsToCsv(const ExperimentResult &result,
                                  const ExperimentOutlook *outlook = nullptr);
// A line per request of every run.
std::string experimentRequestsToCsv(const ExperimentResult &result);

} // namespace inferlab
