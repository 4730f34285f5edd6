// What this machine is and how much memory this process may take.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace inferlab {

struct HostMemoryInfo
{
    size_t totalBytes = 0; // installed, or the control group's limit if that is lower; 0 if unknown
    std::optional<size_t> freeBytes; // what can be taken without swapping; none if unknown
};

// "AMD EPYC"; "CPU" when the system does not say.
// `root` stands before /proc and /sys, for tests.
std::string cpuName(const std::filesystem::path &root = "/");

HostMemoryInfo hostMemoryInfo(const std::filesystem::path &root = "/");

} // namespace inferlab
