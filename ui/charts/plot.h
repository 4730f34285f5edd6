// Draws a PlotSpec: margins, axes, marks, words, zoom. A graphics item, so that the same class
// draws on the screen and, in a scene without a view, into exported pictures. Not a QChart: that
// lays its axes out only once events are processed, drops labels in small charts and slows down
// with the number of series (32 requests of 128 tokens), and its module is not LGPL.
#pragma once

#include "ui/charts/plot_frame.h"
#include "ui/charts/plot_paint.h"
#include "ui/charts/readout.h"

#include <QGraphicsWidget>
#include <memory>
#include <optional>

namespace inferlab {

class Plot : public QGraphicsWidget
{
    Q_OBJECT

public:
    explicit Plot(QGraphicsItem *parent = nullptr);
    ~Plot() override;

    const PlotSpec &spec() const noexcept { return m_spec; }
    const PlotLook &look() const noexcept { return m_look; }
    const PlotFrame &frame() const noexcept { return m_frame; }

    void setSpec(PlotSpec spec);
    void setLook(const PlotLook &look);
    void setRoomy(bool roomy); // axis titles and the note are drawn
    void setSelectedToken(TokenRef token);
    void setSelectedPoint(int point); // of an experiment; -1: none
    void setReadout(const std::optional<Readout> &readout);
    const std::optional<Readout> &readout() const noexcept { return m_readout; }

    bool isZoomedIn() const noexcept { return m_zoomed; }
    void zoomTo(const QRectF &pixels);                // a part of the plot fills it
    void zoomBy(double factor, const QPointF &pixel); // > 1 is closer; along x, the pixel stays
    void panBy(const QPointF &pixels);                // inside what there is
    void showRange(const AxisRange &x, const AxisRange &y); // zoomed in, in values
    void follow();                                          // everything, and again what comes

    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

signals:
    void zoomChanged(bool zoomedIn);

protected:
    void resizeEvent(QGraphicsSceneResizeEvent *event) override;

private:
    void fit(); // what "everything" is, with hysteresis
    void setShown(const AxisRange &x, const AxisRange &y);
    void place(); // margins and axes for the size, the theme and the range
    void setZoomed(bool zoomed);
    QMarginsF margins() const;

    PlotSpec m_spec;
    PlotLook m_look;
    PlotFrame m_frame;
    AxisRange m_fullX, m_fullY; // when not zoomed in
    StickyRange m_stickyY, m_stickyX;
    bool m_zoomed = false;
    bool m_roomy = false;
    TokenRef m_selected;
    int m_selectedPoint = -1;
    std::optional<Readout> m_readout;
};

} // namespace inferlab
