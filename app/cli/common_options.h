// Options that several commands have: the same words for each.
#pragma once

#include "kernels/api/dtype.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace inferlab::cli {

void addThreadsOption(CLI::App &command, int &threads);
void addInstructionSetOption(CLI::App &command, std::string &isa);
// --cache-type f16, f32 or q8_0: of the keys and values.
void addCacheTypeOption(CLI::App &command, DType &type);
// An option that is "on" or "off", as `on` says unless it is given.
void addSwitch(CLI::App &command, const std::string &name, bool &on, const std::string &words);
// --batch-invariant, none unless it is given, and --step-graphs: on or off.
void addGpuSwitches(CLI::App &command, std::optional<bool> &batchInvariant, bool &stepGraphs);
void addJsonOption(CLI::App &command, bool &json);
// --record, required: a file that readRuns() takes.
void addRecordOption(CLI::App &command, std::string &file);

} // namespace inferlab::cli
