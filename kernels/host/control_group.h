// Where Linux keeps the limits of this process: its control group (version 2) and those above it.
#pragma once

#include <filesystem>
#include <vector>

namespace inferlab {

// Folders of the process's control group and of each one above it, the nearest first, the root
// last. `root` stands before /proc and /sys, for tests.
std::vector<std::filesystem::path> controlGroupFolders(const std::filesystem::path &root = "/");

} // namespace inferlab
