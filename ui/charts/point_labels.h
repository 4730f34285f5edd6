// Where the words beside points stand: none covers another, another's point or, where it can be
// helped, a line. The same places on the screen and in exported pictures.
#pragma once

#include "ui/charts/plot_frame.h"
#include "ui/charts/plot_paint.h"
#include "ui/charts/plot_spec.h"

#include <QRectF>
#include <vector>

namespace inferlab {

struct PlacedLabel
{
    const PointLabel *label = nullptr; // of the spec
    QRectF box;                        // of its words, in pixels
};

// Those that find room, the strong one always; in the order in which they were placed.
std::vector<PlacedLabel> placePointLabels(const PlotSpec &spec, const PlotFrame &frame,
                                          const PlotLook &look);

// Radius of the ring around the point of a strong label.
double pointRingRadius(const PlotLook &look);

} // namespace inferlab
