// Tries places around each point and takes the first that covers nothing.
#include "ui/charts/point_labels.h"

#include <QFontMetricsF>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace inferlab {

namespace {

constexpr double kOwn = 9.0;        // pixels around a point in which its own lines begin
constexpr double kMarkRadius = 3.0; // of a point that has a label, and of a dot
constexpr size_t kMostDots = 400;   // of a plot that labels keep off; more are a cloud
// What a place covers, by how much it hurts: a label on another is worse than any number of lines.
constexpr int kWordsCost = 100000;
constexpr int kMarkCost = 1000;

QRectF squareAround(const QPointF &centre, double radius)
{
    return {centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius};
}

// Small boxes along the lines of a plot with few points, for labels to keep off.
std::vector<QRectF> alongLines(const PlotSpec &spec, const PlotFrame &frame, const PlotLook &look)
{
    constexpr double kApart = 6.0;
    std::vector<QRectF> boxes;
    const auto addLine = [&](const QPointF &from, const QPointF &to) {
        const QPointF a = frame.toPixel(from);
        const QPointF d = frame.toPixel(to) - a;
        const int pieces = std::clamp(static_cast<int>(std::hypot(d.x(), d.y()) / kApart), 1, 400);
        for (int p = 0; p <= pieces; ++p)
            boxes.push_back(squareAround(a + d * p / pieces, 1));
    };
    for (const PlotSeries &series : spec.series) {
        if (series.kind != PlotKind::Line || !look.shows(series.keys))
            continue;
        for (const PlotCurve &curve : series.curves) {
            for (size_t i = 1; i < curve.points.size(); ++i)
                addLine(curve.points[i - 1], curve.points[i]);
            for (size_t i = 0; i < curve.intervals.size(); ++i) // error bars
                addLine({curve.points[i].x(), curve.intervals[i].low},
                        {curve.points[i].x(), curve.intervals[i].high});
        }
    }
    return boxes;
}

// Dots, in pixels; none where they are a cloud. Markers along lines lie on what alongLines() has.
std::vector<QPointF> dotsOf(const PlotSpec &spec, const PlotFrame &frame, const PlotLook &look)
{
    std::vector<QPointF> out;
    for (const PlotSeries &series : spec.series) {
        if (series.kind != PlotKind::Dots || !look.shows(series.keys))
            continue;
        for (const PlotCurve &curve : series.curves) {
            if (out.size() + curve.points.size() > kMostDots)
                return {};
            for (const QPointF &point : curve.points)
                out.push_back(frame.toPixel(point));
        }
    }
    return out;
}

class Placing
{
public:
    Placing(const PlotSpec &spec, const PlotFrame &frame, const PlotLook &look)
        : m_frame(frame)
        , m_look(look)
        , m_gap(look.theme.px(6))
        , m_bounds(frame.area.adjusted(-m_gap, -2.5 * m_gap - look.theme.textPx(TextSize::Small),
                                       m_gap, 0))
        , m_lines(alongLines(spec, frame, look))
    {
        for (const QPointF &dot : dotsOf(spec, frame, look))
            m_marks.push_back({dot, kMarkRadius * look.theme.scale()});
    }

    void addMark(const PointLabel &label)
    {
        if (!label.onTop && label.orAt.empty()) // else there is nothing at its point
            m_marks.push_back({m_frame.toPixel(label.at),
                               label.strong ? pointRingRadius(m_look) + 1 : kMarkRadius});
    }

    void place(const PointLabel &label)
    {
        const QPointF at = m_frame.toPixel(label.at);
        const QFontMetricsF metrics(m_look.smallFont(label.strong));
        const QSizeF size(metrics.horizontalAdvance(label.text), metrics.height());
        if (label.onTop) {
            const QRectF box(at.x() - size.width() / 2, at.y() - size.height(), size.width(),
                             size.height());
            // Letters, without the space around them.
            if (cost(box.adjusted(1, 2, -1, -2), at) == 0)
                m_placed.push_back({&label, box});
            return;
        }
        std::optional<Choice> best = bestAround(at, size, label.strong);
        for (const QPointF &other : label.orAt) {
            if (best && best->cost == 0)
                break;
            const std::optional<Choice> found =
                bestAround(m_frame.toPixel(other), size, label.strong);
            if (found && (!best || found->cost < best->cost))
                best = found;
        }
        if (best && (best->cost == 0 || label.strong))
            m_placed.push_back({&label, best->box});
    }

    std::vector<PlacedLabel> take() { return std::move(m_placed); }

private:
    struct Mark
    {
        QPointF centre;
        double radius;
    };
    struct Choice
    {
        QRectF box;
        int cost = 0; // of what it covers
    };

    // The place around a point that covers least; none where no place is inside the bounds.
    std::optional<Choice> bestAround(const QPointF &at, const QSizeF &size, bool strong) const
    {
        std::optional<Choice> best;
        for (const QRectF &box : around(at, size, strong)) {
            const int found = cost(box, at);
            if (!best || found < best->cost)
                best = {box, found};
        }
        return best;
    }

    // Inside the bounds, the best liked first. A strong label is moved in where it stands out.
    std::vector<QRectF> around(const QPointF &at, const QSizeF &size, bool strong) const
    {
        const double away = strong ? m_gap + m_look.theme.px(4) : m_gap;
        const double aside = away * 0.6;
        const double w = size.width();
        const double h = size.height();
        const std::array corners {QPointF(-w / 2, -away - h),
                                  QPointF(-away - w, -h / 2),
                                  QPointF(away, -h / 2),
                                  QPointF(-w / 2, away),
                                  QPointF(aside, away * 0.5),
                                  QPointF(aside, -away * 0.5 - h),
                                  QPointF(-aside - w, -away * 0.5 - h),
                                  QPointF(-aside - w, away * 0.5)};
        std::vector<QRectF> places;
        for (const QPointF &corner : corners) {
            QRectF box(at + corner, size);
            if (strong)
                box.moveLeft(std::clamp(box.left(), m_bounds.left(),
                                        std::max(m_bounds.left(), m_bounds.right() - w)));
            if (m_bounds.contains(box))
                places.push_back(box);
        }
        if (places.empty() && strong)
            places.emplace_back(QPointF(m_bounds.left(), at.y() - away - h), size);
        return places;
    }

    int cost(const QRectF &box, const QPointF &own) const
    {
        int sum = 0;
        for (const PlacedLabel &other : m_placed)
            sum += other.box.intersects(box) ? kWordsCost : 0;
        for (const Mark &mark : m_marks) {
            const bool isOwn = (mark.centre - own).manhattanLength() < 1;
            sum += !isOwn && squareAround(mark.centre, mark.radius).intersects(box) ? kMarkCost : 0;
        }
        const QRectF near = squareAround(own, kOwn);
        for (const QRectF &line : m_lines)
            sum += line.intersects(box) && !line.intersects(near) ? 1 : 0;
        return sum;
    }

    const PlotFrame &m_frame;
    const PlotLook &m_look;
    const double m_gap;
    const QRectF m_bounds;
    const std::vector<QRectF> m_lines;
    std::vector<Mark> m_marks;
    std::vector<PlacedLabel> m_placed;
};

} // namespace

double pointRingRadius(const PlotLook &look)
{
    return look.theme.px(7);
}

std::vector<PlacedLabel> placePointLabels(const PlotSpec &spec, const PlotFrame &frame,
                                          const PlotLook &look)
{
    std::vector<const PointLabel *> order;
    for (const PointLabel &label : spec.pointLabels) {
        if (look.shows(label.keys)
            && frame.area.adjusted(-2, -2, 2, 2).contains(frame.toPixel(label.at)))
            order.push_back(&label);
    }
    // What matters most gets its place first.
    std::stable_partition(order.begin(), order.end(),
                          [](const PointLabel *label) { return label->strong; });
    Placing placing(spec, frame, look);
    for (const PointLabel *label : order)
        placing.addMark(*label);
    for (const PointLabel *label : order)
        placing.place(*label);
    return placing.take();
}

} // namespace inferlab
