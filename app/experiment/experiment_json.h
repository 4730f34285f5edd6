// Experiments as JSON files: strict, since a mistyped key would silently measure something else.
#pragma once

#include "app/experiment/experiment.h"
#include "engine/base/json.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace inferlab {

// {"format": "inferlab-experiment", "version": 1, "name", "question", "axes": [{"vary": "batch",
// "values": [1, 8]}], "hold": {...}, "repeats", "warm_ups", "seed", "prompts": [...], "stop":
// {...}}
Json experimentToJson(const Experiment &experiment);

// Throws InputError: not JSON, an unknown key, a wrong type, a number out of range, or what
// checkExperiment() refuses. A key that is missing has its default; name and prompts are needed.
Experiment experimentFromJson(std::string_view json, const std::string &source);
Experiment experimentFromJson(const JsonCursor &root, const std::string &source);

// Throws InputError when the file cannot be read as well.
Experiment readExperiment(const std::filesystem::path &path);

} // namespace inferlab
