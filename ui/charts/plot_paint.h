// Draws the marks of a plot: lines, dots and bars. One painter for screen, pictures and vector
// files: no clipping and no pattern brushes, which SVG export does not know.
#pragma once

#include "ui/charts/plot_frame.h"
#include "ui/charts/plot_spec.h"

#include <QSet>

class QPainter;

namespace inferlab {

struct PlotLook
{
    Theme theme;
    QSet<QString> hidden; // keys of legend entries that are off

    QFont smallFont(bool strong = false) const; // of all words in a plot
    bool shows(const QStringList &keys) const;
    QColor edge(Meaning meaning, int age) const;
    QColor fill(Meaning meaning, int age) const;
};

// quick: while points stream in, lines of many points are drawn without smooth edges, in a tenth of
// the time; in motion nobody sees it.
void paintSeries(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
                 const PlotLook &look, bool quick = false);
void paintMarker(QPainter &painter, MarkerShape shape, const QPointF &centre, double radius,
                 const QColor &fill, const QColor &edge, double penWidth);
// The swatch of a legend entry.
void paintSwatch(QPainter &painter, const LegendEntry &entry, const QRectF &box,
                 const PlotLook &look);

} // namespace inferlab
