// An experiment as it is planned: a question, what varies, what is held, how often and in which
// order. Saved as JSON, shared, opened again; the runner (experiment_runner.h) carries it out.
#pragma once

#include "app/experiment/axis.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab {

// When measuring ends before all repeats are done; 0: never for this reason.
struct StopRule
{
    // A median of fewer runs has no 95% interval (engine/measure/percentile_interval.h).
    static constexpr int32_t kLeastRepeatsForInterval = 6;

    double seconds = 0;      // of the whole experiment
    double pointSeconds = 0; // measured at one point; further repeats of it are left out
    // A point has enough once the 95% interval of its median throughput lies within this share of
    // the median, in percent.
    double intervalPercent = 0;

    bool operator==(const StopRule &) const = default;
};

struct Experiment
{
    static constexpr int32_t kMostRepeats = 1000;
    static constexpr size_t kMostPoints = 1000;

    std::string name;     // "batch": in file names and lists
    std::string question; // one sentence that the charts answer
    std::string note; // what every chart of it has to say, such as smaller numbers; may be empty
    double expectedSeconds = 0;       // on two cores with the default model; 0: unknown
    std::vector<ExperimentAxis> axes; // none: one point. The first is the charts' x axis
    // What is held. The prompt is drawn from the pool; the seed below makes the requests' seeds.
    PointSettings held;
    int32_t repeats = 5; // counted runs of each point
    int32_t warmUps = 1; // runs of each point before those, not counted
    uint64_t seed = 1;   // of the order, the prompts and the sampling
    double coolDownSeconds = 0;
    std::vector<std::string> prompts; // the pool; at least one
    StopRule stop;
};

// One combination of the axes' values.
struct ExperimentPoint
{
    size_t index = 0;              // in the order of the axes, the last one fastest
    std::vector<AxisValue> values; // one for each axis
    PointSettings settings;        // what is held, with these values applied

    // "batch 8, kv cache off"; the experiment's name where nothing varies.
    std::string label;
};

// Throws InputError for what cannot be run: no prompt, too many points, an axis twice, settings out
// of range. `source` names the file or the place in its message.
void checkExperiment(const Experiment &experiment, const std::string &source);

// The grid of all axes. The experiment was checked.
std::vector<ExperimentPoint> experimentPoints(const Experiment &experiment);

struct PlannedRun
{
    size_t point = 0;
    int32_t repeat = 0; // from 0; negative: a warm-up
    bool operator==(const PlannedRun &) const = default;
};

// Round by round, first the warm-ups: in each round every point once, in an order drawn by the seed
// and the round, so that a drift of the machine does not look like an effect. Points that share a
// model file and a device stay together within a round, since changing them loads a model.
std::vector<PlannedRun> runOrder(const Experiment &experiment,
                                 const std::vector<ExperimentPoint> &points);

// All that one run of a point is made with, its prompts and seed among it: what its record holds
// and what can be run again without the experiment.
RunSettings runSettingsOf(const Experiment &experiment, const ExperimentPoint &point,
                          int32_t repeat);

} // namespace inferlab
