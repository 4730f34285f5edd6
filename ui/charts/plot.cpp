// Axes, margins and zoom of a plot.
#include "ui/charts/plot.h"

#include "ui/charts/plot_words.h"

#include <QFontMetricsF>
#include <QGraphicsSceneResizeEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kMostWords = 0.22; // of the width, for the names along y
constexpr double kLogRoom = 1.12;   // beside the first and the last of few values
constexpr double kClosest = 1e-4;   // of the whole: beyond, the labels of an axis no longer differ

struct Extent
{
    double minX = 0, maxX = 0, minY = 0, maxY = 0;
    bool any = false;
    void add(double x, double y)
    {
        minX = any ? std::min(minX, x) : x;
        maxX = any ? std::max(maxX, x) : x;
        minY = any ? std::min(minY, y) : y;
        maxY = any ? std::max(maxY, y) : y;
        any = true;
    }
};

void addCurve(Extent &extent, const PlotCurve &curve, const PlotSeries &series)
{
    for (size_t i = 0; i < curve.points.size(); ++i) {
        const QPointF &point = curve.points[i];
        extent.add(point.x(), point.y());
        if (i < curve.intervals.size()) {
            extent.add(point.x(), curve.intervals[i].low);
            extent.add(point.x(), curve.intervals[i].high);
        }
        if (i < curve.xIntervals.size()) {
            extent.add(curve.xIntervals[i].low, point.y());
            extent.add(curve.xIntervals[i].high, point.y());
        }
        if (i < curve.boxes.size()) {
            extent.add(point.x(), curve.boxes[i].lowWhisker);
            extent.add(point.x(), curve.boxes[i].highWhisker);
            for (const double outlier : curve.boxes[i].outliers)
                extent.add(point.x(), outlier);
        }
        if (series.kind == PlotKind::Cells) {
            extent.add(point.x() - series.barWidth / 2, point.y() - series.cellHeight / 2);
            extent.add(point.x() + series.barWidth / 2, point.y() + series.cellHeight / 2);
        }
    }
}

Extent extentOf(const PlotSpec &spec, const PlotLook &look)
{
    Extent extent;
    for (const PlotSeries &series : spec.series) {
        if (!look.shows(series.keys))
            continue;
        for (const PlotCurve &curve : series.curves) {
            addCurve(extent, curve, series);
        }
    }
    for (const EndLabel &label : spec.endLabels) {
        if (extent.any && look.shows(label.keys))
            extent.add(extent.minX, label.y);
    }
    return extent;
}

} // namespace

Plot::Plot(QGraphicsItem *parent)
    : QGraphicsWidget(parent)
{
    setAcceptedMouseButtons(Qt::NoButton); // the view handles them
    m_look.theme = Theme::light();
}

Plot::~Plot() = default;

void Plot::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *widget)
{
    if (m_frame.area.width() < 1 || m_frame.area.height() < 1 || m_spec.isEmpty())
        return;
    paintAxes(*painter, m_spec, m_frame, m_look, m_roomy);
    paintRules(*painter, m_spec, m_frame, m_look);
    const bool quick = m_spec.live && widget != nullptr; // pictures are always drawn smooth
    // The current run above the earlier ones.
    for (const bool earlier : {true, false}) {
        for (const PlotSeries &series : m_spec.series) {
            if ((series.age > 0) == earlier)
                paintSeries(*painter, series, m_frame, m_look, quick);
        }
    }
    paintOverflow(*painter, m_spec, m_frame, m_look);
    paintCategories(*painter, m_spec, m_frame, m_look);
    paintRowNames(*painter, m_spec, m_frame, m_look);
    paintPointLabels(*painter, m_spec, m_frame, m_look);
    paintEndLabels(*painter, m_spec, m_frame, m_look);
    paintSelection(*painter, m_spec, m_frame, m_look, m_selected);
    paintSelectedPoint(*painter, m_spec, m_frame, m_look, m_selectedPoint);
    if (m_readout)
        paintReadout(*painter, *m_readout, m_frame, m_look);
    if (m_roomy)
        paintNote(*painter, m_spec, size(), m_frame, m_look);
}

void Plot::setSpec(PlotSpec spec)
{
    const bool other = spec.rangeKey != m_spec.rangeKey;
    m_spec = std::move(spec);
    if (other) {
        m_stickyX.reset();
        m_stickyY.reset();
        m_readout.reset();
        setZoomed(false);
    }
    fit();
    place();
    if (m_readout)
        m_readout = readoutAt(m_spec, m_look, m_readout->position);
    update();
}

void Plot::setLook(const PlotLook &look)
{
    m_look = look;
    fit();
    place();
    update();
}

void Plot::setRoomy(bool roomy)
{
    m_roomy = roomy;
    place();
    update();
}

void Plot::setSelectedToken(TokenRef token)
{
    if (token == m_selected)
        return;
    m_selected = token;
    update();
}

void Plot::setSelectedPoint(int point)
{
    if (point == m_selectedPoint)
        return;
    m_selectedPoint = point;
    update();
}

void Plot::setReadout(const std::optional<Readout> &readout)
{
    m_readout = readout;
    update();
}

void Plot::resizeEvent(QGraphicsSceneResizeEvent *event)
{
    QGraphicsWidget::resizeEvent(event);
    place();
}

void Plot::fit()
{
    const Extent extent = extentOf(m_spec, m_look);
    if (m_spec.x.hasRange) {
        m_fullX = {m_spec.x.min, m_spec.x.max};
    } else if (m_spec.x.logarithmic) {
        m_fullX =
            extent.any && extent.minX > 0 ? decades(extent.minX, extent.maxX) : AxisRange {1, 10};
    } else {
        m_stickyX.update(m_spec.x.fromZero ? std::min(0.0, extent.minX) : extent.minX,
                         extent.any ? extent.maxX : 1.0, m_spec.live, kMostLabels, m_spec.x.whole);
        m_fullX = m_stickyX.range();
    }
    if (m_spec.y.hasRange) {
        m_fullY = {m_spec.y.min, m_spec.y.max};
    } else if (m_spec.y.logarithmic) {
        m_fullY = extent.any && extent.minY > 0 ? niceLogRange(extent.minY, extent.maxY)
                                                : AxisRange {1, 10};
    } else {
        m_stickyY.update(m_spec.y.fromZero ? std::min(0.0, extent.minY) : extent.minY,
                         extent.any ? std::min(extent.maxY, m_spec.y.cap) : 1.0, m_spec.live);
        m_fullY = m_stickyY.range();
    }
    if (!m_zoomed)
        setShown(m_fullX, m_fullY);
}

void Plot::setShown(const AxisRange &x, const AxisRange &y)
{
    m_frame.x = x;
    m_frame.y = y;
    m_frame.xLogarithmic = m_spec.x.logarithmic;
    m_frame.yLogarithmic = m_spec.y.logarithmic;
    m_frame.xTickAt = m_spec.x.tickAt;
    m_frame.yTickAt = m_spec.y.tickAt;
}

QMarginsF Plot::margins() const
{
    const Theme &theme = m_look.theme;
    const QFontMetricsF metrics(theme.font(TextSize::Small));
    QMarginsF out(theme.px(8), theme.px(6), theme.px(12), metrics.height() + theme.px(5));
    if (!m_spec.y.hidden) {
        double width = 0;
        if (m_spec.y.categories.empty()) {
            const double step = m_frame.yLogarithmic ? 0 : m_frame.yStep;
            for (const double tick : m_frame.yTicks())
                width = std::max(width, metrics.horizontalAdvance(tickText(tick, step)));
        }
        double brief = 0;
        for (const PlotCategory &category : m_spec.y.categories) {
            width = std::max(width, metrics.horizontalAdvance(category.text));
            brief = std::max(brief,
                             metrics.horizontalAdvance(category.brief.isEmpty() ? category.text
                                                                                : category.brief));
        }
        const double most = size().width() * kMostWords;
        out.setLeft(std::min(width <= most ? width : brief, most) + theme.px(9));
    }
    const double words = endLabelWidth(m_spec, m_look);
    if (words > 0)
        out.setRight(words + theme.px(9));
    const bool captions =
        std::any_of(m_spec.x.categories.begin(), m_spec.x.categories.end(),
                    [](const PlotCategory &category) { return !category.caption.isEmpty(); });
    if (captions)
        out.setBottom(out.bottom() + metrics.height());
    if (!m_spec.pointLabels.empty())
        out.setTop(metrics.height() + (m_spec.pointLabels.front().onTop ? 0 : theme.px(8)));
    if (m_roomy && !m_spec.x.title.isEmpty())
        out.setBottom(out.bottom() + metrics.height() + theme.px(2));
    if (m_roomy && !m_spec.note.isEmpty()) {
        const auto lines = noteLines(m_spec.note, metrics, size().width() - out.left()).size();
        out.setBottom(out.bottom() + static_cast<double>(lines) * metrics.height() + theme.px(2));
    }
    return out;
}

void Plot::place()
{
    const QFontMetricsF metrics(m_look.theme.font(TextSize::Small));
    // Once for the height, which the number of labels follows, and again for their width.
    for (int round = 0; round < 2; ++round) {
        m_frame.area = QRectF(QPointF(), size()).marginsRemoved(margins());
        const double yLabel = metrics.height() * 1.6;
        const int yLabels =
            std::clamp(static_cast<int>(m_frame.area.height() / yLabel) + 1, 2, kMostLabels);
        m_frame.yStep = niceStep(m_frame.y.span(), yLabels);
        for (int more = yLabels + 1; m_frame.yTicks().size() < 2 && more <= kMostLabels; ++more)
            m_frame.yStep = niceStep(m_frame.y.span(), more); // one label alone is no scale
    }
    if (m_frame.area.width() < 1 || m_frame.area.height() < 1)
        return;
    const double widest =
        std::max(metrics.horizontalAdvance(tickText(m_frame.x.max, m_frame.xStep)),
                 metrics.horizontalAdvance(QStringLiteral("00")));
    const int xLabels = std::clamp(
        static_cast<int>(m_frame.area.width() / (widest + m_look.theme.px(24))), 2, kMostLabels);
    m_frame.xStep = niceStep(m_frame.x.span(), xLabels, m_spec.x.whole);
    update();
}

void Plot::setZoomed(bool zoomed)
{
    if (zoomed == m_zoomed)
        return;
    m_zoomed = zoomed;
    emit zoomChanged(zoomed);
}

void Plot::zoomTo(const QRectF &pixels)
{
    const QRectF part = pixels.normalized().intersected(m_frame.area);
    if (part.width() < 4 || part.height() < 4)
        return;
    const QPointF low = m_frame.toValue(part.bottomLeft());
    const QPointF high = m_frame.toValue(part.topRight());
    if (m_spec.x.logarithmic ? high.x() / low.x() < 1.01
                             : high.x() - low.x() < m_fullX.span() * kClosest)
        return;
    setShown({low.x(), high.x()}, {low.y(), high.y()});
    setZoomed(true);
    place();
}

void Plot::zoomBy(double factor, const QPointF &pixel)
{
    const double at =
        std::clamp((pixel.x() - m_frame.area.left()) / m_frame.area.width(), 0.0, 1.0);
    AxisRange x {m_frame.xOf(at - at / factor), m_frame.xOf(at + (1 - at) / factor)};
    x = {std::max(x.min, m_fullX.min), std::min(x.max, m_fullX.max)};
    if (x.min <= m_fullX.min && x.max >= m_fullX.max) {
        follow();
        return;
    }
    if (x.span() < m_fullX.span() * kClosest)
        return;
    setShown(x, m_frame.y);
    setZoomed(true);
    place();
}

void Plot::panBy(const QPointF &pixels)
{
    if (!m_zoomed)
        return;
    const double shareX = -pixels.x() / m_frame.area.width();
    AxisRange x {m_frame.xOf(shareX), m_frame.xOf(1 + shareX)};
    if (x.min < m_fullX.min || x.max > m_fullX.max)
        x = m_frame.x;
    const double shareY = pixels.y() / m_frame.area.height();
    AxisRange y {m_frame.yOf(shareY), m_frame.yOf(1 + shareY)};
    if (y.min < m_fullY.min || y.max > m_fullY.max)
        y = m_frame.y;
    setShown(x, y);
    place();
}

void Plot::showRange(const AxisRange &x, const AxisRange &y)
{
    setShown(x, y);
    setZoomed(true);
    place();
}

void Plot::follow()
{
    setShown(m_fullX, m_fullY);
    setZoomed(false);
    place();
}

} // namespace inferlab
