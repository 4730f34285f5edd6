// An experiment as files to hand in: every chart that suits its axes as SVG, PDF, PNG and CSV, all
// of them as pages of one PDF, and one HTML file with the charts, the settings, where they come
// from, the table and what they show.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/experiment/experiment_report.h"
#include "ui/charts/export_notes.h"

#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace inferlab {

// Settings that all runs share, and provenance.
ExportNotes experimentNotes(const ExperimentResult &result);

// For whoever set none: the preset of translation and summarisation, where the whole answer counts.
LatencyBudget usualLatencyBudget();

// Into FOLDER/charts, FOLDER/charts.pdf and FOLDER/report.html: the telling views of each chart,
// the first under the chart's id, others with the view behind it. What is empty is left out.
// outlook: null where nobody asked the cost model. imported: drawn beside it. budget: as on the
// screen; none: none is drawn. Returns the paths written. Throws InputError at the first that
// cannot be written.
QStringList exportExperiment(const std::shared_ptr<const ExperimentResult> &result,
                             const std::shared_ptr<const ExperimentOutlook> &outlook,
                             const QString &folder, const ImportedSeriesPtr &imported = {},
                             const std::optional<LatencyBudget> &budget = usualLatencyBudget());

// The same in pieces, for a window that goes on answering between them: all but the pictures can be
// done off its thread. Each piece throws InputError for what cannot be written.
class ExperimentExport
{
public:
    ExperimentExport(std::shared_ptr<const ExperimentResult> result,
                     std::shared_ptr<const ExperimentOutlook> outlook, const QString &folder,
                     ImportedSeriesPtr imported = {},
                     const std::optional<LatencyBudget> &budget = usualLatencyBudget());

    void prepare();                 // first, on any thread: the folder, figures, charts
    size_t pictureCount() const;    // then this is known
    void drawPicture(size_t index); // each of them, on the thread of the application
    void writeReport();             // last, on any thread

    const QStringList &files() const noexcept { return m_written; } // their paths

private:
    void write(const QString &name, const QByteArray &bytes);

    std::shared_ptr<const ExperimentResult> m_result;
    std::shared_ptr<const ExperimentOutlook> m_outlook;
    QString m_folder;
    ImportedSeriesPtr m_imported;
    std::optional<LatencyBudget> m_budget;
    ExportNotes m_notes;
    std::vector<ExportedChart> m_charts;
    QStringList m_names; // of their files
    std::vector<ReportChart> m_inReport;
    QStringList m_written;
};

} // namespace inferlab
