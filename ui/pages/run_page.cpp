// Follows the session and shows it. The page's layout: run_page_layout.cpp.
#include "run_page.h"

#include "app/run_setup/run_requests.h"
#include "app/session/session.h"
#include "chart_board.h"
#include "engine/base/clock.h"
#include "engine/measure/metrics.h"
#include "opened_runs.h"
#include "run_again.h"
#include "token_selection.h"
#include "ui/settings/settings.h"
#include "ui/widgets/answer_text.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/kept_runs.h"
#include "ui/widgets/model_picker.h"
#include "ui/widgets/phase_bar.h"

#include <QFileInfo>
#include <QPushButton>
#include <algorithm>
#include <utility>

namespace inferlab {

namespace {

constexpr int kMostSkipped = 4; // frames in a row without a chart: then half a second has passed

} // namespace

RunPage::~RunPage()
{
    m_session.disconnect(this);
}

void RunPage::connectSession()
{
    connect(&m_session, &Session::statusChanged, this, &RunPage::onStatus);
    connect(&m_session, &Session::modelReady, this, [this](const ModelSummary &model) {
        m_settings.addRecentModel(model.choice.path);
        m_modelShown = true;
        m_controls->setLoaded(m_session.model(), m_session.loadedModel());
        refreshEmptyState();
    });
    connect(&m_session, &Session::runStarted, this, &RunPage::onRunStarted);
    connect(&m_session, &Session::runAdvanced, this, &RunPage::onRunAdvanced);
    connect(&m_session, &Session::runFinished, this, &RunPage::onRunFinished);
    connect(&m_session, &Session::kneeFinished, this,
            [this](const std::vector<RunRecordPtr> &runs) {
                m_sweep = runs;
                refreshCharts();
            });
    connect(&m_session, &Session::failed, this, &RunPage::showError);
    connect(&m_session, &Session::cpuOffered, this,
            [this](const QString &line) { offerCpu(line, m_runPending); });
}

void RunPage::chooseModel(const QString &path)
{
    m_controls->setModelPath(path); // loads by its signal when it is another one
}

void RunPage::loadChoice()
{
    const ModelChoice choice = m_controls->modelChoice();
    if (choice.path.isEmpty()) // a switch was set before a model was chosen
        return;
    if (!QFileInfo::exists(choice.path)) {
        showError(tr("%1: there is no such file. Open another model with Ctrl+O").arg(choice.path));
        refreshEmptyState();
        return;
    }
    // Whoever chooses another model no longer waits for the one before. A run is let finish.
    const Phase phase = m_session.status().phase;
    if ((phase == Phase::Loading || phase == Phase::Identifying) && !m_runPending)
        m_session.stop();
    m_error->dismiss();
    m_session.load(choice);
    refreshEmptyState();
}

bool RunPage::refusesToRun()
{
    if (m_runPending)
        return true;
    if (m_session.isExperimenting()) {
        m_error->showNotice(tr("An experiment is running: stop it on the Experiments page, or wait "
                               "until it is done"));
        return true;
    }
    return false;
}

void RunPage::run()
{
    if (refusesToRun())
        return;
    if (const QString problem = m_controls->problem(); !problem.isEmpty()) {
        m_controls->errorBar()->showLine(problem);
        m_controls->focusPrompt();
        return;
    }
    m_again.reset();
    start(m_controls->plan());
}

void RunPage::start(const RunPlan &plan)
{
    m_controls->errorBar()->dismiss();
    m_error->dismiss();
    m_runPressedNs = nowNs();
    startBusy();
    m_session.run(plan);
}

void RunPage::runAgain(const RunRecord &run, const QString &model)
{
    if (refusesToRun())
        return;
    showSwitches(run.settings);
    m_controls->switches()->setThreads(run.settings.threads);
    if (const QString problem = againProblem(run); !problem.isEmpty()) {
        showError(problem);
        return;
    }
    chooseModel(model);
    m_again = planAgain(run, model);
    start(*m_again);
    RunSettings shown = m_controls->plan().settings;
    shown.device = m_controls->switches()->device().toStdString();
    if (const QStringList beyond = beyondSwitches(run.settings, shown); !beyond.isEmpty())
        showNotice(tr("Run again as its record says, with what has no switch here: %1")
                       .arg(beyond.join(QStringLiteral(", "))));
}

// A record without a prompt leaves what was typed: its prompts were drawn from a pool, or nobody
// knows them.
void RunPage::showSwitches(const RunSettings &settings)
{
    RunSettings shown = settings;
    if (shown.prompt.empty()) {
        const RunSettings typed = m_controls->plan().settings;
        shown.prompt = typed.prompt;
        shown.systemPrompt = typed.systemPrompt;
    }
    m_controls->setSettings(shown);
}

void RunPage::startBusy()
{
    saveSwitches();
    m_runPending = true;
    // A button that is about to be disabled would pass the focus on to any other.
    const QWidget *focus = focusWidget();
    for (const QPushButton *button :
         {m_controls->runButton(), m_controls->kneeButton(), m_keep, m_export}) {
        if (focus == button)
            m_answers->setFocus();
    }
    m_controls->setBusy(true);
    emit busyChanged(true);
}

void RunPage::findKnee()
{
    if (m_runPending)
        return;
    if (const QString problem = m_controls->problem(); !problem.isEmpty()) {
        m_controls->errorBar()->showLine(problem);
        return;
    }
    m_controls->errorBar()->dismiss();
    m_error->dismiss();
    m_sweep.clear();
    startBusy();
    m_again.reset();
    m_board->reveal(QStringLiteral("knee"));
    KneePlan plan;
    plan.base = m_controls->plan();
    m_session.findKnee(plan);
}

void RunPage::stop()
{
    m_session.stop();
}

void RunPage::togglePause()
{
    if (!m_runPending)
        return;
    m_paused = !m_paused;
    m_session.pause(m_paused);
    m_phase->setStatus(m_session.status(), m_paused);
}

void RunPage::onStatus()
{
    if (!m_session.isBusy() && m_runPending) {
        m_runPending = false;
        m_runPressedNs = 0;
        if (std::exchange(m_paused, false))
            m_session.pause(false);
        m_controls->setBusy(false);
        emit busyChanged(false);
    }
    if (!m_session.model() && std::exchange(m_modelShown, false))
        m_controls->setLoaded(std::nullopt, nullptr);
    m_phase->setStatus(m_session.status(), m_paused);
    if (m_run == nullptr)
        refreshEmptyState();
}

void RunPage::onRunStarted()
{
    m_selection->clear();
    m_limitTokens = mostNewTokens(m_session.liveRun()->settings);
    showRecord(m_session.liveRun(), nullptr);
}

void RunPage::onRunAdvanced()
{
    GenerationProgress progress;
    progress.doneTokens = m_session.liveTokens();
    progress.limitTokens = m_limitTokens;
    m_phase->setGeneration(progress);
    if (m_runPressedNs != 0 && progress.doneTokens > 0)
        emit firstTokenShown(static_cast<double>(nowNs() - std::exchange(m_runPressedNs, 0)) / 1e6);
    showRecord(m_session.liveRun(), nullptr);
}

void RunPage::onRunFinished(const RunRecordPtr &run)
{
    if (m_session.status().sweepCount > 0)
        m_sweep.push_back(run); // the knee chart grows run by run
    showRecord(run.get(), run);
    for (const RequestRecord &request : run->requests) {
        if (request.endReason == EndReason::Error) {
            const QString line = QString::fromStdString(request.message);
            if (run->settings.device == "cpu")
                showError(line);
            else
                offerCpu(line, true);
            break;
        }
    }
}

// One place where the answer, the charts and the buttons learn what is shown.
void RunPage::showRecord(const RunRecord *run, const RunRecordPtr &finished)
{
    const RunRecordPtr before = std::exchange(m_finished, finished); // the views still look at it
    m_run = run;
    m_kept->setShown(finished);
    m_answers->setRun(run, finished == nullptr);
    const bool canWait = finished == nullptr && m_chartsSkipped < kMostSkipped;
    m_chartsSkipped = canWait && m_session.isShortOfTime() ? m_chartsSkipped + 1 : 0;
    if (m_chartsSkipped == 0)
        refreshCharts();
    m_keep->setEnabled(m_finished != nullptr);
    m_export->setEnabled(m_finished != nullptr);
    refreshSelection();
}

ChartData RunPage::chartData() const
{
    ChartData shown;
    shown.current = m_run;
    shown.live = m_run != nullptr && m_finished == nullptr;
    shown.sweep = m_sweep;
    shown.earlier = m_kept->earlier();
    return shown;
}

void RunPage::refreshCharts()
{
    m_board->setData(chartData());
}

void RunPage::refreshSelection()
{
    const TokenRef token = m_selection->current();
    m_answers->setSelectedToken(token.request, token.index);
}

void RunPage::stepToken(int by)
{
    if (m_run != nullptr)
        m_selection->step(*m_run, m_answers->current(), by);
}

void RunPage::keepRun()
{
    if (m_finished == nullptr)
        return;
    if (!m_kept->keep(m_finished))
        showNotice(tr("This run is kept already"));
}

void RunPage::showRuns(const std::vector<RunRecordPtr> &runs)
{
    if (runs.empty() || m_runPending)
        return;
    m_selection->clear();
    m_error->dismiss();
    const OpenedRuns opened = sortOpenedRuns(runs);
    m_sweep = opened.sweep;
    // The newest are kept where there are too many.
    const size_t left = opened.kept.size() - std::min(opened.kept.size(), KeptRuns::kMaxRuns);
    for (size_t i = left; i < opened.kept.size(); ++i)
        m_kept->keep(opened.kept[i]);
    showRecord(opened.shown.get(), opened.shown);
    showSwitches(opened.shown->settings);
    if (left > 0)
        showNotice(tr("%1 more runs are in the file: %2 fit beside one another")
                       .arg(left)
                       .arg(KeptRuns::kMaxRuns));
}

void RunPage::showError(const QString &line)
{
    m_errorAction = nullptr;
    m_error->showLine(line);
}

void RunPage::offerCpu(const QString &line, bool runs)
{
    m_error->showLine(line, runs ? tr("Run on the CPU") : tr("Use the CPU"));
    m_errorAction = [this, runs] {
        m_error->dismiss();
        m_controls->switches()->setDevice(QStringLiteral("cpu")); // loads by its signal
        if (runs && m_again) {
            m_again->model.device = QStringLiteral("cpu");
            start(*m_again);
        } else if (runs) {
            run();
        }
    };
}

void RunPage::showNotice(const QString &line)
{
    m_errorAction = nullptr;
    m_error->showNotice(line);
}

void RunPage::refreshEmptyState()
{
    const bool hasFile = QFileInfo::exists(m_controls->modelPicker()->path());
    if (m_session.status().phase == Phase::Loading)
        m_answers->setEmptyText(tr("Loading the model"), tr("You can press Run already"));
    else if (hasFile && !m_session.isBusy() && !m_session.model())
        m_answers->setEmptyText(tr("The model did not load"),
                                tr("Choose another one, or open a GGUF file with Ctrl+O"));
    else if (hasFile)
        m_answers->setEmptyText(tr("Press Run"),
                                tr("The answer streams here; the charts show what it costs"));
    else
        m_answers->setEmptyText(tr("No model yet"),
                                tr("Open a GGUF file with Ctrl+O, or drop one on this window.\n"
                                   "packaging/run.sh fetches the default model (94 MiB)."));
}

} // namespace inferlab
