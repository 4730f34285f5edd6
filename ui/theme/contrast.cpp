// Relative luminance and contrast after WCAG 2.1.
#include "ui/theme/contrast.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &color)
{
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF());
}

} // namespace

double contrastRatio(const QColor &a, const QColor &b)
{
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

QColor mix(const QColor &under, const QColor &over, double share)
{
    const auto channel = [share](float from, float to) {
        return std::clamp(static_cast<float>(from + (to - from) * share), 0.0f, 1.0f);
    };
    return QColor::fromRgbF(channel(under.redF(), over.redF()),
                            channel(under.greenF(), over.greenF()),
                            channel(under.blueF(), over.blueF()));
}

QColor withContrast(const QColor &color, const QColor &background, double ratio)
{
    const QColor end = luminance(background) > 0.18 ? QColor(Qt::black) : QColor(Qt::white);
    QColor moved = color;
    for (int percent = 1; percent <= 100 && contrastRatio(moved, background) < ratio; ++percent)
        moved = QColor(mix(color, end, percent / 100.0).rgb());
    return moved;
}

} // namespace inferlab
