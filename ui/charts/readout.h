// What a plot says at a place: the point nearest to the pointer and all series' values at its x.
// And the way from point to point with the arrow keys.
#pragma once

#include "ui/charts/plot_paint.h"

#include <optional>

namespace inferlab {

struct PlotPosition
{
    size_t series = 0, curve = 0, point = 0;
    bool operator==(const PlotPosition &) const = default;
};

struct ReadoutLine
{
    QString name;
    QString value; // "6.31 ms", or "5.9 to 7.1 ms" over several requests
    LegendEntry swatch;
};

struct Readout
{
    PlotPosition position;
    QPointF at;      // the point, in values
    TokenRef token;  // of the point, if it is one
    QString heading; // "token 57", "request 3", "2.35 s"
    std::vector<ReadoutLine> lines;

    QString spoken() const; // "token 57: this run 6.31 ms"
};

// The point nearest to a pixel among those shown; x counts twice as much as y.
std::optional<PlotPosition> nearestPoint(const PlotSpec &spec, const PlotFrame &frame,
                                         const PlotLook &look, const QPointF &pixel);
// Left and right along the curve (and on to the next curve beyond its end), up and down between
// curves.
enum class Direction { Left, Right, Up, Down, First, Last };
std::optional<PlotPosition> stepFrom(const PlotSpec &spec, const PlotLook &look,
                                     std::optional<PlotPosition> from, Direction direction);
std::optional<Readout> readoutAt(const PlotSpec &spec, const PlotLook &look,
                                 const PlotPosition &position);

// Where a token is drawn; empty when it is not.
std::vector<QPointF> pointsOfToken(const PlotSpec &spec, const PlotLook &look, TokenRef token);

} // namespace inferlab
