// What is pointed at: the selected token, the readout under the pointer, and points beyond the
// axis.
#include "ui/charts/plot_words.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

namespace inferlab {

void paintOverflow(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                   const PlotLook &look)
{
    const double scale = look.theme.scale();
    const double apart = 5 * scale;
    double highest = 0;
    double firstX = 0;
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const PlotSeries &series : spec.series) {
        if (series.kind == PlotKind::Bars || series.kind == PlotKind::Cells
            || !look.shows(series.keys))
            continue;
        for (const PlotCurve &curve : series.curves) {
            double last = -1e9;
            for (const QPointF &point : curve.points) {
                if (point.y() <= frame.y.max || point.x() < frame.x.min || point.x() > frame.x.max)
                    continue;
                const double x = frame.toPixel(point).x();
                if (highest < point.y()) {
                    highest = point.y();
                    firstX = x;
                }
                if (x - last < apart)
                    continue;
                last = x;
                paintMarker(painter, MarkerShape::Triangle, {x, frame.area.top() + 3 * scale},
                            3.2 * scale, look.fill(series.meaning, series.age),
                            look.edge(series.meaning, series.age), scale);
            }
        }
    }
    if (highest <= 0)
        return;
    const QFont font = look.smallFont();
    const QFontMetricsF metrics(font);
    const QString text = QStringLiteral("up to ") + valueText(highest, spec.y.unit);
    double x = firstX + look.theme.px(7);
    if (x + metrics.horizontalAdvance(text) > frame.area.right())
        x = firstX - look.theme.px(7) - metrics.horizontalAdvance(text);
    painter.setFont(font);
    painter.setPen(look.theme.mutedText);
    painter.drawText(QPointF(x, frame.area.top() + metrics.ascent() * 0.9), text);
}

void paintSelection(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                    const PlotLook &look, TokenRef token)
{
    if (!token.isValid())
        return;
    const double scale = look.theme.scale();
    const QColor color = look.theme.edge(Meaning::Selection);
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const QPointF &point : pointsOfToken(spec, look, token)) {
        const QPointF at = frame.toPixel(point);
        if (!frame.area.adjusted(-1, -1, 1, 1).contains(at))
            continue;
        paintMarker(painter, MarkerShape::Diamond, at, 4.5 * scale,
                    look.theme.fill(Meaning::Selection), look.theme.surface, 1.2 * scale);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color, 1.6 * scale));
        painter.drawEllipse(at, 8 * scale, 8 * scale);
    }
    const auto request = static_cast<size_t>(token.request);
    const auto index = static_cast<size_t>(token.index);
    if (request >= spec.tokenX.size() || index >= spec.tokenX[request].size())
        return;
    const double x = frame.toPixel({spec.tokenX[request][index], 0}).x();
    if (x < frame.area.left() || x > frame.area.right())
        return;
    painter.setPen(QPen(color, 1.6 * scale));
    painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
    paintMarker(painter, MarkerShape::Diamond, {x, frame.area.top() + 3 * scale}, 4.5 * scale,
                look.theme.fill(Meaning::Selection), look.theme.surface, 1.2 * scale);
}

void paintSelectedPoint(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                        const PlotLook &look, int point)
{
    constexpr size_t kMostRings = 60; // more of them are a line that is seen anyway
    const double scale = look.theme.scale();
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look.theme.edge(Meaning::Selection), 2 * scale));
    for (const PlotSeries &series : spec.series) {
        if (point < 0 || !look.shows(series.keys))
            continue;
        for (const PlotCurve &curve : series.curves) {
            const size_t every = curve.runs.size() / kMostRings + 1;
            for (size_t i = 0; i < curve.runs.size(); i += every) {
                const QPointF at = frame.toPixel(curve.points[i]);
                if (curve.runs[i].point == point && frame.area.adjusted(-1, -1, 1, 1).contains(at))
                    painter.drawEllipse(at, 7 * scale, 7 * scale);
            }
        }
    }
}

void paintReadout(QPainter &painter, const Readout &readout, const PlotFrame &frame,
                  const PlotLook &look)
{
    const Theme &theme = look.theme;
    const QPointF at = frame.toPixel(readout.at);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(theme.mutedText, theme.scale()));
    painter.drawLine(QPointF(at.x(), frame.area.top()), QPointF(at.x(), frame.area.bottom()));
    painter.setPen(QPen(theme.text, 1.6 * theme.scale()));
    painter.setBrush(theme.surface);
    painter.drawEllipse(at, 3.5 * theme.scale(), 3.5 * theme.scale());

    const QFont strong = look.smallFont(true);
    const QFontMetricsF metrics(strong);
    const double line = metrics.height();
    const double inside = theme.px(6);
    const double swatch = theme.px(14);
    const auto most =
        static_cast<size_t>(std::max(1.0, (frame.area.height() - 2 * inside) / line - 1));
    const size_t shown = std::min(readout.lines.size(), most);
    const double widest = frame.area.width() * 0.6;
    double width = metrics.horizontalAdvance(readout.heading);
    for (size_t i = 0; i < shown; ++i)
        width =
            std::max(width,
                     swatch + inside
                         + metrics.horizontalAdvance(readout.lines[i].name + QStringLiteral("   ")
                                                     + readout.lines[i].value));
    width = std::min(width, widest) + 2 * inside;
    const double height = static_cast<double>(shown + 1) * line + 2 * inside;
    QRectF box(at.x() + theme.px(10), frame.area.top() + theme.px(2), width, height);
    if (box.right() > frame.area.right())
        box.moveRight(at.x() - theme.px(10));
    if (box.left() < frame.area.left())
        box.moveLeft(frame.area.left());
    painter.setPen(QPen(theme.controlBorder, theme.scale()));
    painter.setBrush(theme.surface);
    painter.drawRoundedRect(box, theme.px(4), theme.px(4));

    double baseline = box.top() + inside + metrics.ascent();
    painter.setFont(strong);
    painter.setPen(theme.text);
    painter.drawText(QPointF(box.left() + inside, baseline), readout.heading);
    for (size_t i = 0; i < shown; ++i) {
        baseline += line;
        const ReadoutLine &entry = readout.lines[i];
        paintSwatch(painter, entry.swatch,
                    QRectF(box.left() + inside, baseline - metrics.ascent() * 0.85, swatch,
                           metrics.ascent() * 0.9),
                    look);
        const double valueWidth = metrics.horizontalAdvance(entry.value);
        const double nameRoom = box.width() - 3 * inside - swatch - valueWidth - theme.px(4);
        painter.setFont(look.smallFont());
        painter.setPen(theme.mutedText);
        painter.drawText(
            QPointF(box.left() + 2 * inside + swatch, baseline),
            QFontMetricsF(painter.font()).elidedText(entry.name, Qt::ElideRight, nameRoom));
        painter.setFont(strong);
        painter.setPen(theme.text);
        painter.drawText(QPointF(box.right() - inside - valueWidth, baseline), entry.value);
    }
}

} // namespace inferlab
