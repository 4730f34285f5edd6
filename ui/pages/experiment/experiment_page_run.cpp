// Starts experiments, goes on with them and follows them.
#include "experiment_page.h"

#include "advice_panel.h"
#include "app/experiment/experiment_outlook.h"
#include "app/experiment/progress_words.h"
#include "app/experiment/stop_rule.h"
#include "app/session/session.h"
#include "engine/base/error.h"
#include "outlook_reader.h"
#include "result_chooser.h"
#include "ui/widgets/error_bar.h"

#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QStyle>
#include <algorithm>
#include <utility>

namespace inferlab {

namespace {

constexpr int kBarSteps = 1000;

QString text(const std::string &words)
{
    return QString::fromStdString(words);
}

// The look of the one button that is meant.
void setPrimary(QPushButton *button, bool primary)
{
    const QString kind = primary ? QStringLiteral("primary") : QString();
    if (button->property("kind").toString() == kind)
        return;
    button->setProperty("kind", kind);
    button->style()->unpolish(button);
    button->style()->polish(button);
}

} // namespace

ExperimentPage::~ExperimentPage()
{
    m_session.disconnect(this);
}

void ExperimentPage::connectSession()
{
    connect(&m_session, &Session::experimentProgressed, this, &ExperimentPage::showProgress);
    connect(&m_session, &Session::experimentAdvanced, this,
            [this](const ExperimentResultPtr &result) {
                if (m_running)
                    showResult(result);
            });
    connect(&m_session, &Session::experimentFinished, this, &ExperimentPage::onFinished);
    connect(&m_session, &Session::failed, this, [this](const QString &line) {
        if (m_running)
            m_error->showLine(line);
    });
    connect(&m_session, &Session::cpuOffered, this, [this](const QString &line) {
        // Where the plan compares devices, the CPU has its points already.
        if (!m_running || m_result->experiment.held.run.device == "cpu")
            return;
        m_failedPlan = m_result->experiment;
        m_error->showLine(line, tr("Measure on the CPU"));
    });
    connect(m_error, &ErrorBar::actionTriggered, this, &ExperimentPage::measureOnCpu);
    connect(&m_session, &Session::modelReady, this, [this] {
        if (m_running)
            return;
        if (!m_preset.isEmpty() && choiceNow() != m_choice)
            choosePreset(m_preset); // on this model now
        else
            askOutlook(); // of a result that was read before there was a model
    });
    connect(&m_session, &Session::statusChanged, this, [this] {
        if (m_running && !m_session.isExperimenting())
            onEnded();
        showState();
        mayCompute() ? catchUp() : stopComputing();
    });
}

// What failed, as a plan of its own: the Run page's choice is another device.
void ExperimentPage::measureOnCpu()
{
    if (!m_failedPlan || m_running || m_session.isBusy())
        return;
    Experiment plan = *std::move(m_failedPlan);
    m_failedPlan.reset();
    plan.held.run.device = "cpu";
    showPlan(std::move(plan));
    start();
}

// The choice on the Run page may have changed while another page was shown.
void ExperimentPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!m_running && !m_preset.isEmpty() && choiceNow() != m_choice)
        choosePreset(m_preset);
    showDurations(); // which may have been of another choice
    catchUp();
}

// The first of this name that is free.
QString ExperimentPage::freeFolder(const Experiment &experiment) const
{
    const QString name = text(experiment.name).replace(QLatin1Char('/'), QLatin1Char('-'));
    const QDir dir(m_resultsFolder);
    for (int i = 1;; ++i) {
        const QString path = dir.filePath(i == 1 ? name : QStringLiteral("%1 %2").arg(name).arg(i));
        if (!QFileInfo::exists(path))
            return path;
    }
}

bool ExperimentPage::canGoOn() const
{
    return !m_running && m_summary && !isEnded(*m_result)
        && standingOf(*m_summary, m_experiment, modelFile()).model.isEmpty();
}

void ExperimentPage::start()
{
    if (m_running || m_session.isBusy())
        return;
    if (!m_preset.isEmpty() && choiceNow() != m_choice)
        choosePreset(m_preset);
    if (m_fitting.isWorking())
        return; // the button says so
    begin(m_experiment, freeFolder(m_experiment));
}

void ExperimentPage::goOn()
{
    if (canGoOn() && !m_session.isBusy())
        begin(m_result->experiment, m_folder);
}

void ExperimentPage::startOrGoOn()
{
    canGoOn() ? goOn() : start();
}

void ExperimentPage::begin(const Experiment &experiment, const QString &folder)
{
    ExperimentPlan plan;
    plan.model = m_model();
    if (plan.model.path.isEmpty()) {
        m_error->showLine(tr("No model is chosen: choose one on the Run page"));
        return;
    }
    try {
        checkExperiment(experiment, experiment.name);
    } catch (const InputError &error) {
        m_error->showLine(QString::fromUtf8(error.what()));
        return;
    }
    m_error->dismiss();
    m_failedPlan.reset();
    plan.experiment = experiment;
    plan.folder = folder;
    m_listing.cancel();
    m_predictedSeconds = predictedHere();
    if (folder != m_folder)
        showNewResult(experiment);
    m_folder = folder;
    m_summary.reset();
    m_results->setResults({}, {}, tr("Being measured"));
    m_running = true;
    m_paused = false;
    m_activity->setText(tr("Starting"));
    stopComputing(); // the machine is the experiment's now
    m_session.runExperiment(plan);
    refreshButtons();
    m_stop->setFocus(); // the start button is disabled now and would pass the focus to any other
}

// Empty, with what the cost model expects of it where that is known already.
void ExperimentPage::showNewResult(const Experiment &experiment)
{
    std::shared_ptr<ExperimentOutlook> expected;
    if (m_outlook != nullptr && isSamePlan(m_result->experiment, experiment)) {
        expected = std::make_shared<ExperimentOutlook>(*m_outlook);
        for (PredictedPoint &point : expected->points) { // said of other runs
            point.verdict.reset();
            point.missed.clear();
        }
    }
    showNoResult();
    m_outlook = expected;
    m_advice->setOutlook(expected);
    showFigures();
}

// Whatever ended it.
void ExperimentPage::onEnded()
{
    m_running = false;
    if (std::exchange(m_paused, false))
        m_session.pause(false);
    m_durationsFor.reset(); // it may have been calibrated
    m_outlookIsStale = true;
    listResults(m_folder);
}

void ExperimentPage::togglePause()
{
    if (!m_running)
        return;
    m_paused = !m_paused;
    m_session.pause(m_paused);
    m_outlookIsStale = true; // there are new runs
    m_paused ? catchUp() : stopComputing();
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
    RunnerProgress told = progress;
    if (m_predictedSeconds && progress.done == 0 && m_result->runCount() == 0)
        told.secondsLeft = m_predictedSeconds; // the runner knows what others took
    m_activity->setText(text(activityText(*m_result, told) + ": " + countText(told)));
    const double total = static_cast<double>(std::max<size_t>(progress.total, 1));
    const double done = static_cast<double>(progress.done) + progress.runShare;
    m_bar->setValue(static_cast<int>(kBarSteps * std::min(done / total, 1.0)));
}

void ExperimentPage::onFinished(const ExperimentResultPtr &result)
{
    if (!m_running)
        return;
    showResult(result);
    m_activity->setText(text(endLine(*result)));
    m_bar->setValue(result->complete() ? kBarSteps : m_bar->value());
}

// Of the result, while nothing runs: how far it came, and what it is if not of this plan.
void ExperimentPage::showState()
{
    if (!m_running && m_summary) {
        QString line = text(endLine(*m_result));
        const QString differs = standingOf(*m_summary, m_experiment, modelFile()).words();
        if (!differs.isEmpty())
            line += QStringLiteral("; ") + differs;
        m_activity->setText(line);
    }
    refreshButtons();
}

void ExperimentPage::refreshButtons()
{
    const bool hasRuns = m_result != nullptr && m_result->runCount() > 0;
    const bool goesOn = canGoOn();
    const bool mayStart = !m_running && !m_session.isBusy() && !m_fitting.isWorking();
    m_goOn->setVisible(goesOn);
    m_goOn->setEnabled(mayStart);
    m_start->setText(goesOn || (hasRuns && !m_running) ? tr("Start anew") : tr("Start"));
    m_start->setEnabled(mayStart);
    setPrimary(m_start, !goesOn);
    m_start->setToolTip(m_running                   ? QString()
                            : m_session.isBusy()    ? tr("Something else is running")
                            : m_fitting.isWorking() ? tr("Looking for the files of this model")
                                                    : tr("Measures the plan into a new folder"));
    m_pause->setText(m_paused ? tr("Resume") : tr("Pause"));
    m_presets->setEnabled(!m_running);
    // A button that is about to be disabled would pass the focus on to any other.
    for (const QPushButton *button : {m_pause, m_skip, m_stop}) {
        if (!m_running && window()->focusWidget() == button)
            m_presets->setFocus();
    }
    for (QPushButton *button : {m_pause, m_skip, m_stop})
        button->setEnabled(m_running);
    m_edit->setEnabled(!m_running);
    m_open->setEnabled(!m_running);
    m_results->openButton()->setEnabled(!m_running);
    m_export->setText(isExporting() ? tr("Stop export") : tr("Export all…"));
    m_export->setEnabled(hasRuns || isExporting());
}

} // namespace inferlab
