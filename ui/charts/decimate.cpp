// Min/max decimation by pixel column, and clipping of segments.
#include "ui/charts/decimate.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace inferlab {

namespace {

// In the order in which they came, so that the line does not fold back.
void appendColumn(std::span<const QPointF> column, std::vector<QPointF> &out)
{
    const auto byHeight = [](const QPointF &a, const QPointF &b) { return a.y() < b.y(); };
    const auto [low, high] = std::minmax_element(column.begin(), column.end(), byHeight);
    std::array<size_t, 4> picks {0, static_cast<size_t>(low - column.begin()),
                                 static_cast<size_t>(high - column.begin()), column.size() - 1};
    std::sort(picks.begin(), picks.end());
    for (size_t i = 0; i < picks.size(); ++i) {
        if (i == 0 || picks[i] != picks[i - 1])
            out.push_back(column[picks[i]]);
    }
}

} // namespace

void decimate(std::span<const QPointF> points, double left, double right, int columns,
              std::vector<QPointF> &out)
{
    const size_t most = 4 * static_cast<size_t>(std::max(columns, 1)) + 2;
    if (points.size() <= most || !(right > left)) {
        out.insert(out.end(), points.begin(), points.end());
        return;
    }
    const double perColumn = (right - left) / columns;
    const auto columnOf = [&](const QPointF &point) {
        return static_cast<long>(std::clamp((point.x() - left) / perColumn, 0.0, columns - 1.0));
    };
    for (size_t begin = 0; begin < points.size();) {
        const long column = columnOf(points[begin]);
        size_t end = begin + 1;
        while (end < points.size() && columnOf(points[end]) == column)
            ++end;
        appendColumn(points.subspan(begin, end - begin), out);
        begin = end;
    }
}

bool clipSegment(QPointF &a, QPointF &b, double left, double top, double right, double bottom)
{
    const QPointF d = b - a;
    const std::array p {-d.x(), d.x(), -d.y(), d.y()};
    const std::array q {a.x() - left, right - a.x(), a.y() - top, bottom - a.y()};
    double from = 0.0;
    double to = 1.0;
    for (size_t i = 0; i < p.size(); ++i) {
        if (p[i] == 0) {
            if (q[i] < 0)
                return false;
            continue;
        }
        const double t = q[i] / p[i];
        if (p[i] < 0)
            from = std::max(from, t);
        else
            to = std::min(to, t);
    }
    if (from > to)
        return false;
    b = a + to * d;
    a = a + from * d;
    return true;
}

} // namespace inferlab
