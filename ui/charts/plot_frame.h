// Where a value lands on the screen, and back.
#pragma once

#include "ui/charts/axis_range.h"

#include <QPointF>
#include <QRectF>
#include <QString>
#include <vector>

namespace inferlab {

struct PlotFrame
{
    QRectF area;    // of the plot, in the chart's pixels
    AxisRange x, y; // shown now
    bool xLogarithmic = false, yLogarithmic = false;
    double xStep = 1, yStep = 1;          // between ticks; not on a logarithmic scale
    std::vector<double> xTickAt, yTickAt; // where ticks are wanted instead; else empty

    QPointF toPixel(const QPointF &value) const;
    QPointF toValue(const QPointF &pixel) const;
    double xOf(double share) const; // 0 .. 1 of the width
    double shareOf(double xValue) const;
    double yOf(double share) const; // 0 .. 1 of the height, from below
    double yShareOf(double yValue) const;
    std::vector<double> xTicks() const;
    std::vector<double> yTicks() const;
};

// A tick with as many digits as its step needs.
QString tickText(double value, double step);

} // namespace inferlab
