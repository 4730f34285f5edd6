// Linear and logarithmic scales.
#include "ui/charts/plot_frame.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

double PlotFrame::shareOf(double xValue) const
{
    if (!xLogarithmic)
        return (xValue - x.min) / x.span();
    const double low = std::log10(x.min);
    return (std::log10(std::max(xValue, x.min * 1e-6)) - low) / (std::log10(x.max) - low);
}

double PlotFrame::xOf(double share) const
{
    if (!xLogarithmic)
        return x.min + share * x.span();
    const double low = std::log10(x.min);
    return std::pow(10.0, low + share * (std::log10(x.max) - low));
}

QPointF PlotFrame::toPixel(const QPointF &value) const
{
    return {area.left() + shareOf(value.x()) * area.width(),
            area.bottom() - (value.y() - y.min) / y.span() * area.height()};
}

QPointF PlotFrame::toValue(const QPointF &pixel) const
{
    return {xOf((pixel.x() - area.left()) / area.width()),
            y.min + (area.bottom() - pixel.y()) / area.height() * y.span()};
}

std::vector<double> PlotFrame::xTicks() const
{
    if (!xLogarithmic)
        return ticks(x, xStep);
    // Powers of ten; within one decade, 1, 2 and 5 as well.
    const bool close = x.max / x.min < 30;
    std::vector<double> out;
    for (double power = std::pow(10.0, std::floor(std::log10(x.min))); power <= x.max;
         power *= 10) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            const double tick = power * factor;
            if ((factor == 1.0 || close) && tick >= x.min * 0.999 && tick <= x.max * 1.001)
                out.push_back(tick);
        }
    }
    return out;
}

std::vector<double> PlotFrame::yTicks() const
{
    return ticks(y, yStep);
}

QString tickText(double value, double step)
{
    if (step <= 0) // logarithmic: as short as can be
        return QString::number(value, 'g', 6);
    const int digits =
        step >= 1 ? 0 : std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
    return QString::number(std::abs(value) < step * 1e-9 ? 0.0 : value, 'f', digits);
}

} // namespace inferlab
