// The left column: model, prompt, switches, and Run. Collects what a run needs and says at once
// what cannot work.
#pragma once

#include "app/session/session_types.h"
#include "prompt_counter.h"

#include <QTimer>
#include <QWidget>

class QPushButton;
class QVBoxLayout;

namespace inferlab {

class EngineDetails;
class EngineSwitches;
class ErrorBar;
class FoldSection;
class ModelPicker;
class PromptEditor;
class SamplingPanel;

class ControlPanel : public QWidget
{
    Q_OBJECT

public:
    explicit ControlPanel(QWidget *parent = nullptr);

    RunPlan plan() const;
    ModelChoice modelChoice() const;
    // The switches and prompts as a record has them; the model and the threads stay.
    void setSettings(const RunSettings &settings);
    // The switches alone, with the number of threads chosen (0: all cores).
    RunSettings switchSettings() const;
    void setSwitches(const RunSettings &settings);
    // Why Run cannot work; empty when it can.
    QString problem() const;

    void setModelPath(const QString &path);
    void setBusy(bool busy);
    // What is in memory; the second for token counts and memory plans, null when there is none.
    void setLoaded(const std::optional<ModelSummary> &summary,
                   const std::shared_ptr<LoadedModel> &model);
    void focusRun();
    void focusPrompt();

    ModelPicker *modelPicker() const noexcept { return m_model; }
    PromptEditor *promptEditor() const noexcept { return m_prompt; }
    EngineSwitches *switches() const noexcept { return m_switches; }
    EngineDetails *engineDetails() const noexcept { return m_details; }
    FoldSection *engineFold() const noexcept { return m_engineFold; }
    SamplingPanel *samplingPanel() const noexcept { return m_sampling; }
    ErrorBar *errorBar() const noexcept { return m_error; }
    QPushButton *runButton() const noexcept { return m_run; }
    QPushButton *kneeButton() const noexcept { return m_knee; }

signals:
    void runRequested();
    void kneeRequested();
    void modelChoiceChanged(); // another file or device

private:
    QWidget *makeSwitches();
    QWidget *makeFooter();
    void edited();
    void look();         // counts tokens, then refreshes the lines
    void refreshLines(); // what is known of the prompt, and the memory plan
    PromptText promptText() const;
    std::optional<PromptTokens> promptTokens() const; // now; empty without a model

    ModelPicker *m_model;
    PromptEditor *m_prompt;
    PromptCounter *m_counter;
    EngineSwitches *m_switches;
    EngineDetails *m_details;
    SamplingPanel *m_sampling;
    FoldSection *m_samplingFold;
    FoldSection *m_engineFold;
    ErrorBar *m_error;
    QPushButton *m_run;
    QPushButton *m_knee;
    QTimer m_lookDelay;
    std::optional<ModelSummary> m_summary;
    std::weak_ptr<LoadedModel> m_loaded; // the worker owns it
    bool m_busy = false;
};

} // namespace inferlab
