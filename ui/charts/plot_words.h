// Draws the words of a plot and what marks single points: categories, labels at line ends and
// beside points, rules, the selected token, and the readout under the pointer.
#pragma once

#include "ui/charts/plot_paint.h"
#include "ui/charts/readout.h"

#include <QFontMetricsF>
#include <QStringList>
#include <optional>

namespace inferlab {

// Widest of the end labels that are shown, in pixels; 0 without any.
double endLabelWidth(const PlotSpec &spec, const PlotLook &look);

// Grid and labels of both axes at their ticks, the base line, and, when `titled`, the words along
// x.
void paintAxes(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
               const PlotLook &look, bool titled);
void paintRules(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                const PlotLook &look);
void paintEndLabels(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                    const PlotLook &look);
void paintPointLabels(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                      const PlotLook &look);
void paintCategories(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                     const PlotLook &look);
// The names along y, where rows have names instead of numbers.
void paintRowNames(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                   const PlotLook &look);
// Arrows at the upper edge for points above it, and how far they go.
void paintOverflow(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                   const PlotLook &look);
// A note in lines of that width, broken between its sentences, and between words where a sentence
// is wider than a line; the last is cut where there is more.
QStringList noteLines(const QString &note, const QFontMetricsF &metrics, double width);
// The note at the bottom of a plot of that size.
void paintNote(QPainter &painter, const PlotSpec &spec, const QSizeF &size, const PlotFrame &frame,
               const PlotLook &look);
void paintSelection(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                    const PlotLook &look, TokenRef token);
// A ring around every mark of an experiment's point.
void paintSelectedPoint(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                        const PlotLook &look, int point);
void paintReadout(QPainter &painter, const Readout &readout, const PlotFrame &frame,
                  const PlotLook &look);

} // namespace inferlab
