// The affinity mask, and the smallest CPU quota from the process's control group up to the root.
#include "usable_cores.h"

#include "control_group.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <sched.h>
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

} // namespace

int usableCores(const std::filesystem::path &root)
{
    int cores = coresInAffinityMask();
    for (const std::filesystem::path &group : controlGroupFolders(root)) {
        if (const auto quota = coresOfQuota(group / "cpu.max"))
            cores = std::min(cores, *quota);
    }
    return cores;
}

} // namespace inferlab
