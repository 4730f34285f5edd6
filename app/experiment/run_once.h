// One run of an experiment's point: its requests, an engine, steps until all have ended.
#pragma once

#include "app/experiment/engine_access.h"
#include "app/experiment/experiment_result.h"
#include "app/experiment/run_control.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace inferlab {

// A model in memory and what belongs to it.
struct ReadyModel
{
    std::shared_ptr<LoadedModel> model; // null where the engines need none
    std::string file, device;
    std::string hash;
    std::shared_ptr<GpuMonitor> gpu;        // null: tells nothing
    std::vector<std::vector<int32_t>> pool; // the prompts in its tokens
};

// done of total tokens of the answers, at most once for each step.
using RunShareCallback = std::function<void(int64_t done, int64_t total)>;

// Throws Cancelled when the control interrupts it; InputError or std::runtime_error for a run that
// cannot be made, or in which every request failed.
MeasuredRun runOnce(const Experiment &experiment, const ExperimentPoint &point, int32_t repeat,
                    const ReadyModel &ready, const EngineAccess &engines, RunControl &control,
                    const RunShareCallback &share);

} // namespace inferlab
