// What the GPU does, below the device switch: memory, load, power and clock as its driver tells
// them, and the load of the last minute as a small chart. Asks once a second, only while it is
// seen.
#pragma once

#include "app/machine/gpu_history.h"

#include <QTimer>
#include <QWidget>
#include <functional>

namespace inferlab {

// "34.0 GiB of 80.0 GiB · 97% busy · 413 W · 1,980 MHz"; what a card does not tell is left out.
QString gpuText(const GpuStatus &status);

class GpuLine : public QWidget
{
    Q_OBJECT

public:
    using Read = std::function<std::optional<GpuStatus>()>;

    explicit GpuLine(QWidget *parent = nullptr);

    // Empty: there is nobody to ask, and nothing is shown.
    void setSource(Read read);
    const GpuHistory &history() const noexcept { return m_history; }
    QString text() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public slots:
    void ask();

protected:
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    int chartHeight() const;

    Read m_read;
    GpuHistory m_history;
    QTimer m_timer;
};

} // namespace inferlab
