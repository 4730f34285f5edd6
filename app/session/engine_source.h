// How the worker gets a model, a prompt in tokens and an engine; tests and benchmarks give their
// own.
#pragma once

#include "app/session/session_types.h"

#include <atomic>
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
    // What the file is called in records; empty when there is no file.
    std::function<std::string(const ModelChoice &, const std::atomic<bool> *stop)> hash;

    static EngineSource real();
};

} // namespace inferlab
