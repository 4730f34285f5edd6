#include "history_pages.h"

#include "app/history/history.h"
#include "main_window.h"
#include "ui/charts/chart_source.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/history/history_page.h"
#include "ui/pages/run_page.h"
#include "ui/settings/settings.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/kept_runs.h"
#include "ui/widgets/model_picker.h"

#include <QFileInfo>

namespace inferlab {

namespace {

constexpr auto kHistoryId = "history";
constexpr auto kCompareId = "compare";
constexpr auto kRunId = "run";

std::vector<ChartCard *> comparedCharts()
{
    std::vector<ChartCard *> cards;
    for (const char *id : {"itl", "percentiles", "throughput", "ttft"})
        cards.push_back(makeChartCard(QString::fromLatin1(id)));
    return cards;
}

// A record knows the name of its model's file, not the folder: it is looked for among the files
// that were used last. Empty: not there.
QString modelFileOf(const RunRecord &run, const RunPage &page, const Settings &settings)
{
    const QString name = QString::fromStdString(run.provenance.modelFile);
    QStringList known = settings.recentModels();
    known.prepend(page.controls()->modelPicker()->path());
    for (const QString &path : known) {
        if (QFileInfo(path).fileName() == name && QFileInfo::exists(path))
            return path;
    }
    return {};
}

// False, with a line on the history page, while a run goes on: its answer is not taken away.
bool isFree(const MainWindow &window, HistoryPage *page)
{
    if (!window.runPage()->isRunning())
        return true;
    page->showError(
        QObject::tr("A run is going on: stop it (Esc on the Run page), then try again"));
    return false;
}

void runAgain(MainWindow &window, const RunRecordPtr &run, const Settings &settings)
{
    RunPage *page = window.runPage();
    const QString model = modelFileOf(*run, *page, settings);
    window.showPage(QLatin1String(kRunId));
    if (!model.isEmpty()) {
        page->runAgain(*run, model);
        return;
    }
    page->showError(QObject::tr("%1 is not among the models used last: open it with Ctrl+O, then "
                                "run it again from the history")
                        .arg(QString::fromStdString(run->provenance.modelFile)));
}

void connectRunPage(MainWindow &window, HistoryPage *history, const Settings &settings)
{
    QObject::connect(history, &HistoryPage::openRequested, &window,
                     [&window, history](const std::vector<RunRecordPtr> &runs) {
                         if (!isFree(window, history))
                             return;
                         window.showPage(QLatin1String(kRunId));
                         window.runPage()->showRuns(runs);
                     });
    QObject::connect(history, &HistoryPage::keepRequested, &window,
                     [&window](const std::vector<RunRecordPtr> &runs) {
                         for (const RunRecordPtr &run : runs)
                             window.runPage()->keptRuns()->keep(run);
                         window.showPage(QLatin1String(kRunId));
                     });
    QObject::connect(history, &HistoryPage::runAgainRequested, &window,
                     [&window, history, &settings](const RunRecordPtr &run) {
                         if (isFree(window, history))
                             runAgain(window, run, settings);
                     });
}

} // namespace

HistoryPages addHistoryPages(MainWindow &window, History *history, const Settings &settings)
{
    const HistoryPages pages {new HistoryPage(history), new ComparePage(comparedCharts())};
    window.addPage(QLatin1String(kCompareId), QObject::tr("Compare"), pages.compare,
                   QObject::tr("Runs side by side, with verdicts"));
    window.addPage(QLatin1String(kHistoryId), QObject::tr("History"), pages.history,
                   QObject::tr("Every run that was kept"));
    connectRunPage(window, pages.history, settings);
    QObject::connect(pages.history, &HistoryPage::compareRequested, &window,
                     [&window, pages](const std::vector<RunRecordPtr> &runs) {
                         pages.compare->setRuns(runs);
                         window.showPage(QLatin1String(kCompareId));
                     });
    QObject::connect(pages.compare, &ComparePage::historyRequested, &window,
                     [&window] { window.showPage(QLatin1String(kHistoryId)); });
    if (history != nullptr) {
        QObject::connect(history, &History::failed, window.runPage(), &RunPage::showError);
        QObject::connect(history, &History::noticed, window.runPage(), &RunPage::showNotice);
    }
    return pages;
}

} // namespace inferlab
