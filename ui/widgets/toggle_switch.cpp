// Paints a switch.
#include "toggle_switch.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace inferlab {

namespace {

constexpr int kGap = 8;
constexpr qreal kInset = 2.5;

} // namespace

ToggleSwitch::ToggleSwitch(QWidget *parent)
    : QAbstractButton(parent)
{
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
}

QSizeF ToggleSwitch::trackSize() const
{
    const qreal height = fontMetrics().height() * 0.95;
    return {height * 1.8, height};
}

QSize ToggleSwitch::sizeHint() const
{
    const int words = std::max(fontMetrics().horizontalAdvance(tr("on")),
                               fontMetrics().horizontalAdvance(tr("off")));
    return {words + kGap + static_cast<int>(trackSize().width()) + 4, fontMetrics().height() + 8};
}

void ToggleSwitch::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = Theme::current();
    const QSizeF size = trackSize();
    const QRectF track(QPointF(width() - size.width() - 2, (height() - size.height()) / 2), size);
    painter.setPen(theme.mutedText);
    painter.drawText(QRectF(0, 0, track.left() - kGap, height()), Qt::AlignRight | Qt::AlignVCenter,
                     isChecked() ? tr("on") : tr("off"));
    painter.setPen(Qt::NoPen);
    painter.setBrush(isChecked() ? theme.accent : theme.mutedText);
    if (!isEnabled())
        painter.setOpacity(0.5);
    painter.drawRoundedRect(track, size.height() / 2, size.height() / 2);
    const qreal knob = size.height() - 2 * kInset;
    const qreal left = isChecked() ? track.right() - kInset - knob : track.left() + kInset;
    painter.setBrush(theme.surface);
    painter.drawEllipse(QRectF(left, track.top() + kInset, knob, knob));
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(track.adjusted(-2, -2, 2, 2), size.height() / 2 + 2,
                                size.height() / 2 + 2);
    }
}

} // namespace inferlab
