// From what a person chose to what the engine is asked, and to the head of the record. No thread,
// no Qt object.
#pragma once

#include "app/session/session_types.h"

#include <string>
#include <vector>

namespace inferlab {

// Cache for what this run can use and no more: prompt and answer, at most the model's context.
EngineOptions engineOptions(const RunSettings &settings, size_t promptTokens,
                            const LoadedModel *model);

// Request `index` of a batch: the same prompt, its own seed.
Request makeRequest(const RunSettings &settings, const std::vector<int32_t> &prompt, int32_t index);

ModelSummary summariseModel(const ModelChoice &choice, const LoadedModel *model);

// Label, provenance (without the hash) and settings; no requests.
RunRecord describeRun(const RunPlan &plan, const LoadedModel *model);

} // namespace inferlab
