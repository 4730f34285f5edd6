#include "app/machine/machine_note.h"

#include "engine/base/number_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace inferlab {

namespace {

namespace fs = std::filesystem;

// Of /sys/devices/system/cpu: the folders cpu0, cpu1, ...
std::vector<fs::path> coreFolders(const fs::path &root)
{
    std::vector<fs::path> folders;
    std::error_code error;
    for (const auto &entry : fs::directory_iterator(root / "sys/devices/system/cpu", error)) {
        const std::string name = entry.path().filename().string();
        const bool isCore = name.size() > 3 && name.starts_with("cpu")
            && std::all_of(name.begin() + 3, name.end(),
                           [](unsigned char c) { return std::isdigit(c) != 0; });
        if (isCore)
            folders.push_back(entry.path());
    }
    return folders;
}

std::optional<uint64_t> numberIn(const fs::path &path)
{
    std::ifstream file(path);
    uint64_t value = 0;
    return file >> value ? std::optional(value) : std::nullopt;
}

// proc(5): the first line of /proc/stat is "cpu" and user, nice, system, idle, iowait, irq,
// softirq, steal; guest time is in user already.
bool readAllCores(const fs::path &root, ProcessorTicks &ticks)
{
    std::ifstream file(root / "proc/stat");
    std::string name;
    std::array<uint64_t, 8> fields {};
    if (!(file >> name) || name != "cpu")
        return false;
    for (uint64_t &field : fields) {
        if (!(file >> field))
            return false;
        ticks.total += field;
    }
    const auto [user, nice, system, idle, ioWait, irq, softIrq, steal] = fields;
    ticks.busy = user + nice + system + irq + softIrq;
    ticks.stolen = steal;
    return true;
}

// proc(5): /proc/self/stat has the name in brackets, which may hold anything; utime and stime are
// the 12th and 13th field behind it.
bool readOwn(const fs::path &root, ProcessorTicks &ticks)
{
    std::ifstream file(root / "proc/self/stat");
    std::string line;
    if (!std::getline(file, line) || line.rfind(')') == std::string::npos)
        return false;
    std::istringstream rest(line.substr(line.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i)
        rest >> skipped;
    uint64_t user = 0;
    uint64_t system = 0;
    if (!(rest >> user >> system))
        return false;
    ticks.own = user + system;
    return true;
}

std::optional<ProcessorTicks> readTicks(const fs::path &root)
{
    ProcessorTicks ticks;
    return readAllCores(root, ticks) && readOwn(root, ticks) ? std::optional(ticks) : std::nullopt;
}

std::optional<double> loadPerCore(const fs::path &root)
{
    std::ifstream file(root / "proc/loadavg");
    double load = 0;
    const size_t cores = coreFolders(root).size();
    if (!(file >> load) || cores == 0)
        return std::nullopt;
    return load / static_cast<double>(cores);
}

// How often any core was slowed down for its temperature since the machine started.
uint64_t throttleCount(const fs::path &root)
{
    uint64_t count = 0;
    for (const fs::path &core : coreFolders(root))
        count += numberIn(core / "thermal_throttle/core_throttle_count").value_or(0);
    return count;
}

// Before and after a run, never within; a driver that hangs here would hang the run as well.
std::optional<uint64_t> heldDownForHeatNs(GpuMonitor *gpu)
{
    const std::optional<GpuStatus> status = gpu != nullptr ? gpu->read() : std::nullopt;
    return status ? status->heldDownForHeatNs : std::nullopt;
}

std::optional<double> meanFrequencyMhz(const fs::path &root)
{
    double sumKhz = 0;
    size_t cores = 0;
    for (const fs::path &core : coreFolders(root)) {
        if (const auto khz = numberIn(core / "cpufreq/scaling_cur_freq")) {
            sumKhz += static_cast<double>(*khz);
            ++cores;
        }
    }
    return cores > 0 ? std::optional(sumKhz / static_cast<double>(cores) / 1000.0) : std::nullopt;
}

std::string percentText(double share)
{
    return shortText(share * 100.0, 2) + "%";
}

// Of two counters that only grow; a counter may be read a little late, never go back.
double grown(uint64_t before, uint64_t after)
{
    return after > before ? static_cast<double>(after - before) : 0.0;
}

} // namespace

bool MachineNote::busy() const noexcept
{
    return throttled || gpuThrottled || othersShare.value_or(0) > kBusyShare
        || stolenShare.value_or(0) > kBusyShare;
}

std::string MachineNote::words() const
{
    std::string text;
    const auto add = [&text](const std::string &part) {
        text += (text.empty() ? "" : "; ") + part;
    };
    if (othersShare.value_or(0) > kBusyShare)
        add("other processes took " + percentText(*othersShare) + " of the cores");
    if (stolenShare.value_or(0) > kBusyShare)
        add("other machines took " + percentText(*stolenShare) + " of the cores");
    if (throttled)
        add("the processor slowed down for its temperature");
    if (gpuThrottled)
        add("the GPU slowed down for its temperature");
    return text;
}

std::shared_ptr<GpuMonitor> gpuMonitorOf(const Backend &backend)
{
    const std::string busId = backend.device().busId;
    std::string reason;
    return busId.empty() ? nullptr : openGpuMonitor(busId, reason);
}

MachineWatch::MachineWatch(std::shared_ptr<GpuMonitor> gpu, fs::path root)
    : m_gpu(std::move(gpu))
    , m_gpuHeatNs(heldDownForHeatNs(m_gpu.get()))
    , m_root(std::move(root))
    , m_before(readTicks(m_root))
    , m_loadPerCore(loadPerCore(m_root))
    , m_throttles(throttleCount(m_root))
{ }

MachineNote MachineWatch::note() const
{
    MachineNote note;
    note.loadPerCore = m_loadPerCore;
    note.frequencyMhz = meanFrequencyMhz(m_root);
    note.throttled = throttleCount(m_root) > m_throttles;
    const std::optional<uint64_t> gpuHeatNs = heldDownForHeatNs(m_gpu.get());
    note.gpuThrottled = m_gpuHeatNs && gpuHeatNs && *gpuHeatNs > *m_gpuHeatNs;
    const std::optional<ProcessorTicks> after = readTicks(m_root);
    if (!m_before || !after)
        return note;
    const double total = grown(m_before->total, after->total);
    if (total < static_cast<double>(kLeastTicks))
        return note;
    const double busy = grown(m_before->busy, after->busy);
    const double own = grown(m_before->own, after->own);
    note.othersShare = std::clamp((busy - own) / total, 0.0, 1.0);
    note.stolenShare = std::clamp(grown(m_before->stolen, after->stolen) / total, 0.0, 1.0);
    return note;
}

} // namespace inferlab
