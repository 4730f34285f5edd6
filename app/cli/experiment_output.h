// What `experiment` prints on stdout: the list of presets, and an experiment's points.
#pragma once

#include "app/experiment/experiment_result.h"
#include "engine/base/json.h"

#include <filesystem>
#include <string>

namespace inferlab::cli {

std::string presetList();
Json presetListJson();

// A line for each point: state, runs, throughput with its interval, percentiles.
std::string pointTable(const ExperimentResult &result);
// The same, with every figure: {experiment, folder, complete, runs, points: [...]}.
Json experimentJson(const ExperimentResult &result, const std::filesystem::path &folder);

} // namespace inferlab::cli
