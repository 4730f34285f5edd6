// What the programs print of experiments as one JSON document.
#pragma once

#include "app/experiment/experiment_outlook.h"
#include "app/experiment/experiment_result.h"
#include "engine/base/json.h"

#include <filesystem>

namespace inferlab {

// {presets: [{name, question, note, expected_seconds, varies}]}
Json presetListJson();

// {experiment, question, folder, started, complete, runs, points: [...], findings: [...]}, with
// every figure of a point, what was predicted of it and what limited it, and what the experiment
// showed in sentences. outlook: null where nobody asked the cost model.
Json experimentJson(const ExperimentResult &result, const ExperimentOutlook *outlook,
                    const std::filesystem::path &folder);

} // namespace inferlab
