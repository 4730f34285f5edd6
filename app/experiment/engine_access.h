// How an experiment gets a model, a prompt in tokens and an engine: from files, or from whoever
// holds a model already. Tests give their own.
#pragma once

#include "engine/measure/run_record.h"
#include "engine/run/engine.h"
#include "kernels/api/gpu_monitor.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace inferlab {

class Backend;
class LoadedModel;

struct ModelWanted
{
    std::string file;
    std::string device = "cpu"; // as --device
    int threads = 0;            // 0: all cores; a change alone does not load anew
};

struct EngineAccess
{
    // Throws InputError, std::runtime_error or Cancelled. May return null where open() needs no
    // model. The one that was returned before is held by nobody else by then: two at once may not
    // fit.
    std::function<std::shared_ptr<LoadedModel>(const ModelWanted &, const std::atomic<bool> *stop)>
        load;
    // settings.prompt in tokens. Throws InputError for a prompt that cannot be used.
    std::function<std::vector<int32_t>(const LoadedModel *, const RunSettings &)> encode;
    std::function<std::unique_ptr<Engine>(const std::shared_ptr<LoadedModel> &,
                                          const EngineOptions &)>
        open;
    // What the file is called in records. Throws as load does.
    std::function<std::string(const std::string &file, const std::atomic<bool> *stop)> hash;
    // Measures what predictions need of the model's device, where that is not known yet. May be
    // empty. Throws Cancelled alone: without it there is no prediction and all else goes on.
    std::function<void(LoadedModel &, const std::atomic<bool> *stop)> calibrate;

    // What tells of a GPU while it is measured: gpuMonitorOf(). May be empty.
    std::function<std::shared_ptr<GpuMonitor>(const Backend &)> gpuMonitor;

    // instructionSet: of the CPU, as --isa; empty: the best. Nothing is calibrated.
    static EngineAccess real(const std::string &instructionSet = {});
};

// Calibrates as EngineAccess says, into that file: calibrationPath().
void calibrateOnce(LoadedModel &model, const std::string &instructionSet,
                   const std::filesystem::path &calibrations, const std::atomic<bool> *stop);

} // namespace inferlab
