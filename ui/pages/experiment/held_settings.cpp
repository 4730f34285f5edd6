#include "held_settings.h"

#include "plan_fields.h"
#include "ui/theme/theme.h"
#include "ui/widgets/toggle_switch.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QSpinBox>
#include <algorithm>

namespace inferlab {

namespace {

constexpr int kRequestsColumn = 0;
constexpr int kEngineColumn = 3;
constexpr int kMostRequests = 100'000; // as checkExperiment() takes

// What the settings hold of that axis; the inverse of applyAxisValue().
AxisValue heldValue(AxisKind kind, const PointSettings &held)
{
    const RunSettings &run = held.run;
    const auto number = [](auto value) { return AxisValue(static_cast<double>(value)); };
    const auto onOff = [](bool on) { return AxisValue(std::string(on ? "on" : "off")); };
    switch (kind) {
    case AxisKind::Batch:
        return number(run.batch);
    case AxisKind::Concurrency:
        return number(run.concurrency);
    case AxisKind::PromptTokens:
        return number(run.promptTokens);
    case AxisKind::NewTokens:
        return number(run.maxNewTokens);
    case AxisKind::Temperature:
        return number(run.sampling.temperature);
    case AxisKind::TopP:
        return number(run.sampling.topP);
    case AxisKind::Device:
        return run.device;
    case AxisKind::KvCache:
        return onOff(run.kvCache);
    case AxisKind::ModelFile:
        return held.modelFile;
    case AxisKind::Threads:
        return number(run.threads);
    case AxisKind::Padding:
        return onOff(run.padding);
    case AxisKind::Scheduler:
        return std::string(batchPolicyName(run.scheduler));
    case AxisKind::ChunkTokens:
        return number(run.chunkTokens);
    case AxisKind::StepGraphs:
        return onOff(run.stepGraphs);
    case AxisKind::BatchInvariant:
        return onOff(run.batchInvariant);
    case AxisKind::CacheType:
        return std::string(dtypeInfo(run.cacheType).name);
    }
    return {};
}

QLabel *heading(const QString &words, QWidget *parent)
{
    auto *label = new QLabel(words, parent);
    label->setProperty("kind", QStringLiteral("muted"));
    return label;
}

} // namespace

HeldSettings::HeldSettings(const Experiment &plan, PlanFields &fields, QWidget *parent)
    : QWidget(parent)
    , m_plan(plan)
    , m_bound(fields)
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(space::kInside);
    grid->setVerticalSpacing(space::kStep);
    grid->setColumnMinimumWidth(2, space::kEdge);
    grid->addWidget(heading(tr("Requests"), this), 0, kRequestsColumn, 1, 2);
    grid->addWidget(heading(tr("Engine"), this), 0, kEngineColumn, 1, 2);
    addRequests(grid);
    const int engine = kEngineColumn;
    addAxis(grid, engine, AxisKind::Batch, tr("Batch"), {},
            tr("Sequences that the engine advances together"));
    addAxis(
        grid, engine, AxisKind::Scheduler, tr("Batching"), {},
        tr("Static: a batch is filled anew when its last answer has ended. Continuous: each place "
           "as soon as it is free"));
    addAxis(grid, engine, AxisKind::ChunkTokens, tr("Rows of a step"), tr("automatic"),
            tr("The most tokens of one step: longer prompts are computed in chunks of it"));
    addAxis(grid, engine, AxisKind::Padding, tr("Padding"), {},
            tr("A static batch is computed as a rectangle, with positions that mean nothing"));
    addAxis(grid, engine, AxisKind::KvCache, tr("KV cache"), {},
            tr("Off: each token reads prompt and answer again"));
    addAxis(grid, engine, AxisKind::CacheType, tr("Cache type"), {},
            tr("Of keys and values: Q8_0 takes about half of F16's memory"));
    addAxis(grid, engine, AxisKind::Device, tr("Device"), {}, tr("Where the model is computed"));
    addAxis(grid, engine, AxisKind::Threads, tr("Threads"), tr("all cores"), tr("Of the CPU"));
    addAxis(grid, engine, AxisKind::BatchInvariant, tr("Same in any batch"), {},
            tr("On a GPU: a sequence gets the same bits alone and in every batch"));
    addAxis(grid, engine, AxisKind::StepGraphs, tr("Step graphs"), {},
            tr("On a GPU: decode steps are launched as a whole"));
    grid->setColumnStretch(kRequestsColumn + 1, 1);
    grid->setColumnStretch(kEngineColumn + 1, 1);
    grid->setRowStretch(grid->rowCount(), 1);
}

void HeldSettings::addRequests(QGridLayout *grid)
{
    const int column = kRequestsColumn;
    const RunSettings &run = m_plan.held.run;
    auto *requests = new QSpinBox(this);
    requests->setObjectName(QStringLiteral("heldRequests"));
    requests->setRange(0, kMostRequests);
    requests->setSpecialValueText(tr("one batch"));
    requests->setValue(run.requests);
    addRow(grid, column, tr("Requests"), requests, tr("Of one run, all together"));
    m_bound.bind(requests, &QSpinBox::valueChanged,
                 [requests](Experiment &plan) { plan.held.run.requests = requests->value(); });
    addAxis(grid, column, AxisKind::Concurrency, tr("In flight"), tr("all at once"),
            tr("Submitted at first; each that ends is followed by the next"));
    addAxis(grid, column, AxisKind::PromptTokens, tr("Prompt tokens"), tr("as they are"),
            tr("Each prompt is cut or repeated to this length"));
    addAxis(grid, column, AxisKind::NewTokens, tr("New tokens"), {},
            tr("Each answer has at most this many"));
    auto *least = new QSpinBox(this);
    least->setObjectName(QStringLiteral("heldLeastNewTokens"));
    least->setRange(0, static_cast<int>(axisInfo(AxisKind::NewTokens).most));
    least->setSpecialValueText(tr("all alike"));
    least->setValue(run.leastNewTokens);
    addRow(grid, column, tr("At least"), least,
           tr("Lengths of answers are drawn from here to the number of new tokens"));
    m_bound.bind(least, &QSpinBox::valueChanged,
                 [least](Experiment &plan) { plan.held.run.leastNewTokens = least->value(); });
    const auto addSwitch = [&](const char *name, const QString &label, bool RunSettings::*member,
                               const QString &tip) {
        auto *box = new ToggleSwitch(this);
        box->setObjectName(QLatin1String(name));
        box->setChecked(run.*member);
        addRow(grid, column, label, box, tip);
        m_bound.bind(box, &ToggleSwitch::toggled,
                     [box, member](Experiment &plan) { plan.held.run.*member = box->isChecked(); });
    };
    addSwitch("heldIgnoreEnd", tr("Fixed length"), &RunSettings::ignoreEnd,
              tr("Answers go on past the end of text, so that all runs are equally long"));
    addSwitch("heldChat", tr("Chat template"), &RunSettings::chat,
              tr("Prompts are put into the model's chat template"));
    addAxis(grid, column, AxisKind::Temperature, tr("Temperature"), {},
            tr("0: always the most likely token"));
    addAxis(grid, column, AxisKind::TopP, tr("Top-p"), {},
            tr("Keep the smallest set of tokens with this probability; 1: off"));
}

void HeldSettings::addRow(QGridLayout *grid, int column, const QString &label, QWidget *field,
                          const QString &tip)
{
    int row = 1;
    while (grid->itemAtPosition(row, column) != nullptr)
        ++row;
    auto *name = new QLabel(label, this);
    name->setBuddy(field);
    field->setAccessibleName(label);
    field->setToolTip(tip);
    grid->addWidget(name, row, column);
    grid->addWidget(field, row, column + 1);
}

void HeldSettings::addAxis(QGridLayout *grid, int column, AxisKind kind, const QString &label,
                           const QString &zero, const QString &tip)
{
    const AxisInfo &info = axisInfo(kind);
    QWidget *field = info.isNumber ? makeNumber(info, zero) : makeWords(info);
    m_fields[kind] = field;
    m_tips[kind] = tip;
    addRow(grid, column, label, field, tip);
}

// zero: what 0 stands for, below the axis' own range; empty: nothing.
QWidget *HeldSettings::makeNumber(const AxisInfo &info, const QString &zero)
{
    const AxisKind kind = info.kind;
    const double value = std::get<double>(heldValue(kind, m_plan.held));
    const double least = zero.isEmpty() ? info.least : 0;
    if (info.isWhole) {
        auto *box = new QSpinBox(this);
        box->setRange(static_cast<int>(least), static_cast<int>(info.most));
        box->setSpecialValueText(zero);
        box->setValue(static_cast<int>(value));
        m_bound.bind(box, &QSpinBox::valueChanged, [box, kind](Experiment &plan) {
            applyAxisValue(kind, static_cast<double>(box->value()), plan.held);
        });
        return box;
    }
    auto *box = new QDoubleSpinBox(this);
    box->setDecimals(2);
    box->setSingleStep(0.1);
    box->setRange(least, info.most);
    box->setValue(value);
    m_bound.bind(box, &QDoubleSpinBox::valueChanged,
                 [box, kind](Experiment &plan) { applyAxisValue(kind, box->value(), plan.held); });
    return box;
}

QWidget *HeldSettings::makeWords(const AxisInfo &info)
{
    const AxisKind kind = info.kind;
    auto *box = new QComboBox(this);
    for (const std::string_view word : info.words)
        box->addItem(QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size())));
    box->setCurrentText(
        QString::fromStdString(std::get<std::string>(heldValue(kind, m_plan.held))));
    m_bound.bind(box, &QComboBox::currentIndexChanged, [box, kind](Experiment &plan) {
        applyAxisValue(kind, box->currentText().toStdString(), plan.held);
    });
    return box;
}

void HeldSettings::setVarying(const std::vector<AxisKind> &kinds)
{
    for (const auto &[kind, field] : m_fields) {
        const bool varies = std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
        field->setEnabled(!varies);
        field->setToolTip(varies ? tr("This varies: its values stand on the left")
                                 : m_tips.at(kind));
    }
}

} // namespace inferlab
