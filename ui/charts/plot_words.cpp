// Words and single marks of a plot.
#include "ui/charts/plot_words.h"

#include "ui/charts/decimate.h"
#include "ui/theme/contrast.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

namespace inferlab {

namespace {

QFont smallFont(const PlotLook &look, bool strong = false)
{
    return look.theme.font(TextSize::Small, strong ? QFont::DemiBold : QFont::Normal);
}

QColor inkOf(const PlotLook &look, Meaning meaning)
{
    return meaning == Meaning::Prediction ? look.theme.text : look.theme.ink(meaning);
}

// Heights that overlap are pushed apart, in their order, inside the area.
void spread(std::vector<double> &centres, double height, double top, double bottom)
{
    for (size_t i = 1; i < centres.size(); ++i)
        centres[i] = std::max(centres[i], centres[i - 1] + height);
    double limit = bottom - height / 2;
    for (size_t i = centres.size(); i-- > 0;) {
        centres[i] = std::min(centres[i], limit);
        limit = centres[i] - height;
    }
    if (!centres.empty() && centres.front() < top + height / 2) {
        const double shift = top + height / 2 - centres.front();
        for (double &centre : centres)
            centre += shift;
    }
}

// Small boxes along the lines of a plot with few points, for labels to keep off.
std::vector<QRectF> alongLines(const PlotSpec &spec, const PlotFrame &frame, const PlotLook &look)
{
    constexpr double kApart = 6.0;
    std::vector<QRectF> boxes;
    for (const PlotSeries &series : spec.series) {
        if (series.kind != PlotKind::Line || !look.shows(series.keys))
            continue;
        for (const PlotCurve &curve : series.curves) {
            for (size_t i = 1; i < curve.points.size(); ++i) {
                const QPointF a = frame.toPixel(curve.points[i - 1]);
                const QPointF d = frame.toPixel(curve.points[i]) - a;
                const int pieces =
                    std::clamp(static_cast<int>(std::hypot(d.x(), d.y()) / kApart), 1, 400);
                for (int p = 0; p < pieces; ++p) {
                    const QPointF at = a + d * p / pieces;
                    boxes.emplace_back(at.x() - 1, at.y() - 1, 2, 2);
                }
            }
        }
    }
    return boxes;
}

void drawCentred(QPainter &painter, const QString &text, const QFontMetricsF &metrics, double x,
                 double baseline)
{
    painter.drawText(QPointF(x - metrics.horizontalAdvance(text) / 2, baseline), text);
}

} // namespace

double endLabelWidth(const PlotSpec &spec, const PlotLook &look)
{
    const QFontMetricsF metrics(smallFont(look, true));
    double width = 0;
    for (const EndLabel &label : spec.endLabels) {
        if (look.shows(label.keys))
            width = std::max(width, metrics.horizontalAdvance(label.text));
    }
    return width;
}

void paintAxes(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
               const PlotLook &look, bool titled)
{
    const Theme &theme = look.theme;
    const QFont font = smallFont(look);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme.controlBorder, std::max(1.0, theme.scale())));
    painter.drawLine(frame.area.bottomLeft(), frame.area.bottomRight());
    painter.setPen(theme.mutedText);
    const double lift = (metrics.ascent() - metrics.descent()) / 2;
    if (!spec.y.hidden) {
        for (const double tick : frame.yTicks()) {
            const QString text = tickText(tick, frame.yStep);
            const double y = frame.toPixel({frame.x.min, tick}).y();
            painter.drawText(
                QPointF(frame.area.left() - theme.px(5) - metrics.horizontalAdvance(text),
                        y + lift),
                text);
        }
    }
    if (spec.x.hidden || !spec.x.categories.empty())
        return;
    const double baseline = frame.area.bottom() + theme.px(3) + metrics.ascent();
    const std::vector<double> xTicks = frame.xTicks();
    for (size_t i = 0; i < xTicks.size(); ++i) {
        QString text = tickText(xTicks[i], frame.xLogarithmic ? 0 : frame.xStep);
        if (!titled && i + 1 == xTicks.size() && !spec.x.unit.isEmpty())
            text += QChar(0x00A0) + spec.x.unit;
        const double half = metrics.horizontalAdvance(text) / 2;
        const double x = frame.toPixel({xTicks[i], 0}).x();
        drawCentred(painter, text, metrics,
                    std::min(x, frame.area.right() + look.theme.px(10) - half), baseline);
    }
    if (titled)
        drawCentred(painter, spec.x.title, metrics, frame.area.center().x(),
                    baseline + metrics.height() + theme.px(2));
}

void paintRules(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                const PlotLook &look)
{
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const EndLabel &label : spec.endLabels) {
        if (!label.rule || !look.shows(label.keys))
            continue;
        const bool whole = label.ruleFrom == label.ruleTo;
        QPointF a = frame.toPixel({whole ? frame.x.min : label.ruleFrom, label.y});
        QPointF b = frame.toPixel({whole ? frame.x.max : label.ruleTo, label.y});
        if (!clipSegment(a, b, frame.area.left(), frame.area.top(), frame.area.right(),
                         frame.area.bottom()))
            continue;
        painter.setPen(
            QPen(label.weak ? look.theme.controlBorder : look.theme.text, look.theme.scale()));
        painter.drawLine(a, b);
    }
}

void paintEndLabels(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                    const PlotLook &look)
{
    std::vector<const EndLabel *> labels;
    for (const EndLabel &label : spec.endLabels) {
        if (look.shows(label.keys) && label.y >= frame.y.min && label.y <= frame.y.max)
            labels.push_back(&label);
    }
    std::stable_sort(labels.begin(), labels.end(),
                     [](const EndLabel *a, const EndLabel *b) { return a->y > b->y; });
    const QFont font = smallFont(look, true);
    const QFontMetricsF metrics(font);
    std::vector<double> centres;
    for (const EndLabel *label : labels)
        centres.push_back(frame.toPixel({0, label->y}).y());
    spread(centres, metrics.height() * 0.92, frame.area.top() - look.theme.px(4),
           frame.area.bottom());
    painter.setFont(font);
    for (size_t i = 0; i < labels.size(); ++i) {
        painter.setPen(labels[i]->weak ? look.theme.mutedText : inkOf(look, labels[i]->meaning));
        painter.drawText(QPointF(frame.area.right() + look.theme.px(5),
                                 centres[i] + (metrics.ascent() - metrics.descent()) / 2),
                         labels[i]->text);
    }
}

void paintPointLabels(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                      const PlotLook &look)
{
    const double gap = look.theme.px(6);
    const QRectF bounds =
        frame.area.adjusted(-gap, -2.5 * gap - look.theme.textPx(TextSize::Small), gap, 0);
    std::vector<QRectF> taken = alongLines(spec, frame, look);
    std::vector<const PointLabel *> order;
    for (const PointLabel &label : spec.pointLabels) {
        if (look.shows(label.keys)
            && frame.area.adjusted(-2, -2, 2, 2).contains(frame.toPixel(label.at)))
            order.push_back(&label);
    }
    // What matters most gets its place first.
    std::stable_partition(order.begin(), order.end(),
                          [](const PointLabel *label) { return label->strong; });
    for (const PointLabel *label : order) {
        const QPointF at = frame.toPixel(label->at);
        if (!label->onTop)
            taken.emplace_back(at.x() - 3, at.y() - 3, 6, 6);
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const PointLabel *label : order) {
        const QPointF at = frame.toPixel(label->at);
        const QFont font = smallFont(look, label->strong);
        const QFontMetricsF metrics(font);
        const double width = metrics.horizontalAdvance(label->text);
        const double height = metrics.height();
        if (label->onTop) {
            const QRectF place(at.x() - width / 2, at.y() - height, width, height);
            const QRectF core =
                place.adjusted(1, 2, -1, -2); // letters, without the space around them
            if (std::any_of(taken.begin(), taken.end(),
                            [&core](const QRectF &other) { return other.intersects(core); }))
                continue;
            taken.push_back(core);
            painter.setFont(font);
            painter.setPen(label->muted ? look.theme.mutedText : inkOf(look, label->meaning));
            painter.drawText(QPointF(place.left(), at.y() - metrics.descent()), label->text);
            continue;
        }
        if (label->strong) {
            painter.setPen(QPen(look.theme.text, 1.6 * look.theme.scale()));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(at, look.theme.px(7), look.theme.px(7));
        }
        const double away = label->strong ? gap + look.theme.px(4) : gap;
        const QRectF box(0, 0, width, height);
        const std::array places {box.translated(at.x() - width / 2, at.y() - away - height),
                                 box.translated(at.x() - away - width, at.y() - height / 2),
                                 box.translated(at.x() + away, at.y() - height / 2),
                                 box.translated(at.x() - width / 2, at.y() + away),
                                 box.translated(at.x() + away * 0.6, at.y() + away * 0.5)};
        const auto free = std::find_if(places.begin(), places.end(), [&](const QRectF &place) {
            return bounds.contains(place)
                && std::none_of(taken.begin(), taken.end(), [&](const QRectF &other) {
                       return other.intersects(place)
                           && !other.intersects(QRectF(at.x() - 9, at.y() - 9, 18, 18));
                   });
        });
        if (free == places.end() && !label->strong)
            continue;
        QRectF place = free != places.end() ? *free : places.front();
        place.moveLeft(std::clamp(place.left(), bounds.left(),
                                  std::max(bounds.left(), bounds.right() - width)));
        taken.push_back(place);
        painter.setFont(font);
        painter.setPen(label->muted ? look.theme.mutedText : inkOf(look, label->meaning));
        painter.drawText(QPointF(place.left(), place.top() + metrics.ascent()), label->text);
    }
}

void paintCategories(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                     const PlotLook &look)
{
    const QFont font = smallFont(look);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const double baseline = frame.area.bottom() + look.theme.px(3) + metrics.ascent();
    for (const PlotCategory &category : spec.x.categories) {
        const double left = std::max(frame.toPixel({category.from, 0}).x(), frame.area.left());
        const double right = std::min(frame.toPixel({category.to, 0}).x(), frame.area.right());
        if (right - left < look.theme.px(12))
            continue;
        const double middle = (left + right) / 2;
        painter.setPen(look.theme.text);
        const double room = right - left - look.theme.px(4);
        const bool fits =
            category.brief.isEmpty() || metrics.horizontalAdvance(category.text) <= room;
        const QString &text = fits ? category.text : category.brief;
        drawCentred(painter, metrics.elidedText(text, Qt::ElideRight, room), metrics, middle,
                    baseline);
        if (category.caption.isEmpty())
            continue;
        painter.setPen(look.theme.mutedText);
        drawCentred(painter, metrics.elidedText(category.caption, Qt::ElideRight, room), metrics,
                    middle, baseline + metrics.height());
    }
}

void paintOverflow(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                   const PlotLook &look)
{
    const double scale = look.theme.scale();
    const double apart = 5 * scale;
    double highest = 0;
    double firstX = 0;
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const PlotSeries &series : spec.series) {
        if (series.kind == PlotKind::Bars || !look.shows(series.keys))
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
    const QFont font = smallFont(look);
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

    const QFont strong = smallFont(look, true);
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
        painter.setFont(smallFont(look));
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
