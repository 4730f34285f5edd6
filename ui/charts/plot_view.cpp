// Mouse and keys of a plot.
#include "ui/charts/plot_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QRubberBand>
#include <QWheelEvent>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kZoomStep = 1.25; // a notch of the wheel, a press of + or -
constexpr double kNotch = 120.0;   // of QWheelEvent::angleDelta
constexpr int kShortestDrag = 6;   // pixels; less is a click

} // namespace

PlotView::PlotView(QWidget *parent)
    : QGraphicsView(parent)
    , m_plot(new Plot)
    , m_band(new QRubberBand(QRubberBand::Rectangle, this))
{
    auto *content = new QGraphicsScene(this);
    content->setItemIndexMethod(QGraphicsScene::NoIndex); // one item
    content->addItem(m_plot);                             // and its owner
    setScene(content);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAlignment(Qt::AlignLeft | Qt::AlignTop);
    setFrameShape(QFrame::NoFrame);
    // Painted whole by itself: what is behind it need not be drawn for every frame.
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setRenderHint(QPainter::Antialiasing, false); // the marks choose for themselves
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setMinimumSize(60, 40);
}

void PlotView::readOut(const std::optional<PlotPosition> &position)
{
    const std::optional<Readout> &before = m_plot->readout();
    if (before && position && before->position == *position)
        return;
    if (!before && !position)
        return;
    m_plot->setReadout(position ? readoutAt(m_plot->spec(), m_plot->look(), *position)
                                : std::nullopt);
    emit pointed(m_plot->readout() ? m_plot->readout()->token : TokenRef {});
    emit readoutChanged();
}

void PlotView::readOutAt(const QPointF &pixel)
{
    const QRectF area = m_plot->frame().area.adjusted(-6, -6, 6, 6);
    readOut(area.contains(pixel)
                ? nearestPoint(m_plot->spec(), m_plot->frame(), m_plot->look(), pixel)
                : std::nullopt);
}

void PlotView::step(Direction direction)
{
    std::optional<PlotPosition> from;
    if (m_plot->readout())
        from = m_plot->readout()->position;
    readOut(stepFrom(m_plot->spec(), m_plot->look(), from, direction));
}

// A chart that was not asked for it lets the page scroll.
void PlotView::wheelEvent(QWheelEvent *event)
{
    if (!hasFocus() && !event->modifiers().testFlag(Qt::ControlModifier)) {
        event->ignore();
        return;
    }
    const double notches = event->angleDelta().y() / kNotch;
    if (notches != 0 && !m_plot->spec().isEmpty())
        m_plot->zoomBy(std::pow(kZoomStep, notches), event->position());
    event->accept();
}

void PlotView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_plot->spec().isEmpty())
        return;
    m_pressed = m_last = event->pos();
    const bool band = !m_plot->isZoomedIn() || event->modifiers().testFlag(Qt::ShiftModifier);
    m_drag = band ? Drag::Band : Drag::Pan;
}

void PlotView::mouseMoveEvent(QMouseEvent *event)
{
    if (m_drag == Drag::None) {
        readOutAt(event->position());
        return;
    }
    if (m_drag == Drag::Pan) {
        setCursor(Qt::ClosedHandCursor);
        m_plot->panBy(event->pos() - m_last);
    } else if ((event->pos() - m_pressed).manhattanLength() > kShortestDrag) {
        readOut(std::nullopt);
        m_band->setGeometry(QRect(m_pressed, event->pos()).normalized());
        m_band->show();
    }
    m_last = event->pos();
}

void PlotView::choose(bool open)
{
    if (const std::optional<Readout> &readout = m_plot->readout())
        emit chosen(readout->position, open);
}

void PlotView::mouseReleaseEvent(QMouseEvent *event)
{
    if (m_drag == Drag::Band && m_band->isVisible()) {
        m_band->hide();
        m_plot->zoomTo(QRectF(m_pressed, event->pos()).normalized());
    } else if (m_drag != Drag::None
               && (event->pos() - m_pressed).manhattanLength() <= kShortestDrag) {
        choose(false);
    }
    m_drag = Drag::None;
    unsetCursor();
}

void PlotView::mouseDoubleClickEvent(QMouseEvent *event)
{
    m_drag = Drag::None;
    if (event->button() == Qt::LeftButton)
        emit enlargeRequested();
}

void PlotView::leaveEvent(QEvent *event)
{
    if (!hasFocus())
        readOut(std::nullopt);
    QGraphicsView::leaveEvent(event);
}

void PlotView::focusInEvent(QFocusEvent *event)
{
    m_ring =
        event->reason() != Qt::MouseFocusReason && event->reason() != Qt::ActiveWindowFocusReason;
    QGraphicsView::focusInEvent(event);
}

void PlotView::focusOutEvent(QFocusEvent *event)
{
    if (!underMouse())
        readOut(std::nullopt);
    QGraphicsView::focusOutEvent(event);
}

void PlotView::drawBackground(QPainter *painter, const QRectF &rect)
{
    painter->fillRect(rect, m_plot->look().theme.surface);
}

QPointF PlotView::zoomCentre() const
{
    const std::optional<Readout> &readout = m_plot->readout();
    return readout ? m_plot->frame().toPixel(readout->at) : m_plot->frame().area.center();
}

void PlotView::keyPressEvent(QKeyEvent *event)
{
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) {
        event->ignore(); // Ctrl + - 0 is the window's zoom
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left:
        step(Direction::Left);
        break;
    case Qt::Key_Right:
        step(Direction::Right);
        break;
    case Qt::Key_Up:
        step(Direction::Up);
        break;
    case Qt::Key_Down:
        step(Direction::Down);
        break;
    case Qt::Key_Home:
        step(Direction::First);
        break;
    case Qt::Key_End:
        step(Direction::Last);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!m_plot->readout())
            event->ignore();
        choose(true);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        m_plot->zoomBy(kZoomStep, zoomCentre());
        break;
    case Qt::Key_Minus:
        m_plot->zoomBy(1 / kZoomStep, zoomCentre());
        break;
    case Qt::Key_0:
        m_plot->follow();
        break;
    case Qt::Key_Escape:
        if (m_plot->readout())
            readOut(std::nullopt);
        else if (m_plot->isZoomedIn())
            m_plot->follow();
        else
            event->ignore(); // the window stops a run with it
        break;
    default:
        event->ignore();
    }
}

void PlotView::resizeEvent(QResizeEvent *event)
{
    QGraphicsView::resizeEvent(event);
    const QRectF whole(viewport()->rect());
    scene()->setSceneRect(whole);
    m_plot->resize(whole.size());
}

void PlotView::paintEvent(QPaintEvent *event)
{
    QGraphicsView::paintEvent(event);
    if (!hasFocus() || !m_ring)
        return;
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(m_plot->look().theme.accent, 2));
    painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(1, 1, -1, -1), 4, 4);
}

} // namespace inferlab
