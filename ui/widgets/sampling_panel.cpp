// The sampling switches.
#include "sampling_panel.h"

#include "consequences.h"
#include "toggle_switch.h"

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <limits>

namespace inferlab {

SamplingPanel::SamplingPanel(QWidget *parent)
    : QWidget(parent)
    , m_chat(new QPushButton(tr("Chat defaults"), this))
    , m_measuring(new QPushButton(tr("Measuring defaults"), this))
    , m_consequence(new QLabel(this))
{
    m_chat->setProperty("kind", QStringLiteral("quiet"));
    m_chat->setToolTip(tr("Temperature 0.8, top-k 40, top-p 0.95, min-p 0.05"));
    m_measuring->setProperty("kind", QStringLiteral("quiet"));
    m_measuring->setToolTip(tr("Greedy, fixed seed, every answer at full length"));
    m_consequence->setWordWrap(true);
    m_consequence->setProperty("kind", QStringLiteral("caption"));

    auto *presets = new QHBoxLayout;
    presets->setSpacing(8);
    presets->addWidget(m_chat, 1);
    presets->addWidget(m_measuring, 1);
    auto *form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    form->setFormAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_temperature = addNumber(form, tr("Temperature"), 100, 0.1,
                              tr("0: always the most likely token; higher: more varied"));
    m_topK = addCount(form, tr("Top-k"), 1'000'000, tr("Keep the k most likely tokens; 0: off"));
    m_topK->setSpecialValueText(tr("off"));
    m_topP = addNumber(form, tr("Top-p"), 1, 0.05,
                       tr("Keep the smallest set of tokens with this probability; 1: off"));
    m_minP = addNumber(form, tr("Min-p"), 1, 0.01,
                       tr("Keep tokens at least this share as likely as the best; 0: off"));
    m_penalty = addNumber(form, tr("Repetition penalty"), 10, 0.05,
                          tr("Above 1: tokens already seen become less likely; 1: off"));
    m_penalty->setMinimum(0.01);
    m_seed = addCount(form, tr("Seed"), std::numeric_limits<int>::max(),
                      tr("The same seed gives the same text"));
    m_ignoreEnd = new ToggleSwitch(this);
    m_ignoreEnd->setAccessibleName(tr("Fixed length"));
    m_ignoreEnd->setToolTip(
        tr("Go on past the end of text, so that every run has the same length"));
    form->addRow(tr("Fixed length"), m_ignoreEnd);
    connect(m_ignoreEnd, &ToggleSwitch::toggled, this, &SamplingPanel::edited);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(presets);
    column->addLayout(form);
    column->addWidget(m_consequence);
    connect(m_chat, &QPushButton::clicked, this, [this] { set(chatPreset(), false); });
    connect(m_measuring, &QPushButton::clicked, this, [this] { set(measuringPreset(), true); });
    set(chatPreset(), false);
}

QDoubleSpinBox *SamplingPanel::addNumber(QFormLayout *form, const QString &label, double maximum,
                                         double step, const QString &tip)
{
    auto *box = new QDoubleSpinBox(this);
    box->setRange(0, maximum);
    box->setSingleStep(step);
    box->setDecimals(2);
    box->setToolTip(tip);
    box->setAccessibleName(label);
    form->addRow(label, box);
    connect(box, &QDoubleSpinBox::valueChanged, this, &SamplingPanel::edited);
    return box;
}

QSpinBox *SamplingPanel::addCount(QFormLayout *form, const QString &label, int maximum,
                                  const QString &tip)
{
    auto *box = new QSpinBox(this);
    box->setRange(0, maximum);
    box->setToolTip(tip);
    box->setAccessibleName(label);
    form->addRow(label, box);
    connect(box, &QSpinBox::valueChanged, this, &SamplingPanel::edited);
    return box;
}

SamplingSettings SamplingPanel::chatPreset()
{
    SamplingSettings chat;
    chat.temperature = 0.8F;
    chat.topK = 40;
    chat.topP = 0.95F;
    chat.minP = 0.05F;
    chat.seed = 2025; // of the course's own sweep
    return chat;
}

SamplingSettings SamplingPanel::measuringPreset()
{
    return {};
}

SamplingSettings SamplingPanel::sampling() const
{
    SamplingSettings settings;
    settings.temperature = static_cast<float>(m_temperature->value());
    settings.topK = m_topK->value();
    settings.topP = static_cast<float>(m_topP->value());
    settings.minP = static_cast<float>(m_minP->value());
    settings.repetitionPenalty = static_cast<float>(m_penalty->value());
    settings.seed = static_cast<uint64_t>(m_seed->value());
    return settings;
}

bool SamplingPanel::ignoreEnd() const
{
    return m_ignoreEnd->isChecked();
}

void SamplingPanel::set(const SamplingSettings &sampling, bool ignoreEnd)
{
    m_setting = true;
    m_temperature->setValue(static_cast<double>(sampling.temperature));
    m_topK->setValue(sampling.topK);
    m_topP->setValue(static_cast<double>(sampling.topP));
    m_minP->setValue(static_cast<double>(sampling.minP));
    m_penalty->setValue(static_cast<double>(sampling.repetitionPenalty));
    m_seed->setValue(static_cast<int>(sampling.seed));
    m_ignoreEnd->setChecked(ignoreEnd);
    m_setting = false;
    edited();
}

void SamplingPanel::edited()
{
    if (m_setting)
        return;
    m_consequence->setText(samplingConsequence(sampling(), ignoreEnd()).text);
    emit changed();
}

} // namespace inferlab
