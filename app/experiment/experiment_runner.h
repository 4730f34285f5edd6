// Carries an experiment out: loads models, runs the planned order, keeps what was measured.
//
//     ExperimentResult result = emptyResult(experiment);
//     ExperimentRunner runner(result, EngineAccess::real(), modelFile, events);
//     runner.run();
#pragma once

#include "app/experiment/engine_access.h"
#include "app/experiment/experiment_result.h"
#include "app/experiment/run_control.h"
#include "app/experiment/run_once.h"
#include "app/experiment/time_left.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace inferlab {

enum class RunnerPhase {
    Loading,
    Calibrating,
    CoolingDown,
    WarmingUp,
    Measuring,
    RunDone,
    Paused,
    Ended
};

struct RunnerProgress
{
    RunnerPhase phase = RunnerPhase::Ended;
    size_t point = 0;
    int32_t repeat = 0;         // negative: a warm-up
    size_t done = 0, total = 0; // runs, warm-ups too; those left out by a rule are in neither
    double runShare = 0;        // of the run in progress, 0 .. 1
    // Estimated from what was measured; before that, from what the experiment says of itself.
    std::optional<double> secondsLeft;
};

// On the thread that runs. What one of them throws ends the experiment and comes out of run().
struct RunnerEvents
{
    std::function<void(const RunnerProgress &)> progress; // a few times a second at most
    // The point has gained the run of this repeat, and perhaps a new state.
    std::function<void(size_t point, int32_t repeat)> runMeasured;
    // Its state or message is new, and no run.
    std::function<void(size_t point)> pointChanged;
};

class ExperimentRunner
{
public:
    // `result` is empty or holds what an earlier call measured, and must outlive the runner; what
    // is there is not measured again. modelFile: for points that name none.
    ExperimentRunner(ExperimentResult &result, EngineAccess engines, std::string modelFile,
                     RunnerEvents events = {});

    // Until all is measured, the stop rule ends it or stop() was called. Points that an earlier
    // call left failed or skipped are taken up again. A point that cannot run is Failed with a
    // sentence and the others go on. Throws what events throw.
    void run();

    // For pause, skip and stop from any thread. A skipped point keeps what was measured.
    RunControl &control() noexcept { return m_control; }

private:
    enum class Attempt { Finished, Interrupted };

    bool isWanted(const PlannedRun &planned) const;
    void runPlanned(const PlannedRun &planned);
    Attempt attempt(const PlannedRun &planned);
    void ensureModel(const ExperimentPoint &point);
    void loadModel(const ModelWanted &wanted);
    void calibrate(const ModelWanted &wanted);
    void keep(const PlannedRun &planned, MeasuredRun run);
    void setState(PointResult &point, PointState state, const std::string &message = {});
    void markSkipped();
    void endByRule();

    void tell(RunnerPhase phase, const PlannedRun &planned, double share = 0);
    std::optional<double> secondsLeft(double share) const;
    void countWanted(size_t from); // runs of m_order

    ExperimentResult &m_result;
    EngineAccess m_engines;
    std::string m_modelFile;
    RunnerEvents m_events;
    RunControl m_control;
    TimeLeft m_timeLeft;
    std::vector<PlannedRun> m_order;
    size_t m_next = 0;                                  // into m_order: the run in progress
    size_t m_done = 0;                                  // runs made by this call
    std::vector<size_t> m_wantedRuns;                   // of each point, that are to come
    std::optional<ReadyModel> m_ready;                  // none: nothing is loaded
    std::set<std::pair<std::string, int>> m_calibrated; // devices and threads that were asked for
    int64_t m_toldNs = 0;
};

} // namespace inferlab
