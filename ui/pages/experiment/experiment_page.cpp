// Starts experiments, follows them and shows what they measured.
#include "experiment_page.h"

#include "app/experiment/experiment_folder.h"
#include "app/experiment/experiment_json.h"
#include "app/experiment/experiment_presets.h"
#include "app/experiment/model_variants.h"
#include "app/experiment/progress_words.h"
#include "app/session/session.h"
#include "engine/base/error.h"
#include "kernels/api/devices.h"
#include "result_model.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/pages/chart_board.h"
#include "ui/widgets/error_bar.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTabWidget>
#include <QThread>
#include <algorithm>

namespace inferlab {

namespace {

constexpr int kBarSteps = 1000;

QString text(const std::string &words)
{
    return QString::fromStdString(words);
}

// What a folder holds of this experiment: null for another experiment, or none.
ExperimentResultPtr resultIn(const QString &folder, const Experiment &experiment)
{
    try {
        auto result =
            std::make_shared<ExperimentResult>(readExperimentFolder(folder.toStdString()));
        if (experimentToJson(result->experiment) == experimentToJson(experiment))
            return result;
    } catch (const InputError &) {
        // Not one that can be gone on with: the next folder is taken.
    }
    return nullptr;
}

bool comparesFiles(const Experiment &experiment)
{
    return std::any_of(experiment.axes.begin(), experiment.axes.end(),
                       [](const ExperimentAxis &axis) { return axis.kind == AxisKind::ModelFile; });
}

} // namespace

ExperimentPage::~ExperimentPage()
{
    if (m_reader != nullptr)
        m_reader->wait();
    m_session.disconnect(this);
}

void ExperimentPage::connectSession()
{
    connect(&m_session, &Session::experimentProgressed, this, &ExperimentPage::showProgress);
    connect(&m_session, &Session::experimentAdvanced, this, &ExperimentPage::showResult);
    connect(&m_session, &Session::experimentFinished, this, &ExperimentPage::onFinished);
    connect(&m_session, &Session::failed, this, [this](const QString &line) {
        if (m_running)
            m_error->showLine(line);
    });
    connect(&m_session, &Session::modelReady, this, [this] {
        if (!m_running && m_result != nullptr)
            askOutlook(); // of a result that was read before there was a model
    });
    connect(&m_session, &Session::statusChanged, this, [this] {
        if (m_running && !m_session.isExperimenting()) {
            m_running = false;
            if (std::exchange(m_paused, false))
                m_session.pause(false);
        }
        refreshButtons();
    });
}

void ExperimentPage::choosePreset(const QString &name)
{
    if (m_running)
        return;
    m_isPreset = true;
    for (int row = 0; row < m_presets->count(); ++row) {
        if (m_presets->item(row)->data(Qt::UserRole).toString() == name) {
            const QSignalBlocker quiet(m_presets);
            m_presets->setCurrentRow(row);
        }
    }
    const Experiment preset = fitted(experimentPreset(name.toStdString()), defaultThreads(), {});
    show(preset, QDir(m_resultsFolder).filePath(name));
}

void ExperimentPage::openPlan(const QString &file)
{
    if (m_running)
        return;
    try {
        Experiment experiment = readExperiment(file.toStdString());
        m_isPreset = false;
        {
            const QSignalBlocker quiet(m_presets);
            m_presets->setCurrentRow(-1);
        }
        m_error->dismiss();
        const QString name = text(experiment.name).replace(QLatin1Char('/'), QLatin1Char('-'));
        show(std::move(experiment), QDir(m_resultsFolder).filePath(name));
    } catch (const InputError &error) {
        m_error->showLine(QString::fromUtf8(error.what()));
    }
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

// A plan, and what an earlier session measured of it.
void ExperimentPage::show(Experiment experiment, const QString &folder)
{
    m_experiment = std::move(experiment);
    m_folder = folder;
    m_result.reset();
    forgetOutlook();
    choosePoint(-1);
    m_name->setText(text(m_experiment.name));
    m_question->setText(text(m_experiment.question));
    const bool needsModel = std::any_of(m_experiment.axes.begin(), m_experiment.axes.end(),
                                        [](const auto &axis) { return axis.values.empty(); });
    QString plan = needsModel ? tr("The files of one model that lie beside each other")
                              : text(planLine(m_experiment));
    if (!m_experiment.note.empty())
        plan += QStringLiteral(". ") + text(m_experiment.note);
    m_plan->setText(plan);
    m_activity->clear();
    m_bar->setValue(0);
    m_board->setHidden([this] {
        QStringList hidden = experimentChartIds();
        for (const QString &id : chartsFor(m_experiment))
            hidden.removeAll(id);
        return hidden;
    }());
    m_board->setOrder(chartsFor(m_experiment));
    showResult(std::make_shared<const ExperimentResult>(
        needsModel ? ExperimentResult {m_experiment, {}, {}} : emptyResult(m_experiment)));
    readFolder();
    refreshButtons();
}

// In the background: records of long runs take a moment.
void ExperimentPage::readFolder()
{
    if (m_reader != nullptr)
        m_reader->wait();
    const QString folder = m_folder;
    if (!QFileInfo::exists(folder + QStringLiteral("/progress.json")))
        return;
    m_reader.reset(QThread::create([this, folder] {
        ExperimentResultPtr result;
        try {
            result = std::make_shared<const ExperimentResult>(
                readExperimentFolder(folder.toStdString()));
        } catch (const std::exception &error) {
            const QString line = QString::fromUtf8(error.what());
            QMetaObject::invokeMethod(this, [this, line] { m_error->showLine(line); });
            return;
        }
        QMetaObject::invokeMethod(this, [this, result, folder] {
            if (!m_running && m_folder == folder)
                showResult(result);
        });
    }));
    m_reader->start();
}

// The first folder of this name that is free, or can be gone on with.
QString ExperimentPage::folderFor(const Experiment &experiment, const QString &model) const
{
    const QString name = text(experiment.name).replace(QLatin1Char('/'), QLatin1Char('-'));
    const QDir dir(m_resultsFolder);
    for (int i = 1;; ++i) {
        const QString path = dir.filePath(i == 1 ? name : QStringLiteral("%1 %2").arg(name).arg(i));
        if (!QFileInfo::exists(path))
            return path;
        const ExperimentResultPtr result = resultIn(path, experiment);
        if (result != nullptr && !result->complete() && isOnModel(*result, model))
            return path;
    }
}

void ExperimentPage::start()
{
    if (m_running || m_session.isBusy())
        return;
    ExperimentPlan plan;
    plan.model = m_model();
    if (plan.model.path.isEmpty()) {
        m_error->showLine(tr("No model is chosen: choose one on the Run page"));
        return;
    }
    try {
        if (m_isPreset && comparesFiles(m_experiment))
            m_experiment = fitted(experimentPreset(m_experiment.name), defaultThreads(),
                                  modelVariants(plan.model.path.toStdString()));
        checkExperiment(m_experiment, m_experiment.name);
        plan.experiment = m_experiment;
        plan.folder = m_folder = folderFor(m_experiment, plan.model.path);
    } catch (const InputError &error) {
        m_error->showLine(QString::fromUtf8(error.what()));
        return;
    }
    m_error->dismiss();
    forgetOutlook(); // the points may be others now
    m_running = true;
    m_paused = false;
    m_activity->setText(tr("Starting"));
    m_session.runExperiment(plan);
    refreshButtons();
    m_stop->setFocus(); // the start button is disabled now and would pass the focus to any other
}

void ExperimentPage::togglePause()
{
    if (!m_running)
        return;
    m_paused = !m_paused;
    m_session.pause(m_paused);
    refreshButtons();
}

void ExperimentPage::skipPoint()
{
    if (m_running)
        m_session.skipPoint(m_point);
}

void ExperimentPage::stop()
{
    if (m_running)
        m_session.stop();
}

void ExperimentPage::showProgress(const RunnerProgress &progress)
{
    m_point = progress.point;
    if (m_result == nullptr || progress.phase == RunnerPhase::RunDone
        || progress.phase == RunnerPhase::Ended)
        return;
    m_activity->setText(text(activityText(*m_result, progress) + ": " + countText(progress)));
    const double total = static_cast<double>(std::max<size_t>(progress.total, 1));
    const double done = static_cast<double>(progress.done) + progress.runShare;
    m_bar->setValue(static_cast<int>(kBarSteps * std::min(done / total, 1.0)));
}

void ExperimentPage::onFinished(const ExperimentResultPtr &result)
{
    showResult(result);
    m_activity->setText(text(endLine(*result)));
    m_bar->setValue(result->complete() ? kBarSteps : m_bar->value());
}

void ExperimentPage::refreshButtons()
{
    const bool hasRuns = m_result != nullptr && m_result->runCount() > 0;
    m_start->setText(!m_running && hasRuns && !m_result->complete() ? tr("Go on") : tr("Start"));
    m_start->setEnabled(!m_running && !m_session.isBusy());
    m_start->setToolTip(m_session.isBusy() && !m_running ? tr("Something else is running")
                                                         : QString());
    m_pause->setText(m_paused ? tr("Resume") : tr("Pause"));
    m_presets->setEnabled(!m_running);
    // A button that is about to be disabled would pass the focus on to any other.
    for (const QPushButton *button : {m_pause, m_skip, m_stop}) {
        if (!m_running && window()->focusWidget() == button)
            m_presets->setFocus();
    }
    for (QPushButton *button : {m_pause, m_skip, m_stop})
        button->setEnabled(m_running);
    m_open->setEnabled(!m_running);
    m_export->setEnabled(hasRuns);
}

void ExperimentPage::chooseOpen()
{
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Open a plan"), {}, tr("Experiment plans (*.json)"));
    if (!file.isEmpty())
        openPlan(file);
}

void ExperimentPage::chooseSave()
{
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Save the plan"), text(m_experiment.name) + QStringLiteral(".json"),
        tr("Experiment plans (*.json)"));
    if (!file.isEmpty())
        savePlan(file);
}

void ExperimentPage::chooseExport()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Export into a folder"));
    if (!folder.isEmpty())
        exportTo(QDir(folder).filePath(text(m_experiment.name)));
}

} // namespace inferlab
