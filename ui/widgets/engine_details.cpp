// Switches in a column, each with its consequence.
#include "engine_details.h"

#include "consequences.h"
#include "engine/run/engine.h"
#include "segmented_control.h"
#include "switch_rows.h"
#include "toggle_switch.h"
#include "widget_kind.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QStringList>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

namespace inferlab {

namespace {

constexpr std::array<DType, 3> kCacheTypes {DType::F16, DType::Q8_0, DType::F32};
constexpr std::array<BatchPolicy, 2> kPolicies {BatchPolicy::Static, BatchPolicy::Continuous};

QStringList cacheLabels()
{
    QStringList labels;
    for (const DType type : kCacheTypes) {
        const std::string name(dtypeInfo(type).name);
        labels << QString::fromStdString(name);
    }
    return labels;
}

template <typename List, typename Value>
int placeOf(const List &list, Value value)
{
    const auto found = std::find(list.begin(), list.end(), value);
    return found == list.end() ? 0 : static_cast<int>(found - list.begin());
}

} // namespace

EngineDetails::EngineDetails(QWidget *parent)
    : QWidget(parent)
    , m_batching(new SegmentedControl({tr("Static"), tr("Continuous")}, this))
    , m_chunk(new QSpinBox(this))
    , m_padding(new ToggleSwitch(this))
    , m_cacheType(new SegmentedControl(cacheLabels(), this))
    , m_invariant(new ToggleSwitch(this))
    , m_graphs(new ToggleSwitch(this))
{
    m_batching->setObjectName(QStringLiteral("batchingControl"));
    m_cacheType->setObjectName(QStringLiteral("cacheTypeControl"));
    m_chunk->setObjectName(QStringLiteral("chunkTokens"));
    m_padding->setObjectName(QStringLiteral("paddingSwitch"));
    m_invariant->setObjectName(QStringLiteral("batchInvariantSwitch"));
    m_graphs->setObjectName(QStringLiteral("stepGraphsSwitch"));
    m_chunk->setRange(0, EngineOptions::kMostStepTokens);
    m_chunk->setSpecialValueText(tr("automatic"));
    m_graphs->setChecked(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    addRow(column, tr("Cache type"), m_cacheType,
           tr("Of keys and values: Q8_0 takes about half of F16's memory, F32 twice as much"));
    addRow(
        column, tr("Batching"), m_batching,
        tr("Static: all prompts first, then all answers in step. Continuous: answers go on while "
           "other prompts are read"));
    addRow(column, tr("Rows of a step"), m_chunk,
           tr("The most tokens that one step computes: longer prompts are read in chunks of it"));
    addRow(
        column, tr("Padding"), m_padding,
        tr("The batch is computed as a rectangle: every sequence as long as the longest. The text "
           "stays the same"));
    m_paddingHint = addHint(column, this);
    addRow(
        column, tr("Same answer in any batch"), m_invariant,
        tr("A sequence gets the same bits alone and in every batch: each product has one kernel "
           "for any number of rows, and prompts do without the tensor cores' attention. It costs "
           "speed, with long prompts and large batches most"));
    addRow(
        column, tr("Step graphs"), m_graphs,
        tr("Decode steps are recorded and launched as a whole; off: kernel by kernel, which shows "
           "what launching costs"));
    m_gpuHint = addHint(column, this);
    connect(m_cacheType, &SegmentedControl::currentChanged, this, &EngineDetails::changed);
    connect(m_chunk, &QSpinBox::valueChanged, this, &EngineDetails::changed);
    connect(m_batching, &SegmentedControl::currentChanged, this, [this] {
        refresh();
        emit changed();
    });
    for (const ToggleSwitch *toggle : {m_padding, m_invariant, m_graphs}) {
        connect(toggle, &ToggleSwitch::toggled, this, [this] {
            refresh();
            emit changed();
        });
    }
    refresh();
}

void EngineDetails::addRow(QVBoxLayout *column, const QString &words, QWidget *field,
                           const QString &tip)
{
    field->setToolTip(tip);
    column->addLayout(labelledRow(words, field, this));
}

void EngineDetails::store(RunSettings &settings) const
{
    settings.scheduler = kPolicies.at(static_cast<size_t>(m_batching->current()));
    settings.chunkTokens = m_chunk->value();
    settings.padding = m_padding->isChecked();
    settings.cacheType = kCacheTypes.at(static_cast<size_t>(m_cacheType->current()));
    settings.batchInvariant = m_invariant->isChecked();
    settings.stepGraphs = m_graphs->isChecked();
}

void EngineDetails::applyTo(RunSettings &settings, const QString &device) const
{
    const RunSettings usual;
    store(settings);
    if (settings.scheduler == BatchPolicy::Continuous)
        settings.padding = usual.padding;
    if (device != QLatin1String("cuda")) {
        settings.batchInvariant = usual.batchInvariant;
        settings.stepGraphs = usual.stepGraphs;
    }
}

void EngineDetails::set(const RunSettings &settings)
{
    m_batching->setCurrent(placeOf(kPolicies, settings.scheduler));
    m_chunk->setValue(settings.chunkTokens);
    m_padding->setChecked(settings.padding);
    m_cacheType->setCurrent(placeOf(kCacheTypes, settings.cacheType));
    m_invariant->setChecked(settings.batchInvariant);
    m_graphs->setChecked(settings.stepGraphs);
}

void EngineDetails::setDevice(const QString &kind)
{
    m_onGpu = kind == QLatin1String("cuda");
    refresh();
}

QString EngineDetails::summary() const
{
    RunSettings now;
    applyTo(now, m_onGpu ? QStringLiteral("cuda") : QStringLiteral("cpu"));
    const RunSettings usual;
    QStringList parts;
    if (now.cacheType != usual.cacheType)
        parts << tr("cache %1")
                     .arg(QString::fromStdString(std::string(dtypeInfo(now.cacheType).name)));
    if (now.scheduler != usual.scheduler)
        parts << tr("continuous");
    if (now.chunkTokens != usual.chunkTokens)
        parts << tr("%1 rows").arg(now.chunkTokens);
    if (now.padding)
        parts << tr("padding");
    if (now.batchInvariant)
        parts << tr("same in any batch");
    if (!now.stepGraphs)
        parts << tr("no graphs");
    return parts.join(QStringLiteral(" · "));
}

void EngineDetails::refresh()
{
    const bool isStatic =
        kPolicies.at(static_cast<size_t>(m_batching->current())) == BatchPolicy::Static;
    const Consequence padding = paddingConsequence(isStatic, m_padding->isChecked());
    m_padding->setEnabled(isStatic);
    m_paddingHint->setText(padding.text);
    setCaption(m_paddingHint, padding.warning);
    for (ToggleSwitch *toggle : {m_invariant, m_graphs})
        toggle->setEnabled(m_onGpu);
    m_gpuHint->setText(gpuSwitchConsequence(m_onGpu, m_invariant->isChecked()).text);
}

} // namespace inferlab
