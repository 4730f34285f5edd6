// Axes, margins and zoom of a plot.
#include "ui/charts/plot.h"

#include "ui/charts/plot_words.h"

#include <QFontMetricsF>
#include <QGraphicsLayout>
#include <QGraphicsSceneResizeEvent>
#include <QLegend>
#include <QLineSeries>
#include <QLogValueAxis>
#include <QPainter>
#include <QValueAxis>
#include <algorithm>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kClosest = 1e-4; // of the whole: beyond, the labels of an axis no longer differ

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

Extent extentOf(const PlotSpec &spec, const PlotLook &look)
{
    Extent extent;
    for (const PlotSeries &series : spec.series) {
        if (!look.shows(series.keys))
            continue;
        for (const PlotCurve &curve : series.curves) {
            for (const QPointF &point : curve.points)
                extent.add(point.x(), point.y());
        }
    }
    for (const EndLabel &label : spec.endLabels) {
        if (extent.any && look.shows(label.keys))
            extent.add(extent.minX, label.y);
    }
    return extent;
}

} // namespace

// Marks above the grid; words and what is pointed at above the marks.
class Plot::Layer : public QGraphicsItem
{
public:
    explicit Layer(Plot *plot)
        : QGraphicsItem(plot)
        , m_plot(plot)
    {
        setZValue(100); // above everything of Qt's
        setAcceptedMouseButtons(Qt::NoButton);
    }

    QRectF boundingRect() const override { return {QPointF(), m_plot->size()}; }
    void resized() { prepareGeometryChange(); }

    void paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *) override
    {
        const PlotSpec &spec = m_plot->m_spec;
        const PlotFrame &frame = m_plot->m_frame;
        const PlotLook &look = m_plot->m_look;
        if (frame.area.width() < 1 || frame.area.height() < 1 || spec.isEmpty())
            return;
        paintRules(*painter, spec, frame, look);
        paintAxes(*painter, spec, frame, look, m_plot->m_roomy);
        // The current run above the earlier ones.
        for (const bool earlier : {true, false}) {
            for (const PlotSeries &series : spec.series) {
                if ((series.age > 0) == earlier)
                    paintSeries(*painter, series, frame, look);
            }
        }
        paintOverflow(*painter, spec, frame, look);
        paintCategories(*painter, spec, frame, look);
        paintPointLabels(*painter, spec, frame, look);
        paintEndLabels(*painter, spec, frame, look);
        paintSelection(*painter, spec, frame, look, m_plot->m_selected);
        if (m_plot->m_readout)
            paintReadout(*painter, *m_plot->m_readout, frame, look);
        if (m_plot->m_roomy && !spec.note.isEmpty())
            paintNote(*painter, spec.note);
    }

private:
    void paintNote(QPainter &painter, const QString &note) const
    {
        const Theme &theme = m_plot->m_look.theme;
        const QFont font = theme.font(TextSize::Small);
        const QFontMetricsF metrics(font);
        painter.setFont(font);
        painter.setPen(theme.mutedText);
        const QRectF area = m_plot->m_frame.area;
        painter.drawText(
            QPointF(area.left(), m_plot->size().height() - metrics.descent() - 1),
            metrics.elidedText(note, Qt::ElideRight, m_plot->size().width() - area.left()));
    }

    Plot *m_plot;
};

Plot::Plot(QGraphicsItem *parent)
    : QChart(parent)
{
    setAnimationOptions(QChart::NoAnimation);
    setBackgroundVisible(false);
    setPlotAreaBackgroundVisible(false);
    legend()->hide();
    layout()->setContentsMargins(0, 0, 0, 0);
    setMargins({});
    setBackgroundRoundness(0);
    addSeries(new QLineSeries); // empty: gives the axes a domain
    m_marks = new Layer(this);
    m_look.theme = Theme::light();
    makeAxes();
}

Plot::~Plot() = default;

void Plot::makeAxes()
{
    QAbstractSeries *domain = series().constFirst();
    for (QAbstractAxis *axis : axes()) {
        removeAxis(axis);
        delete axis;
    }
    m_x = nullptr;
    m_logX = nullptr;
    m_y = new QValueAxis;
    if (m_spec.x.logarithmic) {
        m_logX = new QLogValueAxis;
        m_logX->setBase(10);
        addAxis(m_logX, Qt::AlignBottom);
        domain->attachAxis(m_logX);
    } else {
        m_x = new QValueAxis;
        addAxis(m_x, Qt::AlignBottom);
        domain->attachAxis(m_x);
    }
    addAxis(m_y, Qt::AlignLeft);
    domain->attachAxis(m_y);
}

void Plot::setSpec(PlotSpec spec)
{
    const bool other = spec.rangeKey != m_spec.rangeKey;
    const bool axesDiffer = spec.x.logarithmic != m_spec.x.logarithmic;
    m_spec = std::move(spec);
    if (axesDiffer)
        makeAxes();
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
    m_marks->update();
}

void Plot::setLook(const PlotLook &look)
{
    m_look = look;
    fit();
    place();
    m_marks->update();
}

void Plot::setRoomy(bool roomy)
{
    m_roomy = roomy;
    place();
    m_marks->update();
}

void Plot::setSelectedToken(TokenRef token)
{
    if (token == m_selected)
        return;
    m_selected = token;
    m_marks->update();
}

void Plot::setReadout(const std::optional<Readout> &readout)
{
    m_readout = readout;
    m_marks->update();
}

void Plot::refresh()
{
    m_marks->update();
}

void Plot::resizeEvent(QGraphicsSceneResizeEvent *event)
{
    QChart::resizeEvent(event);
    m_marks->resized();
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
}

QMarginsF Plot::margins() const
{
    const Theme &theme = m_look.theme;
    const QFontMetricsF metrics(theme.font(TextSize::Small));
    QMarginsF out(theme.px(8), theme.px(6), theme.px(12), metrics.height() + theme.px(5));
    if (!m_spec.y.hidden) {
        double width = 0;
        for (const double tick : m_frame.yTicks())
            width = std::max(width, metrics.horizontalAdvance(tickText(tick, m_frame.yStep)));
        out.setLeft(width + theme.px(9));
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
    if (m_roomy && !m_spec.x.title.isEmpty() && m_spec.x.categories.empty())
        out.setBottom(out.bottom() + metrics.height() + theme.px(2));
    if (m_roomy && !m_spec.note.isEmpty())
        out.setBottom(out.bottom() + metrics.height() + theme.px(2));
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
    setPlotArea(m_frame.area);
    setTicks(m_y, m_frame.y, m_frame.yStep);
    styleAxis(m_y, !m_spec.y.hidden);
    if (m_x != nullptr) {
        setTicks(m_x, m_frame.x, m_frame.xStep);
        styleAxis(m_x, false);
    } else {
        m_logX->setRange(m_frame.x.min, m_frame.x.max);
        styleAxis(m_logX, true);
    }
    m_marks->update();
}

void Plot::setTicks(QValueAxis *axis, const AxisRange &range, double step)
{
    if (axis->min() == range.min && axis->max() == range.max && axis->tickInterval() == step
        && axis->tickType() == QValueAxis::TicksDynamic)
        return;
    // A wide range with the narrow step of before would make thousands of lines for a moment.
    axis->setTickType(QValueAxis::TicksFixed);
    axis->setTickCount(2);
    axis->setRange(range.min, range.max);
    axis->setTickAnchor(0);
    axis->setTickInterval(step);
    axis->setTickType(QValueAxis::TicksDynamic);
}

void Plot::styleAxis(QAbstractAxis *axis, bool grid)
{
    const Theme &theme = m_look.theme;
    axis->setLabelsVisible(false);
    axis->setLineVisible(false);
    axis->setGridLineVisible(grid);
    axis->setGridLinePen(QPen(theme.grid, std::max(1.0, theme.scale())));
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
    const double dy = pixels.y() / m_frame.area.height() * m_frame.y.span();
    AxisRange y {m_frame.y.min + dy, m_frame.y.max + dy};
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
