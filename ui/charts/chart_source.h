// From run records to a plot: one of these per chart. It needs no widget, so that the headless
// program and the tests make the same pictures as the window.
#pragma once

#include "ui/charts/plot_spec.h"

#include <QElapsedTimer>
#include <memory>

namespace inferlab {

class ChartSource
{
public:
    virtual ~ChartSource() = default;

    virtual QString id() const = 0;                  // "itl"
    virtual QStringList views() const { return {}; } // of the same figures: "by token", "by time"
    // Not const: costly intermediate figures of a growing run may be kept for the next frame.
    virtual PlotSpec plot(const ChartData &data, int view) = 0;
    // Of what plot() returned.
    virtual ChartTable table(const PlotSpec &spec) const { return spec.table; }
};

// "ttft", "itl", "throughput", "percentiles", "knee".
QStringList chartIds();
std::unique_ptr<ChartSource> makeChartSource(const QString &id); // an id of chartIds()

std::unique_ptr<ChartSource> makeTtftChart();
std::unique_ptr<ChartSource> makeItlChart();
std::unique_ptr<ChartSource> makeThroughputChart();
std::unique_ptr<ChartSource> makePercentilesChart();
std::unique_ptr<ChartSource> makeKneeChart();

// Written figures of a live chart change at most 4 times a second: faster cannot be read.
class FigureClock
{
public:
    static constexpr int kIntervalMs = 250;
    // True when figures should be computed: always when not live, or for another run.
    bool due(bool live, const QString &run);

private:
    QElapsedTimer m_since;
    QString m_run;
    bool m_wasLive = false;
};

} // namespace inferlab
