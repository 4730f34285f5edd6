// Reads /proc/cpuinfo, /proc/meminfo and the memory limits of the control groups.
#include "host_info.h"

#include "control_group.h"

#include <algorithm>
#include <fstream>
#include <optional>

namespace inferlab {

namespace {

std::string trimmed(const std::string &text)
{
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The number after `name` at the beginning of a line; "max" and absent files give none.
std::optional<size_t> numberAfter(const std::filesystem::path &path, const std::string &name)
{
    std::ifstream file(path);
    std::string word;
    size_t number = 0;
    while (file >> word) {
        if (word == name && file >> number)
            return number;
        file.clear();
        file.ignore(4096, '\n');
    }
    return std::nullopt;
}

std::optional<size_t> numberIn(const std::filesystem::path &path)
{
    std::ifstream file(path);
    size_t number = 0;
    if (file >> number)
        return number;
    return std::nullopt;
}

} // namespace

std::string cpuName(const std::filesystem::path &root)
{
    std::ifstream file(root / "proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        const size_t colon = line.find(':');
        if (colon == std::string::npos || trimmed(line.substr(0, colon)) != "model name")
            continue;
        std::string name = trimmed(line.substr(colon + 1));
        if (!name.empty())
            return name;
    }
    return "CPU";
}

HostMemoryInfo hostMemoryInfo(const std::filesystem::path &root)
{
    constexpr size_t kKibibyte = 1024; // the unit that /proc/meminfo calls kB
    const std::filesystem::path meminfo = root / "proc/meminfo";
    HostMemoryInfo info;
    info.totalBytes = numberAfter(meminfo, "MemTotal:").value_or(0) * kKibibyte;
    if (const std::optional<size_t> available = numberAfter(meminfo, "MemAvailable:"))
        info.freeBytes = *available * kKibibyte;

    for (const std::filesystem::path &group : controlGroupFolders(root)) {
        const std::optional<size_t> limit = numberIn(group / "memory.max");
        if (!limit)
            continue;
        // File pages that nobody used lately count as current but are given back on demand.
        const size_t current = numberIn(group / "memory.current").value_or(0);
        const size_t reclaimable = numberAfter(group / "memory.stat", "inactive_file").value_or(0);
        const size_t used = current - std::min(current, reclaimable);
        const size_t left = *limit - std::min(*limit, used);
        info.totalBytes = info.totalBytes == 0 ? *limit : std::min(info.totalBytes, *limit);
        info.freeBytes = std::min(info.freeBytes.value_or(left), left);
    }
    return info;
}

} // namespace inferlab
