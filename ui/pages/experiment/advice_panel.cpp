#include "advice_panel.h"

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/measured_points.h"
#include "capacity_panel.h"
#include "engine/base/error.h"
#include "engine/measure/knee_words.h"
#include "engine/measure/percentile.h"
#include "limit_slider.h"
#include "ui/charts/plot_spec.h"
#include "ui/theme/theme.h"
#include "ui/widgets/segmented_control.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QTableWidget>
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

QString verdictWords(PointVerdict verdict)
{
    return verdict == PointVerdict::Passes ? QObject::tr("passes")
        : verdict == PointVerdict::Fails   ? QObject::tr("fails")
                                           : QObject::tr("not enough data");
}

// "640 ms", with a mark where it breaks its limit and another where n does not claim it.
QString checkCell(const PointAdvice &advice, LatencyFigure figure, const MeasuredPoint &point,
                  const std::vector<double> MeasuredPoint::*sample, double percent)
{
    const std::optional<double> found = percentile(point.*sample, percent);
    if (!found)
        return QStringLiteral("-");
    QString cell = numberText(*found);
    for (const LimitCheck &check : advice.checks) {
        if (check.figure == figure && !check.passes())
            cell += QStringLiteral(" ✕");
    }
    return cell
        + ((point.*sample).size() < samplesNeeded(percent) ? QStringLiteral(" *") : QString());
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
    , m_table(new QTableWidget(this))
    , m_capacity(new CapacityPanel(this))
{
    setObjectName(QStringLiteral("advicePanel"));
    m_presets->setAccessibleName(tr("Application"));
    m_table->setAccessibleName(tr("Points under the limits"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
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

AdviceGoal AdvicePanel::goal() const
{
    return m_goals->current() == 1 ? AdviceGoal::Memory : AdviceGoal::Throughput;
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
    m_indices.clear();
    for (size_t i = 0; i < m_result->points.size(); ++i) {
        if (!m_result->points[i].runs.empty())
            m_indices.push_back(static_cast<int>(i));
    }
    m_capacity->setExperiment(*m_result, m_outlook.get());
    sayKnees();
}

void AdvicePanel::advise()
{
    if (m_result == nullptr)
        return;
    if (m_stale)
        measure();
    m_advice = inferlab::advise(m_points, limits(), percentile(), goal());
    m_sentence->setText(text(m_advice.sentence));
    fillTable();
}

void AdvicePanel::fillTable()
{
    const double percent = percentile();
    const QString at = QStringLiteral("P%1").arg(percent);
    const QStringList columns {tr("point"),
                               tr("under the limits"),
                               tr("tok/s total"),
                               tr("TTFT %1, ms").arg(at),
                               tr("TPOT %1, ms").arg(at),
                               tr("ITL %1, ms").arg(at),
                               tr("total %1, ms").arg(at)};
    const QSignalBlocker quiet(m_table);
    m_table->setColumnCount(static_cast<int>(columns.size()));
    m_table->setHorizontalHeaderLabels(columns);
    m_table->setRowCount(static_cast<int>(m_points.size()));
    for (size_t i = 0; i < m_points.size(); ++i) {
        const MeasuredPoint &point = m_points[i];
        const PointAdvice &advice = m_advice.points[i];
        QString verdict = verdictWords(advice.verdict);
        if (m_advice.best == i)
            verdict += tr(", the best");
        else if (m_advice.lastPass == i)
            verdict += tr(", the last");
        else if (m_advice.firstFail == i)
            verdict += tr(", the first");
        const QStringList cells {
            text(point.label),
            verdict,
            point.tokPerSecond ? numberText(*point.tokPerSecond) : QStringLiteral("-"),
            checkCell(advice, LatencyFigure::Ttft, point, &MeasuredPoint::ttftMs, percent),
            checkCell(advice, LatencyFigure::Tpot, point, &MeasuredPoint::tpotMs, percent),
            checkCell(advice, LatencyFigure::Itl, point, &MeasuredPoint::itlMs, percent),
            checkCell(advice, LatencyFigure::EndToEnd, point, &MeasuredPoint::endToEndMs, percent)};
        for (int column = 0; column < cells.size(); ++column) {
            auto *item = new QTableWidgetItem(cells[column]);
            item->setTextAlignment((column >= 2 ? Qt::AlignRight : Qt::AlignLeft)
                                   | Qt::AlignVCenter);
            QFont font = item->font();
            font.setBold(m_advice.best == i);
            item->setFont(font);
            m_table->setItem(static_cast<int>(i), column, item);
        }
    }
    m_table->setToolTip(tr("✕ breaks its limit; * fewer samples than this percentile needs"));
}

// Of one axis of numbers: others have no order.
void AdvicePanel::sayKnees()
{
    const std::vector<ExperimentAxis> &axes = m_result->experiment.axes;
    m_knees->clear();
    std::vector<LoadPoint> loads;
    for (const MeasuredPoint &point : m_points) {
        const std::optional<double> latencyMs = inferlab::percentile(point.endToEndMs, 50);
        if (point.tokPerSecond && latencyMs && *latencyMs > 0 && point.load > 0)
            loads.push_back({point.load, *point.tokPerSecond, *latencyMs});
    }
    const bool isLoad = axes.size() == 1
        && (axes.front().kind == AxisKind::Batch || axes.front().kind == AxisKind::Concurrency);
    if (isLoad && loads.size() >= kFewestForKnee)
        m_knees->setText(tr("Knee: %1").arg(text(kneeDisagreement(findKnees(loads)))));
    m_knees->setVisible(!m_knees->text().isEmpty());
}

} // namespace inferlab
