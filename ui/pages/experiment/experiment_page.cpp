// Which experiment the page is about, and which of its results it shows. Files are read off the
// window's thread.
#include "experiment_page.h"

#include "app/experiment/experiment_folder.h"
#include "app/experiment/experiment_json.h"
#include "app/experiment/experiment_presets.h"
#include "app/experiment/progress_words.h"
#include "app/session/session.h"
#include "engine/base/error.h"
#include "plan_editor.h"
#include "result_chooser.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/pages/chart_board.h"
#include "ui/widgets/error_bar.h"

#include <QDir>
#include <QFileDialog>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QSignalBlocker>
#include <algorithm>
#include <utility>

namespace inferlab {

namespace {

QString text(const std::string &words)
{
    return QString::fromStdString(words);
}

// A preset over files, before they are known.
bool wantsFiles(const Experiment &experiment)
{
    return std::any_of(experiment.axes.begin(), experiment.axes.end(),
                       [](const ExperimentAxis &axis) { return axis.values.empty(); });
}

// A result, and what its folder says of it.
struct ReadResult
{
    ResultSummary summary;
    ExperimentResultPtr result;
};

} // namespace

ExperimentChoice ExperimentPage::choiceNow() const
{
    const ModelChoice model = m_model();
    ExperimentChoice choice;
    choice.preset = m_preset.toStdString();
    choice.model = model.path.toStdString();
    choice.device = model.device.toStdString();
    choice.threads = model.threads;
    choice.givesWay = true;
    return choice;
}

ModelFile ExperimentPage::modelFile() const
{
    const QString path = m_model().path;
    const bool isLoaded = m_session.model() && m_session.model()->choice.path == path;
    return {path, isLoaded ? m_session.modelHash() : std::string()};
}

void ExperimentPage::choosePreset(const QString &name)
{
    if (m_running)
        return;
    for (int row = 0; row < m_presets->count(); ++row) {
        if (m_presets->item(row)->data(Qt::UserRole).toString() == name) {
            const QSignalBlocker quiet(m_presets);
            m_presets->setCurrentRow(row);
        }
    }
    m_preset = name;
    m_choice = choiceNow();
    m_fitting.cancel();
    const Experiment &preset = experimentPreset(m_choice.preset);
    try {
        show(wantsFiles(preset) ? preset : chosenExperiment(m_choice));
    } catch (const InputError &error) {
        show(preset);
        m_error->showLine(QString::fromUtf8(error.what()));
    }
    if (wantsFiles(preset) && !m_choice.model.empty())
        findFiles();
}

// The heads of all models in a folder: with many of them that takes a moment.
void ExperimentPage::findFiles()
{
    m_fitting.start(
        [choice = m_choice](const std::atomic<bool> &) { return chosenExperiment(choice); },
        [this](const Experiment &experiment) {
            if (!m_running)
                show(experiment);
        },
        [this](const QString &line) { m_error->showLine(line); });
    refreshButtons();
}

void ExperimentPage::openPlan(const QString &file)
{
    if (m_running)
        return;
    try {
        Experiment plan = readExperiment(file.toStdString());
        m_error->dismiss();
        showPlan(std::move(plan));
    } catch (const InputError &error) {
        m_error->showLine(QString::fromUtf8(error.what()));
    }
}

void ExperimentPage::showPlan(Experiment plan)
{
    if (m_running)
        return;
    m_preset.clear();
    m_fitting.cancel();
    {
        const QSignalBlocker quiet(m_presets);
        m_presets->setCurrentRow(-1);
    }
    show(std::move(plan));
}

void ExperimentPage::editPlan()
{
    auto *editor = new PlanEditor(m_experiment, this);
    editor->setAttribute(Qt::WA_DeleteOnClose);
    connect(editor, &PlanEditor::chosen, this,
            [this, editor, source = m_experiment](const Experiment &plan) {
                const bool unchanged = m_experiment.name == source.name
                    && experimentToJson(plan) == experimentToJson(source);
                if (m_running && !unchanged) {
                    editor->showProblem(
                        tr("An experiment is running: its plan stays until it has ended"));
                    return;
                }
                if (!unchanged) {
                    m_error->dismiss();
                    showPlan(plan);
                }
                editor->close();
            });
    editor->show();
}

void ExperimentPage::openResults(const QString &folder)
{
    if (m_running)
        return;
    const QString path = QDir::cleanPath(QDir(folder).absolutePath());
    m_opening.start(
        [path](const std::atomic<bool> &) { return summariseResult(path.toStdString()); },
        [this](const ResultSummary &summary) {
            if (m_running)
                return;
            m_error->dismiss();
            m_preset.clear();
            m_fitting.cancel();
            {
                const QSignalBlocker quiet(m_presets);
                m_presets->setCurrentRow(-1);
            }
            show(summary.experiment, summary);
        },
        [this](const QString &line) { m_error->showLine(line); });
}

void ExperimentPage::savePlan(const QString &file)
{
    try {
        writeWhole(file,
                   QByteArray::fromStdString(jsonText(experimentToJson(m_experiment), 1) + "\n"));
    } catch (const InputError &error) {
        m_error->showLine(QString::fromUtf8(error.what()));
    }
}

// A plan, and then what was measured of it. opened: a result that lies elsewhere.
void ExperimentPage::show(Experiment experiment, const std::optional<ResultSummary> &opened)
{
    m_experiment = std::move(experiment);
    m_opened = opened;
    m_opening.cancel();
    if (std::exchange(m_failedPlan, std::nullopt))
        m_error->dismiss(); // it offers to measure another plan
    showHead();
    showNoResult();
    listResults(opened ? folderOf(*opened) : QString());
}

void ExperimentPage::showHead()
{
    m_name->setText(text(m_experiment.name));
    m_question->setText(text(m_experiment.question));
    QString plan = wantsFiles(m_experiment)
        ? tr("The files of one model that lie beside each other")
        : text(planLine(m_experiment, predictedHere()));
    if (!m_experiment.note.empty())
        plan += QStringLiteral(". ") + text(m_experiment.note);
    m_plan->setText(plan);
    const QString devices = text(deviceWords(m_experiment));
    m_machine->setText(m_preset.isEmpty()
                           ? tr("Runs on %1: the plan says so").arg(devices)
                           : tr("Runs on %1: as chosen on the Run page").arg(devices));
}

void ExperimentPage::showChartsOf(const Experiment &experiment)
{
    const QStringList ids = chartsFor(experiment);
    QStringList hidden = experimentChartIds();
    for (const QString &id : ids)
        hidden.removeAll(id);
    m_board->setHidden(hidden);
    m_board->setOrder(ids);
}

void ExperimentPage::showNoResult()
{
    m_reading.cancel();
    m_folder.clear();
    m_summary.reset();
    m_result.reset();
    forgetOutlook();
    choosePoint(-1);
    m_activity->clear();
    m_bar->setValue(0);
    showChartsOf(m_experiment);
    showResult(std::make_shared<const ExperimentResult>(
        wantsFiles(m_experiment) ? ExperimentResult {m_experiment, {}, {}}
                                 : emptyResult(m_experiment)));
}

void ExperimentPage::listResults(const QString &preferred)
{
    m_results->setResults({}, {}, tr("Looking for earlier results"));
    m_listing.start(
        [folder = m_resultsFolder.toStdString(), name = m_experiment.name](
            const std::atomic<bool> &stop) { return inferlab::listResults(folder, name, &stop); },
        [this, preferred](const std::vector<ResultSummary> &results) {
            if (!m_running)
                takeList(results, preferred);
        },
        [this](const QString &line) { m_error->showLine(line); });
}

// The preferred one is shown, else the newest that belongs to the plan and the model, else the
// newest.
void ExperimentPage::takeList(std::vector<ResultSummary> results, const QString &preferred)
{
    const auto isIn = [&results](const QString &folder) {
        return std::any_of(results.begin(), results.end(), [&folder](const ResultSummary &result) {
            return folderOf(result) == folder;
        });
    };
    if (m_opened && !isIn(folderOf(*m_opened)))
        results.insert(results.begin(), *m_opened);
    const ModelFile model = modelFile();
    const auto belonging =
        std::find_if(results.begin(), results.end(), [&](const ResultSummary &result) {
            return standingOf(result, m_experiment, model).belongs();
        });
    QString shown;
    if (isIn(preferred))
        shown = preferred;
    else if (!results.empty())
        shown = folderOf(belonging != results.end() ? *belonging : results.front());
    m_results->setResults(std::move(results), shown,
                          shown.isEmpty() ? tr("No results yet") : QString());
    if (shown.isEmpty()) {
        if (!m_folder.isEmpty())
            showNoResult();
    } else if (shown == m_folder) { // it has just been measured
        m_summary = *m_results->find(shown);
        showState();
    } else {
        readFolder(shown);
    }
}

void ExperimentPage::readFolder(const QString &folder)
{
    if (m_running)
        return;
    m_reading.start(
        [folder](const std::atomic<bool> &stop) {
            return ReadResult {summariseResult(folder.toStdString()),
                               std::make_shared<const ExperimentResult>(
                                   readExperimentFolder(folder.toStdString(), &stop))};
        },
        [this, folder](const ReadResult &read) {
            if (m_running)
                return;
            m_folder = folder;
            m_summary = read.summary;
            forgetOutlook();
            choosePoint(-1);
            showChartsOf(read.result->experiment);
            showResult(read.result);
        },
        [this](const QString &line) {
            m_error->showLine(line);
            m_results->setResults(m_results->results(), m_folder, tr("It cannot be read"));
        });
}

void ExperimentPage::chooseOpen()
{
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Open a plan"), {}, tr("Experiment plans (*.json)"));
    if (!file.isEmpty())
        openPlan(file);
}

void ExperimentPage::chooseResults()
{
    const QString folder = QFileDialog::getExistingDirectory(
        this, tr("Open the results of an experiment"), m_resultsFolder);
    if (!folder.isEmpty())
        openResults(folder);
}

void ExperimentPage::chooseSave()
{
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Save the plan"), text(m_experiment.name) + QStringLiteral(".json"),
        tr("Experiment plans (*.json)"));
    if (!file.isEmpty())
        savePlan(file);
}

} // namespace inferlab
