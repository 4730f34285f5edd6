// An experiment as files to hand in: every chart that suits its axes as SVG, PNG and CSV, and one
// HTML file with all of them, the settings, where they come from, the table and what they show.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"
#include "ui/charts/export_notes.h"

#include <QString>
#include <QStringList>
#include <memory>
#include <string>
#include <vector>

namespace inferlab {

// Settings that all runs share, and provenance.
ExportNotes experimentNotes(const ExperimentResult &result);

// Into FOLDER/charts and FOLDER/report.html. Charts that are empty are left out. outlook: null
// where nobody asked the cost model. Returns the paths written. Throws InputError at the first that
// cannot be written.
QStringList exportExperiment(const std::shared_ptr<const ExperimentResult> &result,
                             const std::shared_ptr<const ExperimentOutlook> &outlook,
                             const QString &folder);

} // namespace inferlab
