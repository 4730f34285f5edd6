// The charts of an experiment, by id: one source each, drawn from ChartData::experiment by the same
// plots, cards and exports as the charts of a run.
#pragma once

#include "ui/charts/chart_source.h"

#include <vector>

namespace inferlab {

struct Experiment;

// All there are, in the order of the page.
QStringList experimentChartIds();
std::unique_ptr<ChartSource> makeExperimentChart(const QString &id); // an id of the above
ChartCard *makeExperimentCard(const QString &id, QWidget *parent = nullptr);

// The views of a chart that say something else than its first one, that one included: what exports
// hold. Others show the same figures at another percentile or of another quantity.
std::vector<int> tellingViews(const QString &id);

// Those that have something to say about this experiment's axes, the most telling first.
QStringList chartsFor(const Experiment &experiment);

std::unique_ptr<ChartSource> makeThroughputByX();
std::unique_ptr<ChartSource> makeLatencyByX();
std::unique_ptr<ChartSource> makeTtftByX();
std::unique_ptr<ChartSource> makeItlByX();
std::unique_ptr<ChartSource> makeFirstTokenAndTotal();
std::unique_ptr<ChartSource> makeThroughputAgainstLatency();
std::unique_ptr<ChartSource> makeDistribution();
std::unique_ptr<ChartSource> makeBoxPlot();
std::unique_ptr<ChartSource> makeHeatMap();
std::unique_ptr<ChartSource> makeKvCost();
std::unique_ptr<ChartSource> makeMemoryBar();
std::unique_ptr<ChartSource> makePaddedMatrix();
std::unique_ptr<ChartSource> makeRoofline();

} // namespace inferlab
