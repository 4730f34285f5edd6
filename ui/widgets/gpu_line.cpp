// The GPU's figures in words, and its load as an area of 60 columns.
#include "gpu_line.h"

#include "figures.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QStringList>
#include <utility>

namespace inferlab {

namespace {

constexpr int kIntervalMs = 1000;
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
    return parts.join(QStringLiteral(" · "));
}

GpuLine::GpuLine(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("gpuLine"));
    setAccessibleName(tr("What the GPU does"));
    setVisible(false);
    m_timer.setInterval(kIntervalMs);
    connect(&m_timer, &QTimer::timeout, this, &GpuLine::ask);
}

void GpuLine::setSource(Read read)
{
    m_read = std::move(read);
    m_history = {};
    setVisible(static_cast<bool>(m_read));
    if (m_read)
        ask();
}

void GpuLine::ask()
{
    if (!m_read)
        return;
    m_history.add(m_read());
    setToolTip(text() + QLatin1Char('\n') + tr("Load of the last minute"));
    setAccessibleDescription(text());
    update();
}

QString GpuLine::text() const
{
    const std::optional<GpuStatus> *latest = m_history.latest();
    if (latest == nullptr)
        return {};
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
    // The newest stands at the right; a moment without an answer is a gap.
    const qreal column = chart.width() / static_cast<qreal>(GpuHistory::kSamples);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accent);
    for (size_t i = 0; i < m_history.size(); ++i) {
        const std::optional<GpuStatus> &sample = m_history.at(i);
        if (!sample || !sample->busyPercent)
            continue;
        const qreal height = chart.height() * *sample->busyPercent / 100.0;
        const qreal left = chart.right() - column * static_cast<qreal>(m_history.size() - i);
        painter.drawRect(QRectF(left, chart.bottom() - height, column, height));
    }
}

void GpuLine::showEvent(QShowEvent *event)
{
    m_timer.start();
    QWidget::showEvent(event);
}

void GpuLine::hideEvent(QHideEvent *event)
{
    m_timer.stop();
    QWidget::hideEvent(event);
}

} // namespace inferlab
