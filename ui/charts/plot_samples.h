// Draws what shows a sample rather than a value: error bars, bands, boxes and shaded cells.
#pragma once

#include "ui/charts/plot_paint.h"

namespace inferlab {

// Of every point that has an interval.
void paintErrorBars(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
                    const PlotLook &look);
void paintBand(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
               const PlotLook &look);
void paintBoxes(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
                const PlotLook &look);
// With the words of each cell where they fit; the darker a cell, the more.
void paintCells(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
                const PlotLook &look);
// Slanted lines inside a rectangle: drawn one by one, since SVG knows no pattern brushes.
// Inside a box: groups beside each other differ without colour. The first has none.
void paintBoxHatch(QPainter &painter, const QRectF &box, int age, const QColor &color,
                   double scale);
void paintHatch(QPainter &painter, const QRectF &bar, const QColor &color, double scale);

} // namespace inferlab
