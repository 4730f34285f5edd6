// How the plan editor is put together; what it does is in plan_editor.cpp.
#include "plan_editor.h"

#include "axis_editor.h"
#include "held_settings.h"
#include "prompt_pool.h"
#include "ui/theme/theme.h"

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>
#include <limits>

namespace inferlab {

namespace {

constexpr double kWidth = 980; // pixels at 100%
constexpr double kHeight = 700;
constexpr double kMostStopSeconds = 1e7; // as checkExperiment() takes

QLabel *title(const QString &words, QWidget *parent)
{
    auto *label = new QLabel(words, parent);
    label->setProperty("kind", QStringLiteral("title"));
    return label;
}

QVBoxLayout *section(const QString &words, QWidget *parent)
{
    auto *column = new QVBoxLayout;
    column->setSpacing(space::kInside);
    column->addWidget(title(words, parent));
    return column;
}

} // namespace

void PlanEditor::layOut()
{
    setObjectName(QStringLiteral("planEditor"));
    setWindowTitle(tr("Plan of an experiment"));
    auto *page = new QWidget(this);
    page->setProperty("kind", QStringLiteral("page"));
    auto *columns = new QHBoxLayout;
    columns->setSpacing(2 * space::kEdge);
    columns->addLayout(makeLeft(), 5);
    auto *held = section(tr("What is held"), page);
    held->addWidget(m_held);
    held->addSpacing(space::kInside);
    held->addWidget(title(tr("Prompts"), page));
    held->addWidget(m_prompts, 1);
    columns->addLayout(held, 6);
    auto *body = new QVBoxLayout(page);
    body->setContentsMargins(space::kEdge, space::kEdge, space::kEdge, space::kInside);
    body->setSpacing(space::kEdge);
    body->addLayout(makeTexts());
    body->addLayout(columns, 1);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(page);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(scroll, 1);
    column->addLayout(makeFooter());
    const Theme theme = Theme::current();
    resize(theme.px(kWidth), theme.px(kHeight));
}

QLayout *PlanEditor::makeTexts()
{
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::kBetween);
    form->setVerticalSpacing(space::kInside);
    m_name->setToolTip(tr("In lists and file names; its results lie in a folder of this name"));
    m_question->setToolTip(tr("One sentence that the charts answer"));
    m_note->setToolTip(tr("What every chart of it has to say; may be empty"));
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Question"), m_question);
    form->addRow(tr("Note"), m_note);
    return form;
}

QLayout *PlanEditor::makeLeft()
{
    auto *column = section(tr("What varies"), this);
    for (AxisEditor *axis : m_axes)
        column->addWidget(axis);
    column->addSpacing(space::kInside);
    column->addWidget(title(tr("How often"), this));
    column->addLayout(makeRuns());
    column->addStretch(1);
    return column;
}

QDoubleSpinBox *PlanEditor::makeAmount(double value, double most, const QString &suffix,
                                       const QString &zero, const QString &tip)
{
    auto *box = new QDoubleSpinBox(this);
    box->setDecimals(1);
    box->setRange(0, most);
    box->setSuffix(suffix);
    box->setSpecialValueText(zero);
    box->setValue(value);
    box->setToolTip(tip);
    return box;
}

QLayout *PlanEditor::makeRuns()
{
    const StopRule &stop = m_source.stop;
    m_coolDown =
        makeAmount(m_source.coolDownSeconds, 3600, tr(" s"), tr("none"),
                   tr("Before each run, so that one does not heat the machine for the next"));
    m_stopSeconds = makeAmount(stop.seconds, kMostStopSeconds, tr(" s"), tr("never"),
                               tr("Of measuring, all points together"));
    m_stopPointSeconds =
        makeAmount(stop.pointSeconds, kMostStopSeconds, tr(" s"), tr("never"),
                   tr("Of measuring at one point: its further repeats are left out"));
    m_stopInterval = makeAmount(stop.intervalPercent, 100, tr("%"), tr("never"),
                                tr("A point has enough runs once the 95% interval of its median "
                                   "throughput lies within this share of it"));
    m_repeats->setToolTip(tr("Counted runs of each point"));
    m_warmUps->setToolTip(tr("Runs of each point before those, not counted"));
    m_seed->setToolTip(tr("Of the order of the runs, the prompts and the sampling"));
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::kBetween);
    form->setVerticalSpacing(space::kStep);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Repeats"), m_repeats);
    form->addRow(tr("Warm-ups"), m_warmUps);
    form->addRow(tr("Seed"), m_seed);
    form->addRow(tr("Cool-down"), m_coolDown);
    form->addRow(tr("Stop all after"), m_stopSeconds);
    form->addRow(tr("Stop a point after"), m_stopPointSeconds);
    form->addRow(tr("… when known within"), m_stopInterval);
    return form;
}

QLayout *PlanEditor::makeFooter()
{
    auto *cancel = new QPushButton(tr("Cancel"), this);
    m_use->setProperty("kind", QStringLiteral("primary"));
    m_use->setDefault(true);
    cancel->setAutoDefault(false);
    m_summary->setObjectName(QStringLiteral("planSummary"));
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::close);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(space::kEdge, space::kInside, space::kEdge, space::kEdge);
    row->setSpacing(space::kInside);
    row->addWidget(m_summary, 1);
    row->addWidget(cancel);
    row->addWidget(m_use);
    return row;
}

} // namespace inferlab
