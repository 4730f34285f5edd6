// Paints the parts of a step as one bar, named where there is room.
#include "device_step_bar.h"

#include "figures.h"

#include <QPainter>
#include <QStringList>
#include <algorithm>

namespace inferlab {

namespace {

QString msText(double ms)
{
    return figures::milliseconds(ms);
}

QString kindName(StepKind kind)
{
    return kind == StepKind::Prefill ? QObject::tr("Prefill step") : QObject::tr("Decode step");
}

Meaning meaningOf(StepKind kind)
{
    return kind == StepKind::Prefill ? Meaning::Prefill : Meaning::Decode;
}

QString headOf(const DeviceTimes &times, StepKind kind)
{
    return QStringLiteral("%1 %2").arg(kindName(kind), msText(times.hostMs));
}

} // namespace

// What was measured in some steps tells how all divide: upload and sampling lie outside of what the
// device's clock calls the step.
std::vector<StepPart> stepParts(const DeviceTimes &times)
{
    const auto lasts = [](const DevicePhaseInfo &phase) {
        return phase.ns != &DevicePhases::uploadNs && phase.ns != &DevicePhases::samplingNs;
    };
    double sum = 0;
    for (size_t i = 0; i < kDevicePhases.size(); ++i)
        sum += lasts(kDevicePhases[i]) ? times.phaseMs[i] : 0;
    std::vector<StepPart> parts;
    for (size_t i = 0; sum > 0 && i < kDevicePhases.size(); ++i) {
        if (lasts(kDevicePhases[i]))
            parts.push_back({QString::fromUtf8(kDevicePhases[i].title.data()),
                             times.deviceMs * times.phaseMs[i] / sum});
    }
    if (parts.empty())
        parts.push_back({QObject::tr("device"), times.deviceMs});
    parts.push_back({QObject::tr("host"), std::max(0.0, times.hostMs - times.deviceMs)});
    return parts;
}

QString stepWords(const DeviceTimes &times, StepKind kind)
{
    QStringList lines {
        QObject::tr("%1, mean of %2: %3 of it on the device")
            .arg(headOf(times, kind), figures::count(times.steps), msText(times.deviceMs))};
    if (times.replayedSteps > 0)
        lines += QObject::tr("%1 of %2 steps replayed as graphs of %3 kernels")
                     .arg(figures::count(times.replayedSteps), figures::count(times.steps),
                          figures::count(times.launches));
    if (times.phasedSteps > 0) {
        lines += QObject::tr("By phase, mean of %1 launched kernel by kernel:")
                     .arg(figures::count(times.phasedSteps));
        for (size_t i = 0; i < kDevicePhases.size(); ++i)
            lines += QStringLiteral("  %1 %2").arg(QString::fromUtf8(kDevicePhases[i].title.data()),
                                                   msText(times.phaseMs[i]));
    }
    return lines.join(QLatin1Char('\n'));
}

QString splitWords(const DeviceTimes &times, StepKind kind)
{
    if (times.phasedSteps == 0 || times.phasedSteps == times.steps)
        return {};
    return QObject::tr("%1: split of %2 launched singly, of %3")
        .arg(kindName(kind), figures::count(times.phasedSteps), figures::count(times.steps));
}

DeviceStepBar::DeviceStepBar(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("deviceStepBar"));
    setAccessibleName(tr("A step on the device"));
    setVisible(false);
}

void DeviceStepBar::setRun(const RunRecord *run, bool live)
{
    m_rows.clear();
    QStringList words;
    for (const StepKind kind : {StepKind::Prefill, StepKind::Decode}) {
        if (run == nullptr || live)
            continue;
        if (const auto times = deviceTimes(run->steps, kind)) {
            m_rows.push_back({kind, *times});
            words += stepWords(*times, kind);
        }
    }
    setToolTip(words.join(QLatin1Char('\n')));
    setAccessibleDescription(toolTip());
    setVisible(!m_rows.empty());
    updateGeometry();
    update();
}

int DeviceStepBar::rowHeight() const
{
    return fontMetrics().height() + Theme::current().px(space::kStep);
}

int DeviceStepBar::headWidth() const
{
    int width = 0;
    for (const Row &row : m_rows)
        width = std::max(width, fontMetrics().horizontalAdvance(headOf(row.times, row.kind)));
    return width + Theme::current().px(space::kInside);
}

QSize DeviceStepBar::sizeHint() const
{
    const Theme theme = Theme::current();
    return {headWidth() + theme.px(200),
            (static_cast<int>(m_rows.size()) + (caption().isEmpty() ? 0 : 1)) * rowHeight()
                + theme.px(space::kInside)};
}

QString DeviceStepBar::caption() const
{
    QStringList words;
    for (const Row &row : m_rows) {
        if (const QString split = splitWords(row.times, row.kind); !split.isEmpty())
            words += split;
    }
    return words.join(QStringLiteral(" · "));
}

QSize DeviceStepBar::minimumSizeHint() const
{
    return {0, sizeHint().height()};
}

void DeviceStepBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    for (size_t i = 0; i < m_rows.size(); ++i)
        paintRow(painter, m_rows[i], static_cast<int>(i) * rowHeight());
    const Theme theme = Theme::current();
    const int side = theme.px(space::kBetween);
    const QRect below(side, static_cast<int>(m_rows.size()) * rowHeight(), width() - 2 * side,
                      fontMetrics().height());
    painter.setPen(theme.mutedText);
    painter.drawText(below, Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(caption(), Qt::ElideRight, below.width()));
}

void DeviceStepBar::paintRow(QPainter &painter, const Row &row, int top) const
{
    const Theme theme = Theme::current();
    const int side = theme.px(space::kBetween);
    const QRect head(side, top, headWidth(), fontMetrics().height());
    painter.setPen(theme.mutedText);
    painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter, headOf(row.times, row.kind));

    const std::vector<StepPart> parts = stepParts(row.times);
    const qreal begin = head.right() + 1;
    const qreal perMs = (width() - side - begin) / std::max(row.times.hostMs, 1e-9);
    qreal left = begin;
    for (size_t i = 0; i < parts.size(); ++i) {
        const bool isHost = i + 1 == parts.size();
        const QRectF part(left, top, parts[i].ms * perMs, fontMetrics().height());
        left = part.right();
        painter.setPen(isHost ? theme.controlBorder : theme.surface);
        painter.setBrush(isHost ? theme.surface : theme.fill(meaningOf(row.kind)));
        painter.drawRect(part.adjusted(0, 0, -1, -1));
        const int room = static_cast<int>(part.width()) - 2 * space::kStep;
        if (fontMetrics().horizontalAdvance(parts[i].name) > room)
            continue;
        painter.setPen(isHost ? theme.mutedText : QColor(Qt::black));
        painter.drawText(part, Qt::AlignCenter, parts[i].name);
    }
}

} // namespace inferlab
