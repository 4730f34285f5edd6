// Labels beside lines and points.
#include "ui/charts/plot_words.h"

#include "ui/theme/contrast.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

namespace inferlab {

namespace {

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

} // namespace

double endLabelWidth(const PlotSpec &spec, const PlotLook &look)
{
    const QFontMetricsF metrics(look.smallFont(true));
    double width = 0;
    for (const EndLabel &label : spec.endLabels) {
        if (look.shows(label.keys))
            width = std::max(width, metrics.horizontalAdvance(label.text));
    }
    return width;
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
    const QFont font = look.smallFont(true);
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
        const QFont font = look.smallFont(label->strong);
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

} // namespace inferlab
