// Linear and logarithmic scales.
#include "ui/charts/plot_frame.h"

#include "ui/charts/plot_spec.h"

#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

double shareIn(const AxisRange &range, bool logarithmic, double value)
{
    if (!logarithmic)
        return (value - range.min) / range.span();
    const double low = std::log10(range.min);
    return (std::log10(std::max(value, range.min * 1e-6)) - low) / (std::log10(range.max) - low);
}

double valueAt(const AxisRange &range, bool logarithmic, double share)
{
    if (!logarithmic)
        return range.min + share * range.span();
    const double low = std::log10(range.min);
    return std::pow(10.0, low + share * (std::log10(range.max) - low));
}

// Powers of ten; within one decade, 1, 2 and 5 as well.
std::vector<double> logarithmicTicks(const AxisRange &range)
{
    const bool close = range.max / range.min < 30;
    std::vector<double> out;
    for (double power = std::pow(10.0, std::floor(std::log10(range.min))); power <= range.max;
         power *= 10) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            const double tick = power * factor;
            if ((factor == 1.0 || close) && tick >= range.min * 0.999 && tick <= range.max * 1.001)
                out.push_back(tick);
        }
    }
    return out;
}

std::vector<double> inside(const AxisRange &range, const std::vector<double> &wanted)
{
    std::vector<double> out;
    for (const double tick : wanted) {
        if (tick >= range.min && tick <= range.max)
            out.push_back(tick);
    }
    return out;
}

} // namespace

double PlotFrame::shareOf(double xValue) const
{
    return shareIn(x, xLogarithmic, xValue);
}

double PlotFrame::xOf(double share) const
{
    return valueAt(x, xLogarithmic, share);
}

double PlotFrame::yShareOf(double yValue) const
{
    return shareIn(y, yLogarithmic, yValue);
}

double PlotFrame::yOf(double share) const
{
    return valueAt(y, yLogarithmic, share);
}

QPointF PlotFrame::toPixel(const QPointF &value) const
{
    return {area.left() + shareOf(value.x()) * area.width(),
            area.bottom() - yShareOf(value.y()) * area.height()};
}

QPointF PlotFrame::toValue(const QPointF &pixel) const
{
    return {xOf((pixel.x() - area.left()) / area.width()),
            yOf((area.bottom() - pixel.y()) / area.height())};
}

std::vector<double> PlotFrame::xTicks() const
{
    if (!xTickAt.empty())
        return inside(x, xTickAt);
    return xLogarithmic ? logarithmicTicks(x) : ticks(x, xStep);
}

std::vector<double> PlotFrame::yTicks() const
{
    if (!yTickAt.empty())
        return inside(y, yTickAt);
    return yLogarithmic ? logarithmicTicks(y) : ticks(y, yStep);
}

QString tickText(double value, double step)
{
    if (step <= 0) // logarithmic: as short as can be
        return value >= 1000 ? fixedNumberText(value, 0) : QString::number(value, 'g', 6);
    const int digits =
        step >= 1 ? 0 : std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
    return fixedNumberText(std::abs(value) < step * 1e-9 ? 0.0 : value, digits);
}

} // namespace inferlab
