// What an experiment's charts share: the pooled samples of every point and what along the axes they
// stand for. All figures come from engine/measure; this only gathers them, once for all charts.
#pragma once

#include "app/exchange/imported_series.h"
#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"
#include "app/experiment/point_samples.h"
#include "engine/measure/metrics.h"
#include "engine/measure/percentile.h"
#include "engine/measure/runs_interval.h"

#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <vector>

namespace inferlab {

// One figure, how far it is known (runs_interval.h), and whether n is enough to claim it.
struct Estimate
{
    double value = 0;
    std::optional<PercentileInterval> interval;
    IntervalMethod method = IntervalMethod::RangeOfRuns; // of that
    size_t n = 0;
    size_t runs = 0; // that the n samples are from
    bool claimed = true;
};

// A point's samples, and what charts want beside them.
struct PointFigures : PointSamples
{
    size_t index = 0; // in ExperimentResult::points
    PointState state = PointState::Waiting;
    Samples runMsPerToken;             // a run's time / its tokens: the notebook's "ITL"
    std::vector<int32_t> promptTokens; // of the latest run's requests
};

// Nullopt for an empty sample. scale: of what is returned, per unit of the samples.
std::optional<Estimate> estimateOf(const Samples &samples, double percent, double scale = 1);
// All tokens of a point / all its time, over n runs; a ratio of sums, without an interval.
std::optional<Estimate> sustainedEstimate(const PointFigures &point);

// Where a point stands: its place along the first axis, and the rest of its values as a group.
struct PointPlace
{
    size_t x = 0;     // index into the first axis's values
    size_t group = 0; // index into groups
};

using ImportedSeriesPtr = std::shared_ptr<const std::vector<ImportedSeries>>;

struct ExperimentFigures
{
    std::shared_ptr<const ExperimentResult> result; // never null
    std::vector<std::shared_ptr<const PointFigures>> points;
    std::vector<PointPlace> places; // of each point
    std::vector<QString> groups;    // what the other axes are: "KV cache off"; one, empty, without
    std::vector<QString> groupBriefs; // "off"

    std::shared_ptr<const ExperimentOutlook> outlook; // null where nobody asked the cost model
    ImportedSeriesPtr imported;                       // of others, for comparison; null: none

    // What the cost model expects of a point; null where it cannot say.
    const RunMetrics *predicted(size_t point) const;
    double predictedBytes(size_t point) const; // of memory; 0: it cannot say

    const ExperimentAxis *axis() const; // along x; null where nothing varies
    bool numericX() const;              // otherwise x are words
    // Where a point of the first axis is drawn: its value, or its index where it is a word.
    double xOf(size_t xIndex) const;
    const PointFigures *at(size_t xIndex, size_t group) const; // null without any run
    size_t xCount() const;
    bool hasRuns() const;
};

using ExperimentFiguresPtr = std::shared_ptr<const ExperimentFigures>;

// Computes them anew for points that have gained runs, and keeps the others.
class ExperimentFiguresCache
{
public:
    ExperimentFiguresPtr update(std::shared_ptr<const ExperimentResult> result,
                                std::shared_ptr<const ExperimentOutlook> outlook = {},
                                ImportedSeriesPtr imported = {});

private:
    std::vector<std::shared_ptr<const PointFigures>> m_points;
    std::string m_started; // of the experiment they belong to
    std::string m_name;
};

// On an axis: "prompt length (tokens)", "KV cache".
QString axisTitle(const ExperimentAxis &axis);
QString axisName(const ExperimentAxis &axis); // before a value: "batch", "prompt length"
QString axisValue(const AxisValue &value);
// Beside the axis's other values: a model file is what tells it from them.
QString axisValue(const ExperimentAxis &axis, const AxisValue &value);

} // namespace inferlab
