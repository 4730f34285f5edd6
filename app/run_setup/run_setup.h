// From a run's settings to what the engine is asked, and to the head of the run's record: the same
// for the window, the command line and experiments.
#pragma once

#include "engine/measure/run_record.h"
#include "engine/run/engine.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace inferlab {

// Cache for what this run can use and no more: prompt and answer, at most settings.contextTokens,
// where that is 0 the model's context. model: null where none runs here.
EngineOptions engineOptions(const RunSettings &settings, size_t promptTokens,
                            const LoadedModel *model);

// Request `index` of a batch: the same prompt, its own seed.
Request makeRequest(const RunSettings &settings, const std::vector<int32_t> &prompt, int32_t index);

// "InferLab 0.1.0", as records and calibrations name it.
std::string programName();

// Label, provenance (without the model's hash) and settings, with the number of threads that the
// model runs on; no requests. model: null where none runs here.
RunRecord recordHead(const RunSettings &settings, const LoadedModel *model);

} // namespace inferlab
