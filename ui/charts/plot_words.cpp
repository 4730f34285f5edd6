// Labels beside lines and points.
#include "ui/charts/plot_words.h"

#include "ui/charts/point_labels.h"
#include "ui/theme/contrast.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>

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
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const auto &[label, box] : placePointLabels(spec, frame, look)) {
        if (label->strong) {
            painter.setPen(QPen(look.theme.text, 1.6 * look.theme.scale()));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(frame.toPixel(label->at), pointRingRadius(look),
                                pointRingRadius(look));
        }
        const QFont font = look.smallFont(label->strong);
        painter.setFont(font);
        painter.setPen(label->muted ? look.theme.mutedText : inkOf(look, label->meaning));
        painter.drawText(QPointF(box.left(), box.top() + QFontMetricsF(font).ascent()),
                         label->text);
    }
}

} // namespace inferlab
