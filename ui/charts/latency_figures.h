// The three latencies of the percentiles chart, and those of each run on it.
#pragma once

#include "ui/charts/run_overlay.h"

#include "engine/measure/percentile.h"

#include <array>
#include <optional>
#include <vector>

namespace inferlab {

inline constexpr std::array kLatencyPercentiles {50, 90, 99};

struct LatencyFigure
{
    QString name; // "TTFT"
    QString unit;
    double perUnit; // ms in it
    Meaning meaning;
    std::vector<double> (*sample)(const RunRecord &); // ms
};

std::array<LatencyFigure, 3> latencyFigures();

struct LatenciesOfRun
{
    OverlaidRun run;
    std::array<std::optional<SampleSummary>, 3> summaries;
    std::array<std::vector<double>, 3> sorted; // ms; for the distributions only
};

double percentileOf(const SampleSummary &summary, int percent); // of kLatencyPercentiles
// "12.3 ms", and where the sample is too small for the claim "12.3 ms, n 8 of 64".
QString claimText(const SampleSummary &summary, int percent, double perUnit, const QString &unit);
// Adds "n too small: P90 needs 64, P99 662".
void addWeakLegend(PlotSpec &spec);

// Several runs: a row for each, the current one first; in it, for each latency, its percentiles as
// numbers over bars on one scale for all runs, and its n.
void addLatencyRows(PlotSpec &spec, const std::vector<LatenciesOfRun> &runs);

} // namespace inferlab
