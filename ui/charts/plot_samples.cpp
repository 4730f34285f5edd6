// Error bars, bands, boxes and cells.
#include "ui/charts/plot_samples.h"

#include "ui/charts/decimate.h"
#include "ui/theme/contrast.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>
#include <algorithm>

namespace inferlab {

namespace {

constexpr double kHatchGap = 5.0;
constexpr double kCapHalf = 3.5; // of an error bar, pixels
constexpr double kBandShade = 0.22;
constexpr double kBarShade = 0.35; // behind the words of a cell
constexpr double kLightest = 0.06; // of a cell: told from an empty place

QPen solid(const QColor &color, double width)
{
    return QPen(color, width, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
}

void drawClipped(QPainter &painter, QPointF a, QPointF b, const QRectF &area)
{
    if (clipSegment(a, b, area.left(), area.top(), area.right(), area.bottom()))
        painter.drawLine(a, b);
}

QPointF clamped(const QPointF &pixel, const QRectF &area)
{
    return {std::clamp(pixel.x(), area.left(), area.right()),
            std::clamp(pixel.y(), area.top(), area.bottom())};
}

void paintBox(QPainter &painter, const PlotBox &box, double x, const PlotSeries &series,
              const PlotFrame &frame, const PlotLook &look)
{
    const double scale = look.theme.scale();
    const QColor edge = look.edge(series.meaning, series.age);
    const QColor fill = look.fill(series.meaning, series.age);
    const auto at = [&](double dx, double y) { return frame.toPixel({x + dx, y}); };
    const double half = series.barWidth / 2;
    const QRectF body = QRectF(at(-half, box.highQuartile), at(half, box.lowQuartile))
                            .normalized()
                            .intersected(frame.area);
    painter.setPen(solid(edge, 1.4 * scale));
    for (const auto &[from, to] : {std::pair {box.highQuartile, box.highWhisker},
                                   std::pair {box.lowQuartile, box.lowWhisker}}) {
        drawClipped(painter, at(0, from), at(0, to), frame.area);
        drawClipped(painter, at(-half / 2, to), at(half / 2, to), frame.area);
    }
    painter.setBrush(mix(look.theme.surface, fill, 0.35));
    painter.drawRect(body);
    paintBoxHatch(painter, body, series.age, edge, scale);
    painter.setPen(solid(look.theme.text, 2.2 * scale));
    drawClipped(painter, at(-half, box.median), at(half, box.median), frame.area);
    for (const double outlier : box.outliers) {
        const QPointF pixel = at(0, outlier);
        if (frame.area.adjusted(-1, -1, 1, 1).contains(pixel))
            paintMarker(painter, MarkerShape::Circle, pixel, 2.4 * scale, look.theme.surface, edge,
                        scale);
    }
}

// Light enough for words on it.
void paintCellBar(QPainter &painter, const QRectF &bar, bool weak, const PlotSeries &series,
                  const PlotLook &look)
{
    const QColor fill = look.fill(weak ? Meaning::Queue : series.meaning, 0);
    painter.fillRect(bar, mix(look.theme.surface, fill, weak ? 0.12 : kBarShade));
    if (weak)
        paintHatch(painter, bar, mix(look.theme.surface, fill, 0.35), look.theme.scale());
}

// Where there is room for all of them, or for the brief ones.
void paintCellWords(QPainter &painter, const PlotSeries &series, const PlotCurve &curve,
                    size_t cell, const QRectF &room, const QColor &color)
{
    const auto at = static_cast<qsizetype>(cell);
    if (at >= curve.cellWords.size())
        return;
    const QFontMetricsF metrics(painter.font());
    const QString &widest = series.widestWords.isEmpty() ? curve.cellWords[at] : series.widestWords;
    // Numbers that touch read as one.
    const double gap = metrics.horizontalAdvance(QLatin1Char(' '));
    const bool brief =
        metrics.horizontalAdvance(widest) + gap > room.width() && at < curve.cellBriefs.size();
    const QString &words = brief ? curve.cellBriefs[at] : curve.cellWords[at];
    const double width = metrics.horizontalAdvance(words);
    if (words.isEmpty() || width > room.width() || metrics.ascent() > room.height())
        return;
    painter.setPen(color);
    painter.drawText(QPointF(room.center().x() - width / 2,
                             room.center().y() + (metrics.ascent() - metrics.descent()) / 2),
                     words);
}

} // namespace

void paintBoxHatch(QPainter &painter, const QRectF &box, int age, const QColor &color, double scale)
{
    // Up, down, both, none; twice as dense from the fifth group on.
    constexpr int kPatterns = 4;
    const int pattern = age % kPatterns;
    const double gap = kHatchGap * scale * (age < kPatterns ? 1.6 : 0.8);
    painter.setPen(QPen(color, scale));
    for (const bool up : {true, false}) {
        if (pattern == 0 || pattern == (up ? 2 : 1))
            continue;
        for (double x = box.left() - box.height(); x < box.right(); x += gap) {
            QPointF a(x, up ? box.bottom() : box.top());
            QPointF b(x + box.height(), up ? box.top() : box.bottom());
            if (clipSegment(a, b, box.left(), box.top(), box.right(), box.bottom()))
                painter.drawLine(a, b);
        }
    }
}

void paintHatch(QPainter &painter, const QRectF &bar, const QColor &color, double scale)
{
    painter.setPen(QPen(color, scale));
    for (double x = bar.left() - bar.height(); x < bar.right(); x += kHatchGap * scale) {
        QPointF a(x, bar.bottom());
        QPointF b(x + bar.height(), bar.top());
        if (clipSegment(a, b, bar.left(), bar.top(), bar.right(), bar.bottom()))
            painter.drawLine(a, b);
    }
}

namespace {

// From one value to another, with a cap at each end; nothing where the line of it is wider.
void paintErrorBar(QPainter &painter, const QPointF &from, const QPointF &to, const QPointF &cap,
                   const QRectF &area)
{
    if ((to - from).manhattanLength() < 1.0)
        return;
    drawClipped(painter, from, to, area);
    drawClipped(painter, from - cap, from + cap, area);
    drawClipped(painter, to - cap, to + cap, area);
}

} // namespace

void paintErrorBars(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
                    const PlotLook &look)
{
    const double scale = look.theme.scale();
    const double half = kCapHalf * scale;
    // Bars have their own colour behind the mark; on them the text's colour is seen.
    const QColor color =
        series.kind == PlotKind::Bars ? look.theme.text : look.edge(series.meaning, series.age);
    painter.setPen(solid(color, 1.4 * scale));
    for (const PlotCurve &curve : series.curves) {
        const size_t count = std::min(curve.points.size(), curve.intervals.size());
        for (size_t i = 0; i < count; ++i) {
            const double x = curve.points[i].x();
            if (x >= frame.x.min && x <= frame.x.max)
                paintErrorBar(painter, frame.toPixel({x, curve.intervals[i].low}),
                              frame.toPixel({x, curve.intervals[i].high}), {half, 0}, frame.area);
        }
        for (size_t i = 0; i < std::min(curve.points.size(), curve.xIntervals.size()); ++i) {
            const double y = curve.points[i].y();
            if (y >= frame.y.min && y <= frame.y.max)
                paintErrorBar(painter, frame.toPixel({curve.xIntervals[i].low, y}),
                              frame.toPixel({curve.xIntervals[i].high, y}), {0, half}, frame.area);
        }
    }
}

void paintBand(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
               const PlotLook &look)
{
    const QColor edge = look.edge(series.meaning, series.age);
    const QColor fill = mix(look.theme.surface, look.fill(series.meaning, series.age), kBandShade);
    for (const PlotCurve &curve : series.curves) {
        const size_t count = std::min(curve.points.size(), curve.intervals.size());
        QPolygonF outline;
        for (size_t i = 0; i < count; ++i)
            outline << clamped(frame.toPixel({curve.points[i].x(), curve.intervals[i].high}),
                               frame.area);
        for (size_t i = count; i-- > 0;)
            outline << clamped(frame.toPixel({curve.points[i].x(), curve.intervals[i].low}),
                               frame.area);
        if (count < 2)
            continue;
        painter.setPen(QPen(mix(look.theme.surface, edge, 0.5), 0.8 * look.theme.scale()));
        painter.setBrush(fill);
        painter.drawPolygon(outline);
    }
}

void paintBoxes(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
                const PlotLook &look)
{
    for (const PlotCurve &curve : series.curves) {
        const size_t count = std::min(curve.points.size(), curve.boxes.size());
        for (size_t i = 0; i < count; ++i)
            paintBox(painter, curve.boxes[i], curve.points[i].x(), series, frame, look);
    }
}

void paintCells(QPainter &painter, const PlotSeries &series, const PlotFrame &frame,
                const PlotLook &look)
{
    const Theme &theme = look.theme;
    const QColor dark = look.edge(series.meaning, series.age);
    painter.setFont(look.smallFont());
    for (const PlotCurve &curve : series.curves) {
        for (size_t i = 0; i < curve.points.size(); ++i) {
            const QPointF half(series.barWidth / 2, series.cellHeight / 2);
            const QRectF whole =
                QRectF(frame.toPixel(curve.points[i] - half), frame.toPixel(curve.points[i] + half))
                    .normalized()
                    .intersected(frame.area);
            if (whole.width() <= 0 || whole.height() <= 0)
                continue;
            const bool weak = i < curve.weak.size() && curve.weak[i];
            const double shade =
                i < curve.shades.size() ? std::clamp(curve.shades[i], 0.0, 1.0) : 0;
            const QColor back = weak
                ? theme.surface
                : mix(theme.surface, dark, kLightest + (1 - kLightest) * shade);
            if (series.cellBars) {
                QRectF bar = whole;
                bar.setWidth(std::max(whole.width() * shade, shade > 0 ? 1.0 : 0.0));
                paintCellBar(painter, bar, weak, series, look);
                paintCellWords(painter, series, curve, i, whole,
                               weak || shade <= 0 ? theme.mutedText : theme.text);
                continue;
            }
            painter.fillRect(whole, back);
            if (weak)
                paintHatch(painter, whole, theme.controlBorder, theme.scale());
            const bool large = std::min(whole.width(), whole.height()) > 5 * theme.scale();
            if (large) {
                painter.setPen(QPen(theme.surface, theme.scale()));
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(whole);
            }
            const bool onDark =
                contrastRatio(theme.text, back) < contrastRatio(theme.surface, back);
            paintCellWords(painter, series, curve, i, whole, onDark ? theme.surface : theme.text);
        }
    }
}

} // namespace inferlab
