// From what a person chose to what a run's record says of it. No thread, no Qt object.
#pragma once

#include "app/session/session_types.h"

namespace inferlab {

ModelSummary summariseModel(const ModelChoice &choice, const LoadedModel *model);

// Label, provenance (without the hash) and settings; no requests.
RunRecord describeRun(const RunPlan &plan, const LoadedModel *model);

} // namespace inferlab
