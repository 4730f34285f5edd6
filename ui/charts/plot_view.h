// A plot under the pointer and the keyboard.
//   wheel: closer or further along x; drag: a rectangle to zoom into, or, zoomed in, to pan (Shift:
//   rectangle) pointer, left and right, up and down, Home, End: read out the values at a point
//   + and -: zoom at the point; 0: everything; Esc: no readout, then everything
#pragma once

#include "ui/charts/plot.h"

#include <QGraphicsView>

class QRubberBand;

namespace inferlab {

class PlotView : public QGraphicsView
{
    Q_OBJECT

public:
    explicit PlotView(QWidget *parent = nullptr);
    Plot *plot() const noexcept { return m_plot; }

signals:
    // Clicked, or Enter on it (open).
    void chosen(const inferlab::PlotPosition &position, bool open);
    void pointed(inferlab::TokenRef token); // invalid when left
    void readoutChanged();
    void enlargeRequested();

protected:
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void drawBackground(QPainter *painter, const QRectF &rect) override;

private:
    void choose(bool open);
    enum class Drag { None, Pan, Band };
    void readOut(const std::optional<PlotPosition> &position);
    void readOutAt(const QPointF &pixel);
    void step(Direction direction);
    QPointF zoomCentre() const;

    Plot *m_plot; // of the scene
    QRubberBand *m_band;
    Drag m_drag = Drag::None;
    bool m_ring = false; // the focus came by keyboard
    QPoint m_pressed, m_last;
};

} // namespace inferlab
