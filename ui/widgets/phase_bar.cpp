// Shows the worker's phase.
#include "phase_bar.h"

#include "engine/base/clock.h"
#include "figures.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

namespace inferlab {

namespace {

constexpr int kRefreshMs = 500; // live figures that change more often cannot be read
constexpr int kBarSteps = 1000;
// Below this share an estimate of what is left says more about noise than about time.
constexpr double kShareForEstimate = 0.05;
constexpr double kSecondsForEstimate = 1.0;

QString share(uint64_t done, uint64_t total)
{
    return QStringLiteral("%1%").arg(total == 0 ? 0 : done * 100 / total);
}

} // namespace

QString phaseText(const PhaseStatus &status)
{
    QString text;
    switch (status.phase) {
    case Phase::Empty:
        text = QObject::tr("No model");
        break;
    case Phase::Loading:
        text = QObject::tr("Loading %1").arg(share(status.done, status.total));
        break;
    case Phase::Identifying:
        text = QObject::tr("Identifying the model %1").arg(share(status.done, status.total));
        break;
    case Phase::Ready:
        text = QObject::tr("Ready");
        break;
    case Phase::Queued:
        text = QObject::tr("Queued");
        break;
    case Phase::Prefill:
        text = QObject::tr("Processing prompt");
        if (status.total > 0)
            text += QStringLiteral(" %1 (%2/%3)")
                        .arg(share(status.done, status.total),
                             figures::count(static_cast<int64_t>(status.done)),
                             figures::count(static_cast<int64_t>(status.total)));
        break;
    case Phase::Generating:
        text = QObject::tr("Generating");
        break;
    case Phase::Experiment:
        text = QObject::tr("An experiment is running");
        break;
    case Phase::Stopping:
        text = QObject::tr("Stopping");
        break;
    }
    if (status.sweepCount == 0 || status.phase == Phase::Ready)
        return text;
    if (status.sweepIndex == 0) // before the first run one is thrown away
        return QObject::tr("Warming up");
    return QObject::tr("Run %1 of %2: %3").arg(status.sweepIndex).arg(status.sweepCount).arg(text);
}

std::optional<double> phaseShare(const PhaseStatus &status, const GenerationProgress &progress)
{
    if (status.phase == Phase::Generating && progress.limitTokens > 0)
        return std::clamp(static_cast<double>(progress.doneTokens)
                              / static_cast<double>(progress.limitTokens),
                          0.0, 1.0);
    const bool counts = status.phase == Phase::Loading || status.phase == Phase::Identifying
        || status.phase == Phase::Prefill;
    if (counts && status.total > 0)
        return std::clamp(static_cast<double>(status.done) / static_cast<double>(status.total), 0.0,
                          1.0);
    return std::nullopt;
}

PhaseBar::PhaseBar(QWidget *parent)
    : QWidget(parent)
    , m_name(new QLabel(this))
    , m_time(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_stop(new QPushButton(tr("Stop"), this))
{
    setObjectName(QStringLiteral("phaseBar"));
    m_name->setObjectName(QStringLiteral("phaseName"));
    m_time->setObjectName(QStringLiteral("phaseTime"));
    m_bar->setTextVisible(false);
    m_bar->setRange(0, kBarSteps);
    m_stop->setObjectName(QStringLiteral("stopButton"));
    m_stop->setFocusPolicy(Qt::TabFocus);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::kBetween);
    row->addWidget(m_name);
    row->addWidget(m_bar, 1);
    row->addWidget(m_time);
    row->addWidget(m_stop);
    m_stop->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    QSizePolicy keepsItsPlace = m_stop->sizePolicy();
    keepsItsPlace.setRetainSizeWhenHidden(true); // nothing jumps when a run begins
    m_stop->setSizePolicy(keepsItsPlace);
    m_clock.setInterval(kRefreshMs);
    connect(&m_clock, &QTimer::timeout, this, &PhaseBar::refresh);
    connect(m_stop, &QPushButton::clicked, this, &PhaseBar::stopRequested);
    refresh();
}

bool PhaseBar::isActive() const noexcept
{
    return m_status.phase != Phase::Empty && m_status.phase != Phase::Ready;
}

void PhaseBar::setStatus(const PhaseStatus &status, bool paused)
{
    const bool samePhase =
        status.phase == m_status.phase && status.sinceNs == m_status.sinceNs && paused == m_paused;
    m_status = status;
    m_paused = paused;
    if (!samePhase) // within a phase the clock refreshes
        refresh();
}

void PhaseBar::setGeneration(const GenerationProgress &progress)
{
    m_progress = progress;
}

void PhaseBar::setIdleText(const QString &text)
{
    m_idleText = text;
    refresh();
}

QString PhaseBar::text() const
{
    return m_name->text();
}

void PhaseBar::refresh()
{
    const bool active = isActive();
    if (active != m_clock.isActive())
        active ? m_clock.start() : m_clock.stop();
    m_stop->setVisible(active);
    m_stop->setEnabled(m_status.phase != Phase::Stopping);
    m_bar->setVisible(active);
    m_time->setVisible(active);
    setProperty("active", active);
    if (!active) {
        m_time->setMinimumWidth(0); // the next phase begins short again
        m_name->setText(m_idleText.isEmpty() ? phaseText(m_status) : m_idleText);
        return;
    }
    m_name->setText(m_paused ? tr("Paused") : phaseText(m_status));
    const double elapsed = static_cast<double>(nowNs() - m_status.sinceNs) / 1e9;
    const auto done = phaseShare(m_status, m_progress);
    // Without a share the bar stands empty; the clock goes on.
    m_bar->setUpdatesEnabled(false); // else it would paint at once, a frame of its own
    m_bar->setValue(static_cast<int>(done.value_or(0) * kBarSteps));
    m_bar->setUpdatesEnabled(true);
    QString time = figures::clock(std::max(0.0, elapsed));
    if (done && *done > kShareForEstimate && elapsed > kSecondsForEstimate && !m_paused) {
        const double left = elapsed * (1 - *done) / *done;
        time += m_status.phase == Phase::Generating
            ? tr(", at most ~%1 left").arg(figures::clock(left))
            : tr(", ~%1 left").arg(figures::clock(left));
    }
    showTime(time);
}

// A label of fixed size that only grows lays out nothing anew four times a second, and no other
// moves.
void PhaseBar::showTime(const QString &time)
{
    const QFontMetrics metrics = m_time->fontMetrics();
    const int height = metrics.height();
    const int width = metrics.horizontalAdvance(time) + 1;
    const bool otherFont = m_time->height() != height;
    if (otherFont || m_time->minimumWidth() < width)
        m_time->setFixedSize(width, height);
    m_time->setText(time);
}

} // namespace inferlab
