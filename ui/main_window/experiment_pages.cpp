#include "experiment_pages.h"

#include "main_window.h"
#include "ui/pages/experiment/experiment_page.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/error_bar.h"

namespace inferlab {

ExperimentPage *addExperimentPage(MainWindow &window, Session &session,
                                  const QString &resultsFolder,
                                  const std::filesystem::path &calibrations)
{
    auto *page = new ExperimentPage(
        session, [&window] { return window.runPage()->controls()->modelChoice(); }, resultsFolder,
        calibrations);
    window.setCalibrations(calibrations);
    window.addPage(QStringLiteral("experiments"), QObject::tr("Experiments"), page,
                   QObject::tr("Vary a setting, measure it several times, see what it costs"));
    QObject::connect(
        page, &ExperimentPage::openRequested, &window, [&window, page](const RunRecordPtr &run) {
            if (window.runPage()->isRunning()) {
                page->errorBar()->showNotice(QObject::tr(
                    "A run is going on: stop it (Esc on the Run page), then try again"));
                return;
            }
            window.showPage(QStringLiteral("run"));
            window.runPage()->showRuns({run});
            window.runPage()->showNotice(
                QObject::tr("%1 of the experiment %2: its run of median speed")
                    .arg(QString::fromStdString(run->label),
                         QString::fromStdString(page->experiment().name)));
        });
    return page;
}

} // namespace inferlab
