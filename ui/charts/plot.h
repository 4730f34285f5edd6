// A Qt chart that draws a PlotSpec: Qt lays out axes and grid; the marks are painted by one item,
// which at 32 requests of 128 tokens costs a fraction of as many QLineSeries. The same class draws
// on the screen and into exported pictures; it needs no view.
#pragma once

#include "ui/charts/plot_frame.h"
#include "ui/charts/plot_paint.h"
#include "ui/charts/readout.h"

#include <QChart>
#include <memory>
#include <optional>

class QAbstractAxis;
class QLogValueAxis;
class QValueAxis;

namespace inferlab {

class Plot : public QChart
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
    void setReadout(const std::optional<Readout> &readout);
    const std::optional<Readout> &readout() const noexcept { return m_readout; }

    bool isZoomedIn() const noexcept { return m_zoomed; }
    void zoomTo(const QRectF &pixels);                // a part of the plot fills it
    void zoomBy(double factor, const QPointF &pixel); // > 1 is closer; along x, the pixel stays
    void panBy(const QPointF &pixels);                // inside what there is
    void showRange(const AxisRange &x, const AxisRange &y); // zoomed in, in values
    void follow();                                    // everything, and again what comes

    // Draws again without moving anything.
    void refresh();

signals:
    void zoomChanged(bool zoomedIn);

protected:
    void resizeEvent(QGraphicsSceneResizeEvent *event) override;

private:
    class Layer;
    void fit(); // what "everything" is, with hysteresis
    void setShown(const AxisRange &x, const AxisRange &y);
    void place(); // margins and axes for the size, the theme and the range
    void makeAxes();
    void styleAxis(QAbstractAxis *axis, bool grid);
    void setTicks(QValueAxis *axis, const AxisRange &range, double step);
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
    std::optional<Readout> m_readout;
    QValueAxis *m_x = nullptr;
    QValueAxis *m_y = nullptr;
    QLogValueAxis *m_logX = nullptr;
    Layer *m_marks = nullptr;
};

} // namespace inferlab
