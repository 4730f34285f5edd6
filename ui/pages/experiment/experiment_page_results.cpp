// What an experiment measured, as the page shows it: charts, table, advice and findings, each with
// the same point marked, and as files.
#include "experiment_page.h"

#include "advice_panel.h"
#include "app/experiment/experiment_outlook.h"
#include "app/experiment/point_summary.h"
#include "app/experiment/progress_words.h"
#include "app/session/session.h"
#include "capacity_panel.h"
#include "engine/base/error.h"
#include "engine/measure/metrics.h"
#include "kernels/api/backend.h"
#include "outlook_reader.h"
#include "result_model.h"
#include "ui/charts/experiment/experiment_data.h"
#include "ui/charts/experiment/experiment_export.h"
#include "ui/charts/plot_spec.h"
#include "ui/pages/chart_board.h"
#include "ui/widgets/error_bar.h"

#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QSignalBlocker>
#include <QTabWidget>
#include <QTableWidget>
#include <algorithm>

namespace inferlab {

namespace {

QString text(const std::string &words)
{
    return QString::fromStdString(words);
}

QString numberCell(const std::optional<SampleSummary> &sample, double SampleSummary::*value)
{
    return sample ? numberText((*sample).*value) : QStringLiteral("-");
}

size_t pointsWithRuns(const ExperimentResult &result)
{
    return static_cast<size_t>(
        std::count_if(result.points.begin(), result.points.end(),
                      [](const PointResult &point) { return !point.runs.empty(); }));
}

// The run of median speed, to be shown by itself; the point has runs.
RunRecordPtr medianRun(const PointResult &point)
{
    std::vector<std::pair<double, RunRecordPtr>> runs;
    for (const MeasuredRun &run : point.runs)
        runs.emplace_back(computeMetrics(*run.record).outputTokPerSecond.value_or(0), run.record);
    std::sort(runs.begin(), runs.end());
    auto shown = std::make_shared<RunRecord>(*runs[runs.size() / 2].second);
    shown->isOfSweep = false;
    shown->isShown = true;
    return shown;
}

} // namespace

void ExperimentPage::forgetOutlook()
{
    m_outlook.reset();
    m_askedPoints = 0;
    m_advice->setOutlook(nullptr);
}

void ExperimentPage::connectResults()
{
    connect(m_outlookReader, &OutlookReader::answered, this,
            [this](const ExperimentResultPtr &result,
                   const std::shared_ptr<const ExperimentOutlook> &outlook) {
                if (m_result == nullptr || result->started != m_result->started
                    || result->experiment.name != m_result->experiment.name
                    || outlook->points.size() != m_result->points.size())
                    return; // of another experiment
                m_outlook = outlook;
                m_advice->setOutlook(outlook);
                showFigures();
                showFindings();
            });
    for (const ChartCard *card : m_board->cards())
        connect(card, &ChartCard::pointChosen, this,
                [this](int point, bool open) { open ? openPoint(point) : choosePoint(point); });
    connect(m_table, &QTableWidget::currentCellChanged, this,
            [this](int row) { choosePoint(row); });
    connect(m_table, &QTableWidget::cellActivated, this, [this](int row) { openPoint(row); });
    connect(m_advice, &AdvicePanel::pointChosen, this,
            [this](int point, bool open) { open ? openPoint(point) : choosePoint(point); });
    connect(m_advice, &AdvicePanel::limitsChanged, this, &ExperimentPage::showFigures);
}

void ExperimentPage::showResult(const ExperimentResultPtr &result)
{
    m_result = result;
    showFigures();
    refreshTable();
    showFindings();
    m_advice->setResult(result);
    if (!m_running && result->runCount() > 0)
        m_activity->setText(text(endLine(*result)));
    refreshButtons();
    askOutlook();
}

void ExperimentPage::showFigures()
{
    if (m_result == nullptr)
        return;
    ChartData shown;
    shown.experiment = m_figures.update(m_result, m_outlook);
    shown.latencyBudgetMs = m_advice->limits().endToEndMs;
    m_board->setData(shown);
}

void ExperimentPage::showFindings()
{
    std::vector<std::string> sentences = experimentFindings(*m_result, m_outlook.get());
    if (m_outlook != nullptr && m_result->runCount() > 0 && !m_outlook->missing.empty())
        sentences.push_back(m_outlook->missing + ".");
    QString findings;
    for (const std::string &sentence : sentences)
        findings += text(sentence) + QStringLiteral("\n\n");
    m_findings->setText(findings.isEmpty() ? tr("What the experiment showed will stand here, in "
                                                "sentences, once there are runs.")
                                           : findings);
}

// While it runs, with each point that is new: asking takes time that is the engine's.
void ExperimentPage::askOutlook()
{
    const size_t points = pointsWithRuns(*m_result);
    if (m_running && points == m_askedPoints)
        return;
    m_askedPoints = points;
    const QString model = m_model().path;
    m_outlookReader->ask(m_result, isOnModel(*m_result, model) ? model : QString());
    if (const auto loaded = m_session.loadedModel())
        m_advice->capacity()->setFreeBytes(loaded->backend().device().freeBytes.value_or(0));
}

void ExperimentPage::choosePoint(int point)
{
    m_chosen = point;
    for (ChartCard *card : m_board->cards())
        card->setSelectedPoint(point);
    const QSignalBlocker quiet(m_table);
    if (point >= 0 && point < m_table->rowCount())
        m_table->selectRow(point);
    else
        m_table->clearSelection();
}

void ExperimentPage::openPoint(int point)
{
    if (m_result == nullptr || point < 0 || point >= static_cast<int>(m_result->points.size()))
        return;
    choosePoint(point);
    const PointResult &of = m_result->points[static_cast<size_t>(point)];
    if (of.runs.empty())
        m_error->showNotice(tr("%1 has no run yet").arg(text(of.point.label)));
    else
        emit openRequested(medianRun(of));
}

void ExperimentPage::exportTo(const QString &folder)
{
    if (m_result == nullptr)
        return;
    QGuiApplication::setOverrideCursor(Qt::BusyCursor);
    try {
        QStringList files = exportExperiment(m_result, m_outlook, folder);
        files += exportExperimentData(*m_result, folder);
        m_error->showNotice(tr("Wrote %1 files into %2").arg(files.size()).arg(folder));
    } catch (const std::exception &error) {
        m_error->showLine(tr("Not exported. %1").arg(QString::fromUtf8(error.what())));
    }
    QGuiApplication::restoreOverrideCursor();
}

// Esc: out of the nearest thing; what runs is stopped before anything else, as it is what costs.
void ExperimentPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Escape) {
        QWidget::keyPressEvent(event);
        return;
    }
    if (m_running)
        stop();
    else if (!m_board->enlarged().isEmpty())
        m_board->enlarge({});
    else if (!m_error->isHidden())
        m_error->dismiss();
    else if (m_chosen >= 0)
        choosePoint(-1);
    else
        QWidget::keyPressEvent(event);
}

void ExperimentPage::refreshTable()
{
    const QStringList columns {tr("point"),         tr("state"),         tr("runs"),
                               tr("tok/s total"),   tr("TTFT P50, ms"),  tr("ITL P50, ms"),
                               tr("total P50, ms"), tr("total P90, ms"), tr("note")};
    const QSignalBlocker quiet(m_table);
    m_table->setColumnCount(static_cast<int>(columns.size()));
    m_table->setHorizontalHeaderLabels(columns);
    m_table->setRowCount(static_cast<int>(m_result->points.size()));
    int row = 0;
    for (const PointResult &point : m_result->points) {
        const PointSummary summary = summarisePoint(point);
        const QString note = !point.message.empty() ? text(point.message)
            : summary.busyRuns > 0 ? tr("machine busy in %1 runs").arg(summary.busyRuns)
                                   : QString();
        const QStringList cells {text(point.point.label),
                                 QLatin1String(pointStateName(point.state)),
                                 QString::number(summary.runs),
                                 numberCell(summary.runTokPerSecond, &SampleSummary::p50),
                                 numberCell(summary.ttftMs, &SampleSummary::p50),
                                 numberCell(summary.itlMs, &SampleSummary::p50),
                                 numberCell(summary.endToEndMs, &SampleSummary::p50),
                                 numberCell(summary.endToEndMs, &SampleSummary::p90),
                                 note};
        for (int column = 0; column < cells.size(); ++column) {
            auto *item = new QTableWidgetItem(cells[column]);
            const bool isNumber = column >= 2 && column <= 7;
            item->setTextAlignment((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
            m_table->setItem(row, column, item);
        }
        ++row;
    }
    if (m_chosen >= 0)
        m_table->selectRow(m_chosen);
}

} // namespace inferlab
