// What --help prints: for each option its value, what it means, its range and what holds without
// it, the same way for every command.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace inferlab::cli {

// Of a command, or of the program with its commands. name: as it was called, "inferlab-cli bench".
// At most 80 columns. For CLI::App::formatter_fn().
std::string helpText(const CLI::App &command, const std::string &name);

} // namespace inferlab::cli
