// Puts the plan together from its parts.
#include "plan_editor.h"

#include "app/experiment/expected_duration.h"
#include "app/experiment/experiment_json.h"
#include "app/experiment/experiment_presets.h"
#include "app/experiment/progress_words.h"
#include "axis_editor.h"
#include "engine/base/error.h"
#include "held_settings.h"
#include "plan_fields.h"
#include "plan_problem.h"
#include "prompt_pool.h"
#include "ui/widgets/widget_kind.h"

#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <algorithm>

namespace inferlab {

namespace {

bool isPresetName(const std::string &name)
{
    const std::vector<Experiment> &presets = experimentPresets();
    return std::any_of(presets.begin(), presets.end(),
                       [&name](const Experiment &preset) { return preset.name == name; });
}

uint64_t seedFrom(const QString &typed)
{
    bool read = false;
    const qulonglong seed = QLocale::c().toULongLong(typed.trimmed(), &read);
    if (!read)
        throw InputError({}, "seed", "a whole number from 0 to 18446744073709551615",
                         "\"" + typed.toStdString() + "\"");
    return seed;
}

QString runsLine(const Experiment &plan)
{
    const size_t points = experimentPoints(plan).size();
    const size_t runs = points * static_cast<size_t>(plan.repeats + plan.warmUps);
    return (runs == 1 ? QObject::tr("1 run: ")
                      : QObject::tr("%1 runs: ")
                            .arg(QLocale(QLocale::English).toString(qulonglong(runs))))
        + QString::fromStdString(planLine(plan));
}

} // namespace

PlanEditor::PlanEditor(Experiment source, QWidget *parent)
    : QDialog(parent)
    , m_source(std::move(source))
    , m_isPreset(isPresetName(m_source.name))
    , m_fields(new PlanFields(this))
    , m_name(new QLineEdit(QString::fromStdString(m_source.name), this))
    , m_question(new QLineEdit(QString::fromStdString(m_source.question), this))
    , m_note(new QLineEdit(QString::fromStdString(m_source.note), this))
    , m_held(new HeldSettings(m_source, *m_fields, this))
    , m_repeats(new QSpinBox(this))
    , m_warmUps(new QSpinBox(this))
    , m_seed(new QLineEdit(QString::number(m_source.seed), this))
    , m_prompts(new PromptPool(m_source.prompts, this))
    , m_summary(new QLabel(this))
    , m_use(new QPushButton(tr("Use this plan"), this))
{
    const auto axisAt = [this](size_t index) {
        return index < m_source.axes.size() ? std::optional(m_source.axes[index]) : std::nullopt;
    };
    for (size_t i = 0; i < m_axes.size(); ++i)
        m_axes.at(i) = new AxisEditor(axisAt(i), this);
    m_repeats->setRange(1, Experiment::kMostRepeats);
    m_repeats->setValue(m_source.repeats);
    m_warmUps->setRange(0, Experiment::kMostRepeats);
    m_warmUps->setValue(m_source.warmUps);
    layOut();
    connectFields();
    refresh();
    m_question->setCursorPosition(0);
    m_note->setCursorPosition(0);
}

void PlanEditor::connectFields()
{
    m_fields->bind(m_repeats, &QSpinBox::valueChanged,
                   [this](Experiment &plan) { plan.repeats = m_repeats->value(); });
    m_fields->bind(m_warmUps, &QSpinBox::valueChanged,
                   [this](Experiment &plan) { plan.warmUps = m_warmUps->value(); });
    m_fields->bind(m_seed, &QLineEdit::textEdited,
                   [this](Experiment &plan) { plan.seed = seedFrom(m_seed->text()); });
    m_fields->bind(m_coolDown, &QDoubleSpinBox::valueChanged,
                   [this](Experiment &plan) { plan.coolDownSeconds = m_coolDown->value(); });
    m_fields->bind(m_stopSeconds, &QDoubleSpinBox::valueChanged,
                   [this](Experiment &plan) { plan.stop.seconds = m_stopSeconds->value(); });
    m_fields->bind(m_stopPointSeconds, &QDoubleSpinBox::valueChanged, [this](Experiment &plan) {
        plan.stop.pointSeconds = m_stopPointSeconds->value();
    });
    m_fields->bind(m_stopInterval, &QDoubleSpinBox::valueChanged, [this](Experiment &plan) {
        plan.stop.intervalPercent = m_stopInterval->value();
    });
    m_fields->bind(m_question, &QLineEdit::textEdited, [this](Experiment &plan) {
        plan.question = m_question->text().trimmed().toStdString();
    });
    m_fields->bind(m_prompts, &PromptPool::edited,
                   [this](Experiment &plan) { plan.prompts = m_prompts->prompts(); });
    connect(m_fields, &PlanFields::edited, this, &PlanEditor::refresh);
    for (AxisEditor *axis : m_axes)
        connect(axis, &AxisEditor::edited, this, &PlanEditor::refresh);
    connect(m_name, &QLineEdit::textEdited, this, [this] {
        m_nameTyped = true;
        refresh();
    });
    connect(m_note, &QLineEdit::textEdited, this, [this] {
        m_noteTyped = true;
        refresh();
    });
    connect(m_use, &QPushButton::clicked, this, &PlanEditor::use);
}

// Axes beyond those that have a place here stay as they are.
std::vector<ExperimentAxis> PlanEditor::axes() const
{
    std::vector<ExperimentAxis> axes;
    for (const AxisEditor *axis : m_axes) {
        if (auto chosen = axis->axis())
            axes.push_back(std::move(*chosen));
    }
    for (size_t i = m_axes.size(); i < m_source.axes.size(); ++i)
        axes.push_back(m_source.axes[i]);
    return axes;
}

Experiment PlanEditor::edited() const
{
    Experiment plan = m_source;
    m_fields->apply(plan);
    plan.axes = axes();
    const bool changed = experimentToJson(plan) != experimentToJson(m_source);
    if (m_isPreset && changed) {
        plan.name = m_source.name + " changed";
        plan.note = "Changed from the experiment " + m_source.name;
    }
    if (m_nameTyped)
        plan.name = m_name->text().trimmed().toStdString();
    if (m_noteTyped)
        plan.note = m_note->text().trimmed().toStdString();
    if (changed && isPresetName(plan.name))
        throw InputError({}, "name", "another one than the program's own experiments have",
                         "\"" + plan.name + "\"");
    return plan;
}

Experiment PlanEditor::plan() const
{
    Experiment plan = edited();
    checkExperiment(plan, {});
    if (experimentToJson(plan) != experimentToJson(m_source))
        plan.expectedSeconds = expectedSecondsFrom(m_source, plan);
    return plan;
}

QString PlanEditor::problem() const
{
    try {
        plan();
    } catch (const InputError &error) {
        return planProblem(error, axes());
    }
    return {};
}

void PlanEditor::showProblem(const QString &line)
{
    m_summary->setText(line);
    setKind(m_summary, QStringLiteral("error"));
}

void PlanEditor::refresh()
{
    std::vector<AxisKind> varying;
    for (const ExperimentAxis &axis : axes())
        varying.push_back(axis.kind);
    m_held->setVarying(varying);
    try {
        const Experiment now = edited();
        const auto show = [](QLineEdit *field, bool typed, const std::string &words) {
            if (!typed && field->text().toStdString() != words) {
                field->setText(QString::fromStdString(words));
                field->setCursorPosition(0);
            }
        };
        show(m_name, m_nameTyped, now.name);
        show(m_note, m_noteTyped, now.note);
        m_summary->setText(runsLine(plan()));
        setKind(m_summary, QString());
        m_use->setEnabled(true);
    } catch (const InputError &error) {
        showProblem(planProblem(error, axes()));
        m_use->setEnabled(false);
    }
}

void PlanEditor::use()
{
    if (m_use->isEnabled())
        emit chosen(plan());
}

} // namespace inferlab
