// How many cores this process may use: what nobody has to say on a command line.
#pragma once

#include <filesystem>

namespace inferlab {

// Cores that the scheduler may place this process on, and no more than its control group (v2) pays
// for; at least 1. `root` stands before /proc and /sys, for tests.
int usableCores(const std::filesystem::path &root = "/");

} // namespace inferlab
