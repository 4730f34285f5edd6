// The GPU's figures in words, its load as an area of 60 columns and its power as a line over it.
#include "gpu_line.h"

#include "figures.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QStringList>
#include <algorithm>
#include <utility>

namespace inferlab {

namespace {

constexpr int kLookMs = 250;    // for what came from the driver, which is asked once a second
constexpr int kSilentMs = 3000; // so long without an answer, and the last one is not of now
constexpr int kSampleMs = 1000;
constexpr int kGap = 4;

} // namespace

QString gpuText(const GpuStatus &status)
{
    QStringList parts {
        QObject::tr("%1 of %2")
            .arg(figures::bytes(status.memoryUsedBytes), figures::bytes(status.memoryBytes))};
    if (status.busyPercent)
        parts += QObject::tr("%1% busy").arg(*status.busyPercent);
    if (status.powerWatts)
        parts += QObject::tr("%1 W").arg(*status.powerWatts, 0, 'f', 0);
    if (status.coreMhz)
        parts += QObject::tr("%1 MHz").arg(figures::count(*status.coreMhz));
    if (status.celsius)
        parts += QObject::tr("%1 °C").arg(*status.celsius);
    return parts.join(QStringLiteral(" · "));
}

GpuLine::GpuLine(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("gpuLine"));
    setAccessibleName(tr("What the GPU does"));
    setVisible(false);
    m_timer.setInterval(kLookMs);
    connect(&m_timer, &QTimer::timeout, this, &GpuLine::take);
}

void GpuLine::setSource(std::shared_ptr<GpuWatch> watch)
{
    if (watch == m_watch)
        return;
    if (m_watch)
        m_watch->setWatching(false);
    m_watch = std::move(watch);
    m_history = {};
    beginWaiting();
    setVisible(m_watch != nullptr);
    if (m_watch)
        m_watch->setWatching(isVisible());
}

void GpuLine::take()
{
    if (!m_watch)
        return;
    const std::vector<std::optional<GpuStatus>> answers = m_watch->drain();
    if (answers.empty()) {
        if (addSilence())
            tell();
        return;
    }
    for (const std::optional<GpuStatus> &answer : answers)
        add(answer);
    heard();
    tell();
}

void GpuLine::heard()
{
    m_silent.start();
    m_nextGapMs = kSilentMs;
}

// What was not watched, while the line was hidden, is a gap.
void GpuLine::add(const std::optional<GpuStatus> &answer)
{
    if (m_isWaiting && m_history.size() > 0)
        m_history.add(std::nullopt);
    m_isWaiting = false;
    m_history.add(answer);
}

void GpuLine::beginWaiting()
{
    m_isWaiting = true;
    heard();
}

// A gap for each second from then on, so that the chart keeps its pace.
bool GpuLine::addSilence()
{
    if (m_silent.elapsed() < m_nextGapMs)
        return false;
    m_nextGapMs += kSampleMs;
    add(std::nullopt);
    return true;
}

void GpuLine::tell()
{
    setToolTip(text() + QLatin1Char('\n') + chartWords());
    setAccessibleDescription(text());
    updateGeometry();
    update();
}

QString GpuLine::chartWords() const
{
    QString words = tr("Area: load of the last minute, up to 100%");
    if (const double most = mostPowerWatts(); most > 0)
        words += QLatin1Char('\n') + tr("Line: power, up to %1 W").arg(most, 0, 'f', 0);
    const std::optional<GpuStatus> *latest = m_history.latest();
    if (latest != nullptr && *latest && (*latest)->memoryMhz)
        words += QLatin1Char('\n')
            + tr("Memory clock: %1 MHz").arg(figures::count(*(*latest)->memoryMhz));
    return words;
}

double GpuLine::mostPowerWatts() const
{
    double most = 0;
    for (size_t i = 0; i < m_history.size(); ++i) {
        const std::optional<GpuStatus> &sample = m_history.at(i);
        most = std::max(most, sample ? sample->powerWatts.value_or(0) : 0);
    }
    return most;
}

QString GpuLine::text() const
{
    const std::optional<GpuStatus> *latest = m_history.latest();
    if (m_isWaiting || latest == nullptr)
        return tr("Asking the GPU's driver");
    return *latest ? gpuText(**latest) : tr("The GPU's driver does not answer any more");
}

int GpuLine::chartHeight() const
{
    return fontMetrics().height();
}

QSize GpuLine::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(text()), fontMetrics().height() + kGap + chartHeight()};
}

QSize GpuLine::minimumSizeHint() const
{
    return {0, sizeHint().height()};
}

void GpuLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = Theme::current();
    painter.setPen(theme.mutedText);
    const int line = fontMetrics().height();
    painter.drawText(QRect(0, 0, width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(text(), Qt::ElideRight, width()));

    const QRectF chart(0, line + kGap, width(), chartHeight() - 1);
    painter.setPen(theme.grid);
    painter.drawLine(chart.bottomLeft(), chart.bottomRight());
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accent);
    paintLoad(painter, chart);
    painter.setPen(QPen(theme.text, 1));
    painter.setBrush(Qt::NoBrush);
    paintPower(painter, chart);
}

// The newest stands at the right; a moment without an answer is a gap.
qreal GpuLine::columnLeft(const QRectF &chart, size_t sample) const
{
    const qreal column = chart.width() / static_cast<qreal>(GpuHistory::kSamples);
    return chart.right() - column * static_cast<qreal>(m_history.size() - sample);
}

void GpuLine::paintLoad(QPainter &painter, const QRectF &chart) const
{
    for (size_t i = 0; i < m_history.size(); ++i) {
        const std::optional<GpuStatus> &sample = m_history.at(i);
        if (!sample || !sample->busyPercent)
            continue;
        const qreal height = chart.height() * *sample->busyPercent / 100.0;
        const qreal left = columnLeft(chart, i);
        painter.drawRect(
            QRectF(left, chart.bottom() - height, columnLeft(chart, i + 1) - left, height));
    }
}

void GpuLine::paintPower(QPainter &painter, const QRectF &chart) const
{
    const double most = mostPowerWatts();
    QPainterPath line;
    bool hasGap = true;
    for (size_t i = 0; i < m_history.size(); ++i) {
        const std::optional<GpuStatus> &sample = m_history.at(i);
        if (!sample || !sample->powerWatts || most <= 0) {
            hasGap = true;
            continue;
        }
        const QPointF point((columnLeft(chart, i) + columnLeft(chart, i + 1)) / 2,
                            chart.bottom() - chart.height() * *sample->powerWatts / most);
        if (std::exchange(hasGap, false))
            line.moveTo(point);
        else
            line.lineTo(point);
    }
    painter.drawPath(line);
}

void GpuLine::showEvent(QShowEvent *event)
{
    beginWaiting();
    tell(); // no figures of before
    if (m_watch) {
        m_watch->drain(); // what came when nobody looked any more
        m_watch->setWatching(true);
    }
    m_timer.start();
    QWidget::showEvent(event);
}

void GpuLine::hideEvent(QHideEvent *event)
{
    m_timer.stop();
    if (m_watch)
        m_watch->setWatching(false);
    QWidget::hideEvent(event);
}

} // namespace inferlab
