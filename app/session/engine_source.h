// How the worker gets a model, a prompt in tokens and an engine; tests and benchmarks give their
// own.
#pragma once

#include "app/session/session_types.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace inferlab {

struct EngineSource
{
    // Throws InputError, std::runtime_error or Cancelled. May return null where open() needs no
    // model.
    std::function<std::shared_ptr<LoadedModel>(const ModelChoice &, const LoadProgressCallback &,
                                               const std::atomic<bool> *stop)>
        load;
    // The prompt in tokens. Throws InputError for a prompt that cannot be used.
    std::function<std::vector<int32_t>(const LoadedModel *, const RunSettings &)> encode;
    std::function<std::unique_ptr<Engine>(const std::shared_ptr<LoadedModel> &,
                                          const EngineOptions &)>
        open;
    // What the file is called in records; empty when there is no file. Throws InputError or
    // Cancelled. Progress in bytes; none where the answer is known already.
    std::function<std::string(const ModelChoice &,
                              const std::function<void(uint64_t done, uint64_t total)> &progress,
                              const std::atomic<bool> *stop)>
        hash;

    // Before the first run of an experiment on a device: EngineAccess::calibrate. May be empty.
    std::function<void(LoadedModel &, const std::atomic<bool> *stop)> calibrate;
    std::filesystem::path calibrations; // where that is kept, for predictions; may be empty

    // hashCacheFile: where hashes are kept from start to start (engine/files/hash_cache.h).
    // calibrationFile: where what this machine reaches is kept (app/machine/calibration_file.h).
    // Each empty: nowhere, and nothing is calibrated.
    static EngineSource real(const std::filesystem::path &hashCacheFile,
                             const std::filesystem::path &calibrationFile = {});
};

} // namespace inferlab
