// The affinity mask, and the smallest CPU quota from the process's control group up to the root.
#include "usable_cores.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <sched.h>
#include <string>
#include <thread>

namespace inferlab {

namespace {

int coresInAffinityMask()
{
#if defined(__linux__)
    cpu_set_t set;
    CPU_ZERO(&set);
    // Fails on machines with more cores than the set has bits; then the online cores are the
    // answer.
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return std::max(1, CPU_COUNT(&set));
#endif
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

// cpu.max holds "QUOTA PERIOD" in microseconds, or "max PERIOD".
std::optional<int> coresOfQuota(const std::filesystem::path &cpuMax)
{
    std::ifstream file(cpuMax);
    double quota = 0;
    double period = 0;
    if (!(file >> quota >> period) || quota <= 0 || period <= 0)
        return std::nullopt;
    return std::max(1, static_cast<int>(std::ceil(quota / period)));
}

// The line "0::/path" of /proc/self/cgroup; empty when the process is in no v2 group.
std::string controlGroup(const std::filesystem::path &root)
{
    std::ifstream file(root / "proc/self/cgroup");
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with("0::/"))
            return line.substr(4);
    }
    return {};
}

} // namespace

int usableCores(const std::filesystem::path &root)
{
    int cores = coresInAffinityMask();
    const std::filesystem::path top = root / "sys/fs/cgroup";
    std::filesystem::path group = controlGroup(root);
    for (;;) {
        if (const auto quota = coresOfQuota(top / group / "cpu.max"))
            cores = std::min(cores, *quota);
        if (group.empty())
            return cores;
        group = group.parent_path();
    }
}

} // namespace inferlab
