// The experiments page: presets and plans on the left, one of them on the right with its question,
// its progress, charts that grow as points complete, and a table. The session's worker carries it
// out; each run is on disk before it is shown.
#pragma once

#include "app/session/session_types.h"
#include "ui/charts/experiment/experiment_figures.h"

#include <QString>
#include <QWidget>
#include <filesystem>
#include <functional>
#include <memory>

class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QTableWidget;
class QTabWidget;
class QThread;

namespace inferlab {

class AdvicePanel;
class ChartBoard;
class ErrorBar;
class OutlookReader;
class Session;

class ExperimentPage : public QWidget
{
    Q_OBJECT

public:
    // model: what is chosen now. resultsFolder: each experiment gets a folder below it.
    // calibrations: calibrationPath(), for predictions; empty: none. The session must outlive the
    // page.
    ExperimentPage(Session &session, std::function<ModelChoice()> model, QString resultsFolder,
                   std::filesystem::path calibrations = {}, QWidget *parent = nullptr);
    ~ExperimentPage() override;

    void choosePreset(const QString &name);
    // One line where the file is no plan.
    void openPlan(const QString &file);
    void savePlan(const QString &file);
    // Charts, tables and the report, into `folder`. Says where, or why not.
    void exportTo(const QString &folder);

    const Experiment &experiment() const noexcept { return m_experiment; }
    ExperimentResultPtr result() const noexcept { return m_result; } // null: nothing yet
    QString folder() const { return m_folder; }                      // of the result; empty: none
    bool isRunning() const noexcept { return m_running; }
    // What the cost model says of the result; null until it has been asked.
    std::shared_ptr<const ExperimentOutlook> outlook() const noexcept { return m_outlook; }
    int chosenPoint() const noexcept { return m_chosen; } // -1: none

    QListWidget *presets() const noexcept { return m_presets; }
    QPushButton *startButton() const noexcept { return m_start; }
    QPushButton *pauseButton() const noexcept { return m_pause; }
    QPushButton *skipButton() const noexcept { return m_skip; }
    QPushButton *stopButton() const noexcept { return m_stop; }
    QTableWidget *table() const noexcept { return m_table; }
    ChartBoard *board() const noexcept { return m_board; }
    ErrorBar *errorBar() const noexcept { return m_error; }
    QLabel *activity() const noexcept { return m_activity; }
    QLabel *findings() const noexcept { return m_findings; }
    AdvicePanel *advice() const noexcept { return m_advice; }
    QTabWidget *tabs() const noexcept { return m_tabs; }

public slots:
    void start();
    void togglePause();
    void skipPoint();
    void stop();
    // The same point marked on all charts and in the table.
    void choosePoint(int point);
    void openPoint(int point); // asks for its run of median speed to be shown

signals:
    void openRequested(const inferlab::RunRecordPtr &run);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeLeft();
    void followTheme();
    QWidget *makeHead();
    QWidget *makeButtons();
    QWidget *makeResults();
    void fillPresets();
    void connectSession();
    void connectResults();
    void show(Experiment experiment, const QString &folder);
    void readFolder();
    QString folderFor(const Experiment &experiment, const QString &model) const;
    void showResult(const ExperimentResultPtr &result);
    void showFigures();
    void showFindings();
    void askOutlook();
    void forgetOutlook(); // when the points that it is of are no longer shown
    void showProgress(const RunnerProgress &progress);
    void onFinished(const ExperimentResultPtr &result);
    void refreshButtons();
    void refreshTable();
    void chooseOpen();
    void chooseSave();
    void chooseExport();

    Session &m_session;
    std::function<ModelChoice()> m_model;
    QString m_resultsFolder;
    Experiment m_experiment;
    bool m_isPreset = true; // fitted to the machine and the model when it starts
    QString m_folder;
    ExperimentResultPtr m_result;
    ExperimentFiguresCache m_figures;
    OutlookReader *m_outlookReader;
    std::shared_ptr<const ExperimentOutlook> m_outlook;
    size_t m_askedPoints = 0;          // that had runs when the cost model was asked last
    int m_chosen = -1;                 // point
    std::unique_ptr<QThread> m_reader; // of what was measured earlier
    bool m_running = false;
    bool m_paused = false;
    size_t m_point = 0; // in progress

    QWidget *m_left = nullptr; // presets and plans
    ErrorBar *m_error;
    QListWidget *m_presets;
    QLabel *m_name;
    QLabel *m_question;
    QLabel *m_plan;
    QLabel *m_activity;
    QLabel *m_findings;
    QProgressBar *m_bar;
    QPushButton *m_start;
    QPushButton *m_pause;
    QPushButton *m_skip;
    QPushButton *m_stop;
    QPushButton *m_open;
    QPushButton *m_save;
    QPushButton *m_export;
    QTabWidget *m_tabs;
    AdvicePanel *m_advice;
    ChartBoard *m_board;
    QTableWidget *m_table;
};

} // namespace inferlab
