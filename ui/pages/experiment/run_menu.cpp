#include "run_menu.h"

#include "engine/measure/metrics.h"
#include "ui/charts/plot_spec.h"

#include <QAction>
#include <algorithm>
#include <vector>

namespace inferlab {

namespace {

double rateOf(const MeasuredRun &run)
{
    return computeMetrics(*run.record).outputTokPerSecond.value_or(0);
}

// Index of the run of median speed: neither the luckiest nor the one that something disturbed.
size_t medianOf(const std::vector<MeasuredRun> &runs)
{
    std::vector<std::pair<double, size_t>> rates;
    for (size_t i = 0; i < runs.size(); ++i)
        rates.emplace_back(rateOf(runs[i]), i);
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() / 2].second;
}

} // namespace

RunRecordPtr shownRun(const MeasuredRun &run)
{
    auto shown = std::make_shared<RunRecord>(*run.record);
    shown->isOfSweep = false;
    shown->isShown = true;
    return shown;
}

RunMenu::RunMenu(const PointResult &point, QWidget *parent)
    : QMenu(parent)
{
    setAccessibleName(tr("Runs of %1").arg(QString::fromStdString(point.point.label)));
    addSection(accessibleName());
    const size_t median = medianOf(point.runs);
    for (size_t i = 0; i < point.runs.size(); ++i) {
        const MeasuredRun &run = point.runs[i];
        QString words =
            tr("run %1 · %2 tok/s total").arg(run.repeat + 1).arg(numberText(rateOf(run)));
        if (i == median)
            words += tr(" · median");
        if (run.machine.busy())
            words += tr(" · machine busy");
        QAction *action = addAction(words);
        connect(action, &QAction::triggered, this, [this, run] { emit chosen(shownRun(run)); });
        if (i == median)
            m_median = action;
    }
}

void RunMenu::openAt(const QPoint &screen)
{
    setAttribute(Qt::WA_DeleteOnClose);
    popup(screen);
    setActiveAction(m_median);
}

} // namespace inferlab
