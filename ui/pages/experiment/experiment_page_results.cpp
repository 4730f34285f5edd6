// What an experiment measured, as the page shows it: charts, table, advice and findings, each with
// the same point marked, and as files.
#include "experiment_page.h"

#include "advice_panel.h"
#include "app/experiment/experiment_outlook.h"
#include "app/experiment/point_summary.h"
#include "app/experiment/preset_durations.h"
#include "app/session/session.h"
#include "capacity_panel.h"
#include "comparison_import.h"
#include "experiment_exporter.h"
#include "kernels/api/backend.h"
#include "outlook_reader.h"
#include "result_model.h"
#include "run_menu.h"
#include "ui/charts/plot_spec.h"
#include "ui/pages/chart_board.h"
#include "ui/widgets/error_bar.h"

#include <QCursor>
#include <QDir>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
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

// With a mark where n does not claim it.
QString numberCell(const std::optional<SampleSummary> &sample, double SampleSummary::*value,
                   double percent = 50)
{
    if (!sample)
        return QStringLiteral("-");
    return numberText((*sample).*value)
        + (sample->claims(percent) ? QString() : QStringLiteral(" *"));
}

} // namespace

void ExperimentPage::forgetOutlook()
{
    m_outlook.reset();
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
                showHead();
                showFigures();
                showFindings();
            });
    for (const ChartCard *card : m_board->cards())
        connect(card, &ChartCard::pointChosen, this,
                [this](int point, bool open) { open ? openPoint(point) : choosePoint(point); });
    connect(m_comparison, &ComparisonImport::changed, this, &ExperimentPage::showFigures);
    connect(m_comparison, &ComparisonImport::noticed, this,
            [this](const QString &line) { m_error->showNotice(line); });
    connect(m_comparison, &ComparisonImport::failed, this,
            [this](const QString &line) { m_error->showLine(line); });
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
    showState();
    askOutlook();
}

void ExperimentPage::showFigures()
{
    if (m_result == nullptr)
        return;
    ChartData shown;
    shown.experiment = m_figures.update(m_result, m_outlook, m_comparison->series());
    shown.latencyBudget = m_advice->latencyBudget();
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

bool ExperimentPage::mayCompute() const
{
    return isVisible() && (m_running ? m_paused : !m_session.isBusy());
}

void ExperimentPage::stopComputing()
{
    m_outlookIsStale = m_outlookIsStale || m_outlookReader->isWorking();
    m_outlookReader->stop();
    if (m_predicting.isWorking())
        m_durationsFor.reset();
    m_predicting.cancel();
}

void ExperimentPage::catchUp()
{
    if (!mayCompute())
        return;
    if (m_outlookIsStale)
        askOutlook();
    predictDurations();
}

// Never while something is measured: computing takes time that is the engine's.
void ExperimentPage::askOutlook()
{
    m_outlookIsStale = !mayCompute();
    if (m_outlookIsStale)
        return;
    const QString model = m_model().path;
    m_outlookReader->ask(m_result, isOnModel(*m_result, model) ? model : QString());
    if (const auto loaded = m_session.loadedModel())
        m_advice->capacity()->setFreeBytes(loaded->backend().device().freeBytes.value_or(0));
}

std::optional<double> ExperimentPage::predictedHere() const
{
    if (m_outlook != nullptr && isSamePlan(m_result->experiment, m_experiment)) {
        if (const auto seconds = predictedSeconds(m_experiment, *m_outlook))
            return seconds;
    }
    const int row = m_preset.isEmpty() ? -1 : m_presets->currentRow();
    return predictedPreset(row);
}

ExperimentChoice ExperimentPage::devicesNow() const
{
    ExperimentChoice choice = choiceNow();
    choice.preset.clear();
    return choice;
}

std::optional<double> ExperimentPage::predictedPreset(int row) const
{
    const auto index = static_cast<size_t>(row);
    return row >= 0 && index < m_durations.size() && m_durationsOf == devicesNow()
        ? m_durations[index]
        : std::nullopt;
}

void ExperimentPage::predictDurations()
{
    const ExperimentChoice choice = devicesNow();
    if (choice.model.empty() || m_calibrations.empty() || m_durationsFor == choice || !mayCompute())
        return;
    m_durationsFor = choice;
    const auto show = [this, choice](const std::vector<std::optional<double>> &seconds) {
        m_durations = seconds;
        m_durationsOf = choice;
        showDurations();
        showHead();
    };
    m_predicting.start(
        [choice, calibrations = m_calibrations](const std::atomic<bool> &stop) {
            return predictedPresetSeconds(choice, calibrations, &stop);
        },
        show, [show](const QString &) { show({}); });
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
    if (of.runs.empty()) {
        m_error->showNotice(tr("%1 has no run yet").arg(text(of.point.label)));
    } else if (of.runs.size() == 1) {
        emit openRequested(shownRun(of.runs.front()));
    } else {
        auto *menu = new RunMenu(of, this);
        connect(menu, &RunMenu::chosen, this, &ExperimentPage::openRequested);
        menu->openAt(QCursor::pos());
    }
}

void ExperimentPage::connectExport()
{
    connect(m_exporter, &ExperimentExporter::progressed, this, [this](int done, int total) {
        m_error->showNotice(tr("Exporting: %1 of %2 pictures").arg(done).arg(total));
    });
    connect(m_exporter, &ExperimentExporter::finished, this, [this](const QStringList &files) {
        m_error->showNotice(tr("Wrote %1 files into %2").arg(files.size()).arg(m_exportFolder));
        refreshButtons();
    });
    connect(m_exporter, &ExperimentExporter::failed, this, [this](const QString &line) {
        m_error->showLine(tr("Not exported. %1").arg(line));
        refreshButtons();
    });
}

void ExperimentPage::exportTo(const QString &folder)
{
    if (m_result == nullptr)
        return;
    m_exportFolder = folder;
    m_exporter->start(m_result, m_outlook, folder, m_comparison->series(),
                      m_advice->latencyBudget());
    m_error->showNotice(tr("Exporting: figures"));
    refreshButtons();
}

bool ExperimentPage::isExporting() const
{
    return m_exporter->isWorking();
}

void ExperimentPage::exportOrStop()
{
    if (isExporting()) {
        m_exporter->stop();
        m_error->showNotice(tr("Export stopped. What was written stays in %1").arg(m_exportFolder));
        refreshButtons();
        return;
    }
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Export into a folder"));
    if (!folder.isEmpty())
        exportTo(QDir(folder).filePath(
            text(m_result->experiment.name).replace(QLatin1Char('/'), QLatin1Char('-'))));
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
                               tr("total P50, ms"), tr("total P90, ms"), tr("requests"),
                               tr("note")};
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
                                 numberCell(summary.endToEndMs, &SampleSummary::p90, 90),
                                 QString::number(summary.endToEndMs ? summary.endToEndMs->n : 0),
                                 note};
        for (int column = 0; column < cells.size(); ++column) {
            auto *item = new QTableWidgetItem(cells[column]);
            const bool isNumber = column >= 2 && column <= 8;
            item->setTextAlignment((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
            m_table->setItem(row, column, item);
        }
        ++row;
    }
    m_table->setToolTip(tr("* fewer samples than that percentile needs; requests: that were "
                           "answered whole, over all runs"));
    if (m_chosen >= 0)
        m_table->selectRow(m_chosen);
}

} // namespace inferlab
