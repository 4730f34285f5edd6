// Fewer points that draw the same line: per column of pixels the first, lowest, highest and last.
#pragma once

#include <QPointF>
#include <span>
#include <vector>

namespace inferlab {

// points: x rising, already in pixels. Appends to `out` at most 4 * columns + 2 points; all of them
// when there are no more than that. No peak is lost.
void decimate(std::span<const QPointF> points, double left, double right, int columns,
              std::vector<QPointF> &out);

// The part of the segment a-b inside the rectangle (Liang and Barsky 1984); false when there is
// none. Needed because SVG export does not clip.
bool clipSegment(QPointF &a, QPointF &b, double left, double top, double right, double bottom);

} // namespace inferlab
