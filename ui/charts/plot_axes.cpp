// Grid, ticks, categories, rules and the note of a plot.
#include "ui/charts/plot_words.h"

#include "ui/charts/decimate.h"
#include "ui/charts/telling_text.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <limits>

namespace inferlab {

namespace {

void drawCentred(QPainter &painter, const QString &text, const QFontMetricsF &metrics, double x,
                 double baseline)
{
    painter.drawText(QPointF(x - metrics.horizontalAdvance(text) / 2, baseline), text);
}

// What fits of a category's name, and still tells it from the others.
QString categoryName(const std::vector<PlotCategory> &categories, const PlotCategory &category,
                     const QFontMetricsF &metrics, double room)
{
    if (metrics.horizontalAdvance(category.text) <= room)
        return category.text;
    QStringList names;
    for (const PlotCategory &each : categories)
        names << (each.brief.isEmpty() ? each.text : each.brief);
    return tellingText(names, &category - categories.data(), metrics, room);
}

} // namespace

void paintAxes(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
               const PlotLook &look, bool titled)
{
    const Theme &theme = look.theme;
    const QFont font = look.smallFont();
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const double thin = std::max(1.0, theme.scale());
    painter.setPen(QPen(theme.grid, thin));
    const bool numbersUp = !spec.y.hidden && spec.y.categories.empty();
    if (numbersUp) {
        for (const double tick : frame.yTicks()) {
            const double y = frame.toPixel({frame.x.min, tick}).y();
            painter.drawLine(QPointF(frame.area.left(), y), QPointF(frame.area.right(), y));
        }
    }
    if (frame.xLogarithmic && spec.x.categories.empty()) {
        for (const double tick : frame.xTicks()) {
            const double x = frame.toPixel({tick, frame.y.min}).x();
            painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
        }
    }
    painter.setPen(QPen(theme.controlBorder, thin));
    painter.drawLine(frame.area.bottomLeft(), frame.area.bottomRight());
    painter.setPen(theme.mutedText);
    const double lift = (metrics.ascent() - metrics.descent()) / 2;
    if (numbersUp) {
        for (const double tick : frame.yTicks()) {
            const QString text = tickText(tick, frame.yLogarithmic ? 0 : frame.yStep);
            const double y = frame.toPixel({frame.x.min, tick}).y();
            painter.drawText(
                QPointF(frame.area.left() - theme.px(5) - metrics.horizontalAdvance(text),
                        y + lift),
                text);
        }
    }
    if (titled && !spec.x.categories.empty() && !spec.x.title.isEmpty()) {
        const bool captions =
            std::any_of(spec.x.categories.begin(), spec.x.categories.end(),
                        [](const PlotCategory &category) { return !category.caption.isEmpty(); });
        const double rows = captions ? 2 : 1;
        drawCentred(painter, spec.x.title, metrics, frame.area.center().x(),
                    frame.area.bottom() + theme.px(5) + metrics.ascent() + rows * metrics.height());
    }
    if (spec.x.hidden || !spec.x.categories.empty())
        return;
    const double baseline = frame.area.bottom() + theme.px(3) + metrics.ascent();
    const std::vector<double> xTicks = frame.xTicks();
    const bool exact = frame.xLogarithmic || !frame.xTickAt.empty();
    double taken = -std::numeric_limits<double>::max();
    for (size_t i = 0; i < xTicks.size(); ++i) {
        QString text = tickText(xTicks[i], exact ? 0 : frame.xStep);
        if (!titled && i + 1 == xTicks.size() && !spec.x.unit.isEmpty())
            text += QChar(0x00A0) + spec.x.unit;
        const double half = metrics.horizontalAdvance(text) / 2;
        const double x = std::min(frame.toPixel({xTicks[i], frame.y.min}).x(),
                                  frame.area.right() + look.theme.px(10) - half);
        if (exact && x - half < taken)
            continue;
        taken = x + half + look.theme.px(6);
        drawCentred(painter, text, metrics, x, baseline);
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

void paintCategories(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                     const PlotLook &look)
{
    const QFont font = look.smallFont();
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
        drawCentred(painter, categoryName(spec.x.categories, category, metrics, room), metrics,
                    middle, baseline);
        if (category.caption.isEmpty())
            continue;
        painter.setPen(look.theme.mutedText);
        const bool whole =
            category.captionBrief.isEmpty() || metrics.horizontalAdvance(category.caption) <= room;
        drawCentred(painter,
                    metrics.elidedText(whole ? category.caption : category.captionBrief,
                                       Qt::ElideRight, room),
                    metrics, middle, baseline + metrics.height());
    }
}

void paintRowNames(QPainter &painter, const PlotSpec &spec, const PlotFrame &frame,
                   const PlotLook &look)
{
    const QFont font = look.smallFont();
    const QFontMetricsF metrics(font);
    const double lift = (metrics.ascent() - metrics.descent()) / 2;
    const double room = frame.area.left() - look.theme.px(6);
    painter.setFont(font);
    painter.setPen(look.theme.text);
    double taken = std::numeric_limits<double>::max(); // upwards from the last name
    for (const PlotCategory &category : spec.y.categories) {
        const double y = frame.toPixel({frame.x.min, (category.from + category.to) / 2}).y();
        if (y < frame.area.top() || y > frame.area.bottom() || y + metrics.height() * 0.9 > taken)
            continue;
        taken = y;
        const QString text = categoryName(spec.y.categories, category, metrics, room);
        painter.drawText(QPointF(room - metrics.horizontalAdvance(text), y + lift), text);
    }
}

QStringList noteLines(const QString &note, const QFontMetricsF &metrics, double width)
{
    constexpr qsizetype kMostLines = 3; // more would be a text with a picture
    const QString between = QStringLiteral(" · ");
    QStringList lines;
    // On the last line where there is room, or where there is no other line.
    const auto add = [&](const QString &before, const QString &words) {
        const bool goesOn = !lines.isEmpty()
            && (lines.size() == kMostLines
                || metrics.horizontalAdvance(lines.last() + before + words) <= width);
        if (goesOn)
            lines.last() += before + words;
        else
            lines << words;
    };
    for (const QString &sentence : note.split(between, Qt::SkipEmptyParts)) {
        if (metrics.horizontalAdvance(sentence) <= width) {
            add(between, sentence);
            continue;
        }
        QString before = between;
        for (const QString &word : sentence.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
            add(before, word);
            before = QStringLiteral(" ");
        }
    }
    for (QString &line : lines)
        line = metrics.elidedText(line, Qt::ElideRight, width);
    return lines;
}

void paintNote(QPainter &painter, const PlotSpec &spec, const QSizeF &size, const PlotFrame &frame,
               const PlotLook &look)
{
    const QFont font = look.smallFont();
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(look.theme.mutedText);
    const QStringList lines = noteLines(spec.note, metrics, size.width() - frame.area.left());
    double baseline = size.height() - metrics.descent() - 1;
    for (qsizetype i = lines.size(); i-- > 0; baseline -= metrics.height())
        painter.drawText(QPointF(frame.area.left(), baseline), lines[i]);
}

} // namespace inferlab
