// The run page: what is asked on the left, the answer in the middle, what it cost on the right.
// Owns no run logic: the session runs, this page shows.
#pragma once

#include "ui/charts/chart.h"

#include <QTimer>
#include <QWidget>
#include <functional>
#include <optional>

class QPushButton;
class QSplitter;

namespace inferlab {

class AnswerView;
class ChartBoard;
class ControlPanel;
class ErrorBar;
class KeptRuns;
class PhaseBar;
class Session;
class Settings;
class TokenSelection;

class RunPage : public QWidget
{
    Q_OBJECT

public:
    // Session and settings must outlive the page; it takes the charts over.
    RunPage(Session &session, Settings &settings, std::vector<ChartCard *> charts,
            QWidget *parent = nullptr);
    ~RunPage() override;

    // Below this width (at 100%) the charts go under the answer.
    static constexpr int kWideAt = 1100;

    // The run on the screen; null when none. The second is null while it is still growing.
    const RunRecord *shownRun() const noexcept { return m_run; }
    RunRecordPtr finishedRun() const noexcept { return m_finished; }
    const std::vector<RunRecordPtr> &sweep() const noexcept { return m_sweep; }

    void chooseModel(const QString &path); // loads it in the background
    // Splitters and charts as the settings remember them, and back into the settings.
    void restoreLayout();
    void saveLayout();
    // The switches likewise. Devices must be known: a device that is not there is not chosen.
    // sameInAnyBatch: how that switch stands where nobody ever moved it.
    void restoreSwitches(bool sameInAnyBatch = false);
    void saveSwitches();
    void showRuns(const std::vector<RunRecordPtr> &runs); // the first, the others kept beside it
    // The same run once more, on the model's file: with all settings of its record, also those that
    // no switch here stands for, which a line says. The switches show the rest.
    void runAgain(const RunRecord &run, const QString &model);
    void showError(const QString &line);
    void showNotice(const QString &line);
    // The same with a button that chooses the CPU, and runs again when `runs`.
    void offerCpu(const QString &line, bool runs);
    bool isRunning() const noexcept { return m_runPending; } // or about to; not while a model loads
    bool isPaused() const noexcept { return m_paused; }
    // Prompt and switches fold away.
    void setSidebarShown(bool shown);
    bool isSidebarShown() const;

    ControlPanel *controls() const noexcept { return m_controls; }
    AnswerView *answers() const noexcept { return m_answers; }
    ChartBoard *board() const noexcept { return m_board; }
    KeptRuns *keptRuns() const noexcept { return m_kept; }
    PhaseBar *phaseBar() const noexcept { return m_phase; }
    ErrorBar *errorBar() const noexcept { return m_error; }
    TokenSelection *selection() const noexcept { return m_selection; }
    QPushButton *keepButton() const noexcept { return m_keep; }
    QPushButton *exportButton() const noexcept { return m_export; }

public slots:
    void run();
    void findKnee();
    void stop();
    void togglePause();
    void stepToken(int by);
    void keepRun();

signals:
    void exportRequested();
    void firstTokenShown(double milliseconds); // since Run was pressed
    void busyChanged(bool busy);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeMiddle();
    QWidget *makeCharts();
    void connectSession();
    void connectSelection();
    void connectKeptRuns();
    void applySettings();
    void onStatus();
    void onRunStarted();
    void onRunAdvanced();
    void onRunFinished(const RunRecordPtr &run);
    void showRecord(const RunRecord *run, const RunRecordPtr &finished);
    ChartData chartData() const;
    void refreshCharts();
    void refreshEmptyState();
    void refreshSelection();
    void loadChoice();
    void showSwitches(const RunSettings &settings);
    bool refusesToRun(); // with a line
    void start(const RunPlan &plan);
    void startBusy();
    void arrange();

    Session &m_session;
    Settings &m_settings;
    const RunRecord *m_run = nullptr; // the session's while live, else *m_finished
    RunRecordPtr m_finished;
    std::vector<RunRecordPtr> m_sweep;
    bool m_paused = false;
    int m_chartsSkipped = 0; // in how many frames up to the last
    bool m_modelShown = false;
    bool m_wide = true;
    bool m_arranged = false;
    bool m_runPending = false;      // from Run until the session is idle again
    int64_t m_runPressedNs = 0;     // 0: the first token was seen
    int64_t m_limitTokens = 0;      // of all answers of the live run
    std::optional<RunPlan> m_again; // the run in progress, or the last one, is this one again
    TokenSelection *m_selection;
    ControlPanel *m_controls;
    std::optional<RunSettings> m_usual; // the switches where nobody moved them; none: not restored
    PhaseBar *m_phase;
    ErrorBar *m_error;
    AnswerView *m_answers;
    ChartBoard *m_board;
    KeptRuns *m_kept;
    QPushButton *m_keep;
    QPushButton *m_export;
    QPushButton *m_chartMenu;
    QSplitter *m_outer;
    QSplitter *m_inner;
    std::function<void()> m_errorAction; // what the error bar's button does
};

} // namespace inferlab
