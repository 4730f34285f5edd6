#include "advice_panel.h"

#include "advice_table.h"
#include "app/experiment/experiment_outlook.h"
#include "app/experiment/measured_points.h"
#include "capacity_panel.h"
#include "engine/measure/knee_words.h"
#include "limit_slider.h"
#include "ui/theme/theme.h"
#include "ui/widgets/segmented_control.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

namespace inferlab {

namespace {

constexpr std::array<double, 4> kPercentiles {50, 90, 95, 99};
constexpr size_t kFewestForKnee = 3;
constexpr int kLimitsWidth = 380; // pixels at 100%

QString text(const std::string &words)
{
    return QString::fromStdString(words);
}

QLabel *wrapped(const char *kind, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setProperty("kind", QLatin1String(kind));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

AdvicePanel::AdvicePanel(QWidget *parent)
    : QWidget(parent)
    , m_presets(new QComboBox(this))
    , m_reason(wrapped("muted", this))
    , m_sliders {new LimitSlider(tr("First token (TTFT)"), this),
                 new LimitSlider(tr("Each token, mean (TPOT)"), this),
                 new LimitSlider(tr("Gap between tokens (ITL)"), this),
                 new LimitSlider(tr("Whole answer"), this)}
    , m_percentiles(new SegmentedControl({QStringLiteral("P50"), QStringLiteral("P90"),
                                          QStringLiteral("P95"), QStringLiteral("P99")},
                                         this))
    , m_goals(new SegmentedControl({tr("Most tok/s"), tr("Least memory")}, this))
    , m_sentence(wrapped("", this))
    , m_knees(wrapped("muted", this))
    , m_table(new AdviceTable(this))
    , m_capacity(new CapacityPanel(this))
{
    setObjectName(QStringLiteral("advicePanel"));
    m_presets->setAccessibleName(tr("Application"));
    auto *right = new QVBoxLayout;
    right->setSpacing(space::kInside);
    right->addWidget(m_sentence);
    right->addWidget(m_table, 1);
    right->addWidget(m_knees);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, space::kBetween, 0, 0);
    row->setSpacing(space::kEdge);
    row->addWidget(makeLimits());
    row->addLayout(right, 1);
    fillPresets();
    for (LimitSlider *slider : m_sliders)
        connect(slider, &LimitSlider::limitChanged, this, &AdvicePanel::onOwnLimits);
    for (SegmentedControl *choice : {m_percentiles, m_goals})
        connect(choice, &SegmentedControl::currentChanged, this, &AdvicePanel::onOwnLimits);
    connect(m_presets, &QComboBox::activated, this, &AdvicePanel::usePreset);
    connect(m_table, &QTableWidget::currentCellChanged, this, [this](int at) {
        if (at >= 0 && at < static_cast<int>(m_indices.size()))
            emit pointChosen(m_indices[static_cast<size_t>(at)], false);
    });
    connect(m_table, &QTableWidget::cellActivated, this,
            [this](int at) { emit pointChosen(m_indices[static_cast<size_t>(at)], true); });
    usePreset(0);
}

QWidget *AdvicePanel::makeLimits()
{
    auto *left = m_left = new QWidget(this);
    left->setFixedWidth(Theme::current().px(kLimitsWidth));
    auto *heading = new QLabel(tr("What the application needs"), left);
    heading->setProperty("kind", QStringLiteral("title"));
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kInside);
    column->addWidget(heading);
    column->addWidget(m_presets);
    column->addWidget(m_reason);
    for (LimitSlider *slider : m_sliders)
        column->addWidget(slider);
    const auto labelled = [left, column](const QString &name, SegmentedControl *choice) {
        auto *row = new QHBoxLayout;
        auto *label = new QLabel(name, left);
        row->addWidget(label);
        row->addStretch(1);
        row->addWidget(choice);
        choice->setAccessibleName(name);
        column->addLayout(row);
    };
    labelled(tr("Kept at"), m_percentiles);
    labelled(tr("Of those that keep them, take"), m_goals);
    column->addSpacing(space::kBetween);
    column->addWidget(m_capacity);
    column->addStretch(1);
    return left;
}

void AdvicePanel::fillPresets()
{
    for (const SloPreset &preset : sloPresets())
        m_presets->addItem(
            QString::fromUtf8(preset.title.data(), static_cast<qsizetype>(preset.title.size())));
    m_presets->addItem(tr("Own limits"));
}

void AdvicePanel::usePreset(int index)
{
    if (index < 0 || static_cast<size_t>(index) >= sloPresets().size()) {
        m_reason->setText(tr("Set by the sliders"));
        return;
    }
    const SloPreset &preset = sloPresets()[static_cast<size_t>(index)];
    const std::array limits {preset.limits.ttftMs, preset.limits.tpotMs, preset.limits.itlMs,
                             preset.limits.endToEndMs};
    for (size_t i = 0; i < limits.size(); ++i)
        m_sliders[i]->setLimitMs(limits[i]);
    {
        const QSignalBlocker quietPercent(m_percentiles);
        const QSignalBlocker quietGoal(m_goals);
        const auto at = std::find(kPercentiles.begin(), kPercentiles.end(), preset.percentile);
        m_percentiles->setCurrent(static_cast<int>(at - kPercentiles.begin()));
        m_goals->setCurrent(preset.goal == AdviceGoal::Memory ? 1 : 0);
    }
    m_presets->setCurrentIndex(index);
    m_reason->setText(
        QString::fromUtf8(preset.reason.data(), static_cast<qsizetype>(preset.reason.size())));
    advise();
    emit limitsChanged();
}

void AdvicePanel::onOwnLimits()
{
    m_presets->setCurrentIndex(m_presets->count() - 1);
    m_reason->setText(tr("Set by the sliders"));
    advise();
    emit limitsChanged();
}

SloTargets AdvicePanel::limits() const
{
    SloTargets targets;
    targets.ttftMs = m_sliders[0]->limitMs();
    targets.tpotMs = m_sliders[1]->limitMs();
    targets.itlMs = m_sliders[2]->limitMs();
    targets.endToEndMs = m_sliders[3]->limitMs();
    return targets;
}

double AdvicePanel::percentile() const
{
    return kPercentiles[static_cast<size_t>(m_percentiles->current())];
}

std::optional<LatencyBudget> AdvicePanel::latencyBudget() const
{
    const std::optional<double> ms = limits().endToEndMs;
    return ms ? std::optional(LatencyBudget {*ms, percentile()}) : std::nullopt;
}

AdviceGoal AdvicePanel::goal() const
{
    return m_goals->current() == 1 ? AdviceGoal::Memory : AdviceGoal::Throughput;
}

QTableWidget *AdvicePanel::table() const noexcept
{
    return m_table;
}

LimitSlider *AdvicePanel::slider(LatencyFigure figure) const
{
    return m_sliders[static_cast<size_t>(figure)];
}

void AdvicePanel::setResult(const ExperimentResultPtr &result)
{
    m_result = result;
    m_stale = true;
    if (isVisible())
        advise();
}

void AdvicePanel::setOutlook(std::shared_ptr<const ExperimentOutlook> outlook)
{
    m_outlook = std::move(outlook);
    m_stale = true;
    if (isVisible())
        advise();
}

void AdvicePanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_stale)
        advise();
}

void AdvicePanel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_left != nullptr)
        m_left->setFixedWidth(Theme::current().px(kLimitsWidth));
}

void AdvicePanel::measure()
{
    m_stale = false;
    m_points = measuredPoints(*m_result);
    m_samples.clear();
    m_indices.clear();
    for (size_t i = 0; i < m_result->points.size(); ++i) {
        if (m_result->points[i].runs.empty())
            continue;
        m_indices.push_back(static_cast<int>(i));
        m_samples.push_back(sloSample(m_result->points[i]));
    }
    m_capacity->setExperiment(*m_result, m_outlook.get());
}

void AdvicePanel::advise()
{
    if (m_result == nullptr)
        return;
    if (m_stale)
        measure();
    m_advice = inferlab::advise(m_points, limits(), percentile(), goal());
    m_sentence->setText(text(m_advice.sentence));
    m_table->fill(m_points, m_samples, m_advice, limits(), percentile());
    sayKnees();
}

// Of the first group, at the percentile at which the limits hold.
void AdvicePanel::sayKnees()
{
    m_knees->clear();
    const std::vector<LoadPoint> loads = m_result->points.empty()
        ? std::vector<LoadPoint>()
        : loadPoints(*m_result, m_result->points.front().point, percentile());
    if (m_result->experiment.axes.size() == 1 && loads.size() >= kFewestForKnee)
        m_knees->setText(tr("Knee of throughput against P%1 latency: %2")
                             .arg(percentile())
                             .arg(text(kneeDisagreement(findKnees(loads)))));
    m_knees->setVisible(!m_knees->text().isEmpty());
}

} // namespace inferlab
