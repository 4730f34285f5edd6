// An experiment made or changed in a window of its own: what varies, what is held, how often, with
// which prompts. Starts from a plan and says with every change how many runs it has and how long
// they may take, or in one line what is wrong. Not modal.
#pragma once

#include "app/experiment/experiment.h"

#include <QDialog>
#include <array>
#include <vector>

class QDoubleSpinBox;
class QLabel;
class QLayout;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace inferlab {

class AxisEditor;
class HeldSettings;
class PlanFields;
class PromptPool;

class PlanEditor : public QDialog
{
    Q_OBJECT

public:
    // One of the program's own experiments gets another name and a note once it is changed, so that
    // its results have a folder of their own.
    explicit PlanEditor(Experiment source, QWidget *parent = nullptr);

    // The plan as it stands. Throws InputError for one that cannot be run.
    Experiment plan() const;
    QString problem() const; // one line; empty when there is none
    void showProblem(const QString &line);

    QLineEdit *nameEdit() const noexcept { return m_name; }
    QLineEdit *questionEdit() const noexcept { return m_question; }
    QLineEdit *noteEdit() const noexcept { return m_note; }
    AxisEditor *axis(size_t index) const { return m_axes.at(index); }
    HeldSettings *held() const noexcept { return m_held; }
    QSpinBox *repeats() const noexcept { return m_repeats; }
    QSpinBox *warmUps() const noexcept { return m_warmUps; }
    QLineEdit *seedEdit() const noexcept { return m_seed; }
    QDoubleSpinBox *coolDown() const noexcept { return m_coolDown; }
    QDoubleSpinBox *stopSeconds() const noexcept { return m_stopSeconds; }
    QDoubleSpinBox *stopPointSeconds() const noexcept { return m_stopPointSeconds; }
    QDoubleSpinBox *stopInterval() const noexcept { return m_stopInterval; }
    PromptPool *prompts() const noexcept { return m_prompts; }
    QLabel *summary() const noexcept { return m_summary; } // or what is wrong
    QPushButton *useButton() const noexcept { return m_use; }

signals:
    // The button was pressed. Whoever takes the plan closes the window.
    void chosen(const inferlab::Experiment &plan);

private:
    // plan_editor_layout.cpp
    void layOut();
    QLayout *makeTexts();
    QLayout *makeLeft();
    QLayout *makeRuns();
    QLayout *makeFooter();
    QDoubleSpinBox *makeAmount(double value, double most, const QString &suffix,
                               const QString &zero, const QString &tip);

    void connectFields();
    std::vector<ExperimentAxis> axes() const;
    Experiment edited() const; // may be one that cannot be run
    void refresh();
    void use();

    const Experiment m_source;
    const bool m_isPreset;
    bool m_nameTyped = false;
    bool m_noteTyped = false;
    PlanFields *m_fields;
    QLineEdit *m_name;
    QLineEdit *m_question;
    QLineEdit *m_note;
    std::array<AxisEditor *, 2> m_axes {};
    HeldSettings *m_held;
    QSpinBox *m_repeats;
    QSpinBox *m_warmUps;
    QLineEdit *m_seed;
    QDoubleSpinBox *m_coolDown = nullptr;
    QDoubleSpinBox *m_stopSeconds = nullptr;
    QDoubleSpinBox *m_stopPointSeconds = nullptr;
    QDoubleSpinBox *m_stopInterval = nullptr;
    PromptPool *m_prompts;
    QLabel *m_summary;
    QPushButton *m_use;
};

} // namespace inferlab
