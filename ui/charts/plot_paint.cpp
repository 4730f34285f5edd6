// Lines, dots and bars.
#include "ui/charts/plot_paint.h"

#include "ui/charts/decimate.h"
#include "ui/charts/plot_samples.h"
#include "ui/theme/contrast.h"

#include <QPainter>
#include <QPolygonF>
#include <algorithm>
#include <array>
#include <cmath>

namespace inferlab {

namespace {

// A thousand points draw in 3 ms and are more than a chart has columns.
constexpr int kMostPoints = 1000;
constexpr double kMarkerGap = 7.0;  // pixels between points from which each gets its marker
constexpr double kSparseGap = 40.0; // between the markers that tell an earlier run by shape
constexpr size_t kMostShapes = 400; // dots drawn as shapes; more are drawn as small squares
constexpr size_t kMostSmooth = 120; // points of a line drawn smooth while others stream in

// Three shapes tell earlier runs apart; further ones repeat the shapes on broken lines, so that
// they differ without colour as well. On and off in widths of the line; empty: whole.
QList<qreal> dashesOf(int age, bool imported)
{
    constexpr int kShapes = 3;
    static const std::array<QList<qreal>, 4> patterns {
        {{}, {2.5, 2.5}, {1.0, 1.5}, {5.0, 2.0, 1.0, 2.0}}};
    if (imported)
        return {4.0, 3.0};
    return age <= 0 ? QList<qreal>()
                    : patterns[static_cast<size_t>((age - 1) / kShapes) % patterns.size()];
}

QPen linePen(const QColor &color, double width, int age = 0, bool imported = false)
{
    QPen pen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (const QList<qreal> dashes = dashesOf(age, imported); !dashes.isEmpty()) {
        pen.setCapStyle(Qt::FlatCap); // a round one would fill the gaps
        pen.setDashPattern(dashes);
    }
    return pen;
}

// Pixels of a curve, with one point beyond each edge of the plot so that lines leave it.
std::vector<QPointF> pixelsOf(const PlotCurve &curve, const PlotFrame &frame, bool steps)
{
    const auto byX = [](const QPointF &point, double x) { return point.x() < x; };
    auto first = std::lower_bound(curve.points.begin(), curve.points.end(), frame.x.min, byX);
    auto last = std::lower_bound(first, curve.points.end(), frame.x.max, byX);
    if (first != curve.points.begin())
        --first;
    if (last != curve.points.end())
        ++last;
    std::vector<QPointF> pixels;
    pixels.reserve(static_cast<size_t>(last - first) * (steps ? 2 : 1));
    double before = first == curve.points.begin() ? 0.0 : (first - 1)->y();
    for (auto it = first; it != last; ++it) {
        if (steps)
            pixels.push_back(frame.toPixel({it->x(), before}));
        pixels.push_back(frame.toPixel(*it));
        before = it->y();
    }
    return pixels;
}

void drawClipped(QPainter &painter, const std::vector<QPointF> &pixels, const QRectF &area)
{
    QPolygonF run;
    const auto flush = [&painter, &run] {
        if (run.size() > 1)
            painter.drawPolyline(run);
        run.clear();
    };
    for (size_t i = 1; i < pixels.size(); ++i) {
        QPointF a = pixels[i - 1];
        QPointF b = pixels[i];
        if (!clipSegment(a, b, area.left(), area.top(), area.right(), area.bottom())) {
            flush();
            continue;
        }
        if (run.isEmpty() || run.last() != a) {
            flush();
            run << a;
        }
        run << b;
    }
    flush();
}

void paintMarkers(QPainter &painter, const std::vector<QPointF> &pixels, double gap, double radius,
                  const PlotSeries &series, const PlotFrame &frame, const PlotLook &look)
{
    const QRectF area = frame.area.adjusted(-1, -1, 1, 1);
    const QColor fill = look.fill(series.meaning, series.age);
    const QColor edge = look.edge(series.meaning, series.age);
    double last = -1e9;
    for (const QPointF &pixel : pixels) {
        if (!area.contains(pixel) || pixel.x() - last < gap)
            continue;
        last = pixel.x();
        paintMarker(painter, series.marker, pixel, radius, fill, edge, look.theme.scale());
    }
}

// Where some points claim more than others: those with too few samples are hollow.
void paintEveryMarker(QPainter &painter, const PlotCurve &curve, const PlotSeries &series,
                      const PlotFrame &frame, const PlotLook &look)
{
    const QRectF area = frame.area.adjusted(-1, -1, 1, 1);
    const double scale = look.theme.scale();
    const QColor fill = look.fill(series.meaning, series.age);
    const QColor edge = look.edge(series.meaning, series.age);
    for (size_t i = 0; i < curve.points.size(); ++i) {
        const QPointF pixel = frame.toPixel(curve.points[i]);
        if (!area.contains(pixel))
            continue;
        const bool weak = i < curve.weak.size() && curve.weak[i];
        paintMarker(painter, series.marker, pixel, 3.2 * scale, weak ? look.theme.surface : fill,
                    edge, scale);
    }
}

// One pixel wide and not smooth is the width that Qt draws without stroking an outline; wider lines
// are several of them, each a pixel further along the diagonal.
void drawQuick(QPainter &painter, const std::vector<QPointF> &pixels, const QRectF &area,
               const QColor &color, double width)
{
    const double ratio = painter.device()->devicePixelRatioF();
    const int passes = std::max(1, static_cast<int>(std::lround(width * ratio * 0.8)));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(color, 0));
    for (int pass = 0; pass < passes; ++pass) {
        const double shift = (pass - (passes - 1) / 2.0) / ratio;
        painter.translate(shift, shift);
        drawClipped(painter, pixels, area);
        painter.translate(-shift, -shift);
    }
    painter.restore();
}

void paintLines(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
                const PlotLook &look, bool quick)
{
    const double scale = look.theme.scale();
    const auto curves = static_cast<int>(series.curves.size());
    // Four points a column, shared by the curves of the series.
    const int columns = std::clamp(kMostPoints / 4 / std::max(1, curves), 16,
                                   1 + static_cast<int>(frame.area.width()));
    const QColor color = look.edge(series.meaning, series.age);
    std::vector<QPointF> drawn;
    for (const PlotCurve &curve : series.curves) {
        const std::vector<QPointF> pixels = pixelsOf(curve, frame, series.steps);
        drawn.clear();
        decimate(pixels, frame.area.left(), frame.area.right(), columns, drawn);
        painter.setBrush(Qt::NoBrush);
        if (quick && drawn.size() > kMostSmooth) {
            drawQuick(painter, drawn, frame.area, color, series.width * scale);
        } else {
            painter.setPen(linePen(color, series.width * scale, series.age, series.dashed));
            drawClipped(painter, drawn, frame.area);
        }
        const double perPoint = pixels.size() < 2
            ? frame.area.width()
            : (pixels.back().x() - pixels.front().x()) / static_cast<double>(pixels.size() - 1);
        const bool roomy = perPoint >= kMarkerGap * scale;
        const bool first = &curve == &series.curves.front();
        if (!curve.weak.empty())
            paintEveryMarker(painter, curve, series, frame, look);
        else if (pixels.size() == 1 || (series.markers && roomy && curves == 1))
            paintMarkers(painter, pixels, 0.0, (series.age > 0 ? 2.6 : 3.0) * scale, series, frame,
                         look);
        else if (first && (series.age > 0 || series.marker != MarkerShape::Circle))
            paintMarkers(painter, pixels, kSparseGap * scale, 3.2 * scale, series, frame, look);
    }
}

void paintDots(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
               const PlotLook &look)
{
    const double scale = look.theme.scale();
    size_t count = 0;
    for (const PlotCurve &curve : series.curves)
        count += curve.points.size();
    const QColor fill = look.fill(series.meaning, series.age);
    const QColor edge = look.edge(series.meaning, series.age);
    const QRectF area = frame.area.adjusted(-1, -1, 1, 1);
    const double side = std::max(2.0, 2.5 * scale);
    // Points on the same pixel are one: steps of a batch stamp all its tokens together.
    const int columns = static_cast<int>(frame.area.width()) + 3;
    std::vector<bool> taken(static_cast<size_t>(columns)
                            * (static_cast<size_t>(frame.area.height()) + 3));
    for (const PlotCurve &curve : series.curves) {
        if (!curve.weak.empty()) { // each says whether it has enough samples
            paintEveryMarker(painter, curve, series, frame, look);
            continue;
        }
        for (const QPointF &point : curve.points) {
            const QPointF pixel = frame.toPixel(point);
            if (!area.contains(pixel))
                continue;
            const auto cell =
                static_cast<size_t>(pixel.y() - area.top()) * static_cast<size_t>(columns)
                + static_cast<size_t>(pixel.x() - area.left());
            if (cell >= taken.size() || taken[cell])
                continue;
            taken[cell] = true;
            if (count <= kMostShapes)
                paintMarker(painter, series.marker, pixel, 2.4 * scale, fill, edge, 0.8 * scale);
            else
                painter.fillRect(QRectF(pixel.x() - side / 2, pixel.y() - side / 2, side, side),
                                 edge);
        }
    }
}

void paintBars(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
               const PlotLook &look)
{
    const double scale = look.theme.scale();
    const QRectF area = frame.area;
    for (const PlotCurve &curve : series.curves) {
        for (size_t i = 0; i < curve.points.size(); ++i) {
            const QPointF &top = curve.points[i];
            const double base = curve.bases.empty() ? 0.0 : curve.bases[i];
            const QPointF a = frame.toPixel({top.x() - series.barWidth / 2, top.y()});
            const QPointF b = frame.toPixel({top.x() + series.barWidth / 2, base});
            QRectF bar = QRectF(a, b).normalized();
            if (bar.width() < 1.0)
                bar.setWidth(1.0);
            bar = bar.intersected(area);
            if (bar.width() <= 0 || bar.height() <= 0)
                continue;
            const bool weak = !curve.weak.empty() && curve.weak[i];
            const Meaning meaning = weak ? Meaning::Queue : series.meaning;
            const QColor edge = look.edge(meaning, series.age);
            const QColor fill = look.fill(meaning, series.age);
            painter.fillRect(bar, weak ? mix(look.theme.surface, fill, 0.2) : fill);
            if (weak)
                paintHatch(painter, bar, mix(look.theme.surface, fill, 0.75), scale);
            if (bar.width() >= 4 * scale) {
                painter.setPen(QPen(edge, scale, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
                painter.setBrush(Qt::NoBrush);
                const double half = scale / 2;
                painter.drawRect(bar.adjusted(half, half, -half, -half));
            }
        }
    }
}

} // namespace

QFont PlotLook::smallFont(bool strong) const
{
    return theme.font(TextSize::Small, strong ? QFont::DemiBold : QFont::Normal);
}

bool PlotLook::shows(const QStringList &keys) const
{
    return std::none_of(keys.begin(), keys.end(),
                        [this](const QString &key) { return hidden.contains(key); });
}

QColor PlotLook::edge(Meaning meaning, int age) const
{
    return age > 0 ? theme.earlierEdge(meaning, age) : theme.edge(meaning);
}

QColor PlotLook::fill(Meaning meaning, int age) const
{
    return age > 0 ? theme.earlierFill(meaning, age) : theme.fill(meaning);
}

void paintMarker(QPainter &painter, MarkerShape shape, const QPointF &centre, double radius,
                 const QColor &fill, const QColor &edge, double penWidth)
{
    painter.setPen(QPen(edge, penWidth));
    painter.setBrush(fill);
    const double r = radius;
    switch (shape) {
    case MarkerShape::Circle:
        painter.drawEllipse(centre, r, r);
        break;
    case MarkerShape::Square:
        painter.drawRect(QRectF(centre.x() - r * 0.9, centre.y() - r * 0.9, 1.8 * r, 1.8 * r));
        break;
    case MarkerShape::Triangle:
        painter.drawPolygon(QPolygonF {{centre.x(), centre.y() - 1.2 * r},
                                       {centre.x() + 1.1 * r, centre.y() + 0.8 * r},
                                       {centre.x() - 1.1 * r, centre.y() + 0.8 * r}});
        break;
    case MarkerShape::Cross:
        painter.setPen(QPen(edge, 1.6 * penWidth, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(centre - QPointF(r, r), centre + QPointF(r, r));
        painter.drawLine(centre - QPointF(r, -r), centre + QPointF(r, -r));
        break;
    case MarkerShape::Diamond:
        painter.drawPolygon(QPolygonF {{centre.x(), centre.y() - 1.3 * r},
                                       {centre.x() + 1.3 * r, centre.y()},
                                       {centre.x(), centre.y() + 1.3 * r},
                                       {centre.x() - 1.3 * r, centre.y()}});
        break;
    }
}

void paintSeries(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
                 const PlotLook &look, bool quick)
{
    if (!look.shows(series.keys))
        return;
    painter.setRenderHint(QPainter::Antialiasing,
                          series.kind != PlotKind::Bars && series.kind != PlotKind::Cells);
    // Under a mark, so that it is seen; over a bar, which would hide half of it.
    if (series.kind != PlotKind::Band && series.kind != PlotKind::Bars)
        paintErrorBars(painter, series, frame, look);
    switch (series.kind) {
    case PlotKind::Line:
        paintLines(painter, series, frame, look, quick);
        break;
    case PlotKind::Dots:
        paintDots(painter, series, frame, look);
        break;
    case PlotKind::Bars:
        paintBars(painter, series, frame, look);
        paintErrorBars(painter, series, frame, look);
        break;
    case PlotKind::Band:
        paintBand(painter, series, frame, look);
        break;
    case PlotKind::Boxes:
        paintBoxes(painter, series, frame, look);
        break;
    case PlotKind::Cells:
        paintCells(painter, series, frame, look);
        break;
    }
}

void paintSwatch(QPainter &painter, const LegendEntry &entry, const QRectF &box,
                 const PlotLook &look)
{
    const double scale = look.theme.scale();
    const QColor edge = look.edge(entry.meaning, entry.age);
    const QColor fill = look.fill(entry.meaning, entry.age);
    painter.setRenderHint(QPainter::Antialiasing, true);
    if (entry.kind != PlotKind::Line && entry.kind != PlotKind::Dots) {
        const QRectF bar =
            QRectF(0, 0, box.height() * 0.8, box.height() * 0.8)
                .translated(box.center() - QPointF(box.height() * 0.4, box.height() * 0.4));
        painter.fillRect(bar, entry.hatched ? mix(look.theme.surface, fill, 0.2) : fill);
        if (entry.hatched)
            paintHatch(painter, bar, mix(look.theme.surface, fill, 0.75), scale);
        if (entry.kind == PlotKind::Boxes)
            paintBoxHatch(painter, bar, entry.age, edge, scale);
        painter.setPen(QPen(edge, scale));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(bar);
        return;
    }
    if (entry.kind == PlotKind::Line) {
        painter.setPen(linePen(edge, 2 * scale, entry.age, entry.dashed));
        painter.drawLine(QPointF(box.left(), box.center().y()),
                         QPointF(box.right(), box.center().y()));
        if (entry.age == 0 && entry.marker == MarkerShape::Circle)
            return;
    }
    paintMarker(painter, entry.marker, box.center(), box.height() * 0.32, fill, edge, scale);
}

} // namespace inferlab
