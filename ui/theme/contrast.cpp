// Relative luminance and contrast after WCAG 2.1.
#include "ui/theme/contrast.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace inferlab {

namespace {

// Of a channel of 8 bits, as it is shown. Charts ask for contrasts while they are drawn.
double linear(int channel)
{
    static const std::array<double, 256> table = [] {
        std::array<double, 256> values {};
        for (size_t i = 0; i < values.size(); ++i) {
            const double share = static_cast<double>(i) / 255;
            values[i] = share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
        }
        return values;
    }();
    return table[static_cast<size_t>(channel)];
}

double luminance(const QColor &color)
{
    return 0.2126 * linear(color.red()) + 0.7152 * linear(color.green())
        + 0.0722 * linear(color.blue());
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
