// What the GPU does, below the device switch: memory, load, power, clock and heat as its driver
// tells them, and load and power of the last minute as a small chart. The driver is asked once a
// second, on another thread and only while the line is seen.
#pragma once

#include "app/machine/gpu_history.h"
#include "app/machine/gpu_watch.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>
#include <memory>

namespace inferlab {

// "34.0 GiB of 80.0 GiB · 97% busy · 413 W · 1,980 MHz · 58 °C"; what a card does not tell is left
// out.
QString gpuText(const GpuStatus &status);

class GpuLine : public QWidget
{
    Q_OBJECT

public:
    explicit GpuLine(QWidget *parent = nullptr);

    // Empty: there is nobody to ask, and nothing is shown.
    void setSource(std::shared_ptr<GpuWatch> watch);
    const GpuHistory &history() const noexcept { return m_history; }
    QString text() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    int chartHeight() const;
    QString chartWords() const;
    void take(); // what has come from the driver
    void add(const std::optional<GpuStatus> &answer);
    void beginWaiting();
    void heard();
    bool addSilence(); // whether the driver has been silent for so long that it counts
    void tell();       // what has changed, to whoever looks or listens
    void paintLoad(QPainter &painter, const QRectF &chart) const;
    void paintPower(QPainter &painter, const QRectF &chart) const;
    double mostPowerWatts() const; // of the last minute; 0: the driver tells none
    qreal columnLeft(const QRectF &chart, size_t sample) const;

    std::shared_ptr<GpuWatch> m_watch;
    GpuHistory m_history;
    QElapsedTimer m_silent;  // since the last answer, or since it is seen
    qint64 m_nextGapMs = 0;  // of that silence, when it becomes a gap in the chart
    bool m_isWaiting = true; // for the first answer since it is seen: what was before is old
    QTimer m_timer;
};

} // namespace inferlab
