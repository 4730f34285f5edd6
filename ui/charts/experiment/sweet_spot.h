// The points of throughput against total latency: measured and predicted, the knees over a load,
// and what a budget leaves.
#pragma once

#include "engine/measure/knee.h"
#include "ui/charts/chart.h"
#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/experiment/predicted_curve.h"

#include <array>
#include <optional>
#include <vector>

namespace inferlab {

// What its views are at: percentiles of total latency.
inline constexpr std::array kSweetPercents {50, 90, 95, 99};
int sweetPercent(int view) noexcept; // of the nearest view that there is

// Whether the first axis is a load (app/experiment/axis.h).
bool alongLoad(const ExperimentFigures &figures);

struct SweetPoint
{
    double load = 0;     // its value along the first axis, or its place there
    Estimate latency;    // s
    Estimate throughput; // tok/s of all sequences: all tokens / all time; interval: of single runs
    const PointFigures *figures = nullptr;
    QString name; // "batch 8"
};

// Of one group, in the order of the first axis; those that gave nothing are left out.
std::vector<SweetPoint> sweetPoints(const ExperimentFigures &figures, size_t group, double percent);
// What the cost model expects of them, measured or not; rising latency.
std::vector<PredictedAt> predictedSweetPoints(const ExperimentFigures &figures, size_t group,
                                              int percent);

// No answers where the first axis is no load, or for fewer than three loads above 0.
KneeReport kneesOf(const ExperimentFigures &figures, const std::vector<SweetPoint> &points);

// "budget 2.0 s at P90: batch 8 is the last within it, batch 16 the first beyond", of the first
// group along a load; of others how many are within it.
QString budgetWords(const ExperimentFigures &figures, const LatencyBudget &budget);

} // namespace inferlab
