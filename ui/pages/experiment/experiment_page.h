// The experiments page: presets and plans on the left, one of them on the right with its question,
// its progress, charts that grow as points complete, and a table. The session's worker carries it
// out; each run is on disk before it is shown. Of the results that there are, the newest of the
// plan is shown, and any other that is chosen.
#pragma once

#include "app/experiment/experiment_choice.h"
#include "app/session/session_types.h"
#include "latest_work.h"
#include "result_model.h"
#include "ui/charts/experiment/experiment_figures.h"

#include <QString>
#include <QWidget>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QTableWidget;
class QTabWidget;

namespace inferlab {

class AdvicePanel;
class ChartBoard;
class ComparisonImport;
class ErrorBar;
class ExperimentExporter;
class OutlookReader;
class ResultChooser;
class Session;

class ExperimentPage : public QWidget
{
    Q_OBJECT

public:
    // model: what is chosen now, which presets run on. resultsFolder: each experiment gets a folder
    // below it. calibrations: calibrationPath(), for predictions; empty: none. The session must
    // outlive the page.
    ExperimentPage(Session &session, std::function<ModelChoice()> model, QString resultsFolder,
                   std::filesystem::path calibrations = {}, QWidget *parent = nullptr);
    ~ExperimentPage() override;

    void choosePreset(const QString &name);
    // One line where the file is no plan.
    void openPlan(const QString &file);
    // A plan of one's own, as it is.
    void showPlan(Experiment plan);
    // Of any experiment, in a folder anywhere. One line where there is none.
    void openResults(const QString &folder);
    void savePlan(const QString &file);
    // Charts, tables and the report, into `folder`, while the window goes on. Says where in the
    // end, or why not.
    void exportTo(const QString &folder);
    bool isExporting() const;

    const Experiment &experiment() const noexcept { return m_experiment; }
    ExperimentResultPtr result() const noexcept { return m_result; } // null: nothing yet
    QString folder() const { return m_folder; }                      // of the result; empty: none
    bool isRunning() const noexcept { return m_running; }
    // What the cost model says of the result; null until it has been asked.
    std::shared_ptr<const ExperimentOutlook> outlook() const noexcept { return m_outlook; }
    int chosenPoint() const noexcept { return m_chosen; } // -1: none
    // Whether the result that is shown is worth going on with, on the model that is chosen.
    bool canGoOn() const;

    QListWidget *presets() const noexcept { return m_presets; }
    QPushButton *editButton() const noexcept { return m_edit; }
    QPushButton *startButton() const noexcept { return m_start; }
    QPushButton *goOnButton() const noexcept { return m_goOn; }
    QPushButton *pauseButton() const noexcept { return m_pause; }
    QPushButton *skipButton() const noexcept { return m_skip; }
    QPushButton *stopButton() const noexcept { return m_stop; }
    QPushButton *exportButton() const noexcept { return m_export; }
    QTableWidget *table() const noexcept { return m_table; }
    ChartBoard *board() const noexcept { return m_board; }
    ResultChooser *results() const noexcept { return m_results; }
    QLabel *machine() const noexcept { return m_machine; } // device and threads, in words
    ErrorBar *errorBar() const noexcept { return m_error; }
    QLabel *activity() const noexcept { return m_activity; }
    QLabel *findings() const noexcept { return m_findings; }
    AdvicePanel *advice() const noexcept { return m_advice; }
    ComparisonImport *comparison() const noexcept { return m_comparison; }
    QTabWidget *tabs() const noexcept { return m_tabs; }

public slots:
    void start(); // anew, in a folder of its own
    void goOn();  // in the folder of the result that is shown; what was skipped is taken up again
    void startOrGoOn();
    void togglePause();
    void skipPoint();
    void stop();
    // The same point marked on all charts and in the table.
    void choosePoint(int point);
    void openPoint(int point); // lets one of its runs be chosen, and asks for it to be shown

signals:
    void openRequested(const inferlab::RunRecordPtr &run);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeLeft();
    void followTheme();
    QWidget *makeHead();
    QWidget *makeButtons();
    QWidget *makeResults();
    void fillPresets();
    void connectSession();
    void connectResults();
    ExperimentChoice choiceNow() const;
    ModelFile modelFile() const;
    void findFiles(); // for a preset that compares a model's files
    void show(Experiment experiment, const std::optional<ResultSummary> &opened = {});
    void showHead();
    void showChartsOf(const Experiment &experiment);
    void listResults(const QString &preferred);
    void takeList(std::vector<ResultSummary> results, const QString &preferred);
    void readFolder(const QString &folder);
    void showNoResult();
    void begin(const Experiment &experiment, const QString &folder);
    void measureOnCpu(); // what failed on another device
    QString freeFolder(const Experiment &experiment) const;
    void showNewResult(const Experiment &experiment);
    void onEnded();
    void showResult(const ExperimentResultPtr &result);
    void showState();
    void showFigures();
    void showFindings();
    void askOutlook();
    bool mayCompute() const; // whether nobody measures just now, and somebody looks
    void stopComputing();    // the machine is needed
    void catchUp();          // on what was not computed meanwhile
    void predictDurations();
    void showDurations();
    ExperimentChoice devicesNow() const;                  // the choice without a preset
    std::optional<double> predictedPreset(int row) const; // seconds, on what is chosen now
    std::optional<double> predictedHere() const;          // seconds of the plan
    void forgetOutlook(); // when the points that it is of are no longer shown
    void showProgress(const RunnerProgress &progress);
    void onFinished(const ExperimentResultPtr &result);
    void refreshButtons();
    void refreshTable();
    void editPlan();
    void chooseOpen();
    void chooseResults();
    void chooseSave();
    void exportOrStop();
    void connectExport();

    Session &m_session;
    std::function<ModelChoice()> m_model;
    QString m_resultsFolder;
    std::filesystem::path m_calibrations;
    Experiment m_experiment;
    QString m_preset;                       // its name; empty: a plan of one's own
    ExperimentChoice m_choice;              // that the preset was fitted to
    std::optional<ResultSummary> m_opened;  // from a folder that a person named
    std::optional<ResultSummary> m_summary; // of the result; none: nothing, or it is being made
    QString m_folder;
    ExperimentResultPtr m_result;
    ExperimentFiguresCache m_figures;
    OutlookReader *m_outlookReader;
    ExperimentExporter *m_exporter;
    QString m_exportFolder;
    std::shared_ptr<const ExperimentOutlook> m_outlook;
    bool m_outlookIsStale = false;                  // it is asked for once it may be
    std::optional<ExperimentChoice> m_durationsFor; // that the presets' durations were asked for
    ExperimentChoice m_durationsOf;                 // that they are of
    std::vector<std::optional<double>> m_durations; // of the presets; empty: not known
    int m_chosen = -1;                              // point
    std::optional<Experiment> m_failedPlan;         // while the bar offers to measure it on the CPU
    bool m_running = false;
    bool m_paused = false;
    size_t m_point = 0;                       // in progress
    std::optional<double> m_predictedSeconds; // of the experiment in progress, before its first run

    QWidget *m_left = nullptr; // presets and plans
    ErrorBar *m_error;
    QListWidget *m_presets;
    QLabel *m_name;
    QLabel *m_question;
    QLabel *m_plan;
    QLabel *m_machine;
    QLabel *m_activity;
    QLabel *m_findings;
    QProgressBar *m_bar;
    QPushButton *m_goOn;
    QPushButton *m_start;
    QPushButton *m_pause;
    QPushButton *m_skip;
    QPushButton *m_stop;
    QPushButton *m_edit;
    QPushButton *m_open;
    QPushButton *m_save;
    QPushButton *m_export;
    ComparisonImport *m_comparison;
    QTabWidget *m_tabs;
    AdvicePanel *m_advice;
    ChartBoard *m_board;
    QTableWidget *m_table;
    ResultChooser *m_results;

    // Last: they end before what their answers would change.
    LatestWork m_fitting {this}; // the plan to the model's files
    LatestWork m_listing {this};
    LatestWork m_opening {this}; // of a folder that a person named, until it is known to be one
    LatestWork m_reading {this};
    LatestWork m_predicting {this}; // how long the presets take
};

} // namespace inferlab
