// Watches the machine while something is measured: what others took of it, and whether it slowed
// down. From Linux's /proc and /sys and the GPU's driver; what is not there stays absent.
#pragma once

#include "kernels/api/backend.h"
#include "kernels/api/gpu_monitor.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace inferlab {

// How the machine was while one run, or a calibration, went on. What the system does not tell is
// absent.
struct MachineNote
{
    std::optional<double> loadPerCore;  // 1-minute load average before the run / cores
    std::optional<double> othersShare;  // of all cores' time: taken by other processes, 0 .. 1
    std::optional<double> stolenShare;  // of all cores' time: taken by the hypervisor, 0 .. 1
    std::optional<double> frequencyMhz; // mean over the cores, after the run
    bool throttled = false;             // a core was slowed down for its temperature
    bool gpuThrottled = false;          // and so was the GPU that computes

    // Above this, other work is likely to be seen in the times.
    static constexpr double kBusyShare = 0.05;
    bool busy() const noexcept;
    std::string words() const; // "other processes took 31% of the cores"; empty when quiet
    bool operator==(const MachineNote &) const = default;
};

// Processor time since the machine started, in the kernel's ticks (1/100 s), over all cores.
struct ProcessorTicks
{
    uint64_t total = 0;  // every tick of every core, idle ones too
    uint64_t busy = 0;   // in user, nice, system, irq and softirq
    uint64_t stolen = 0; // a hypervisor gave the core to another machine
    uint64_t own = 0;    // of `busy`: this process, all threads
};

// Of the GPU that a backend computes on; null where it computes on none, or the driver tells
// nothing: a card without figures is measured as well.
std::shared_ptr<GpuMonitor> gpuMonitorOf(const Backend &backend);

class MachineWatch
{
public:
    // Takes the state before the run. gpu: that computes; null: none, or its driver tells nothing.
    // `root` stands before /proc and /sys, for tests.
    explicit MachineWatch(std::shared_ptr<GpuMonitor> gpu = nullptr,
                          std::filesystem::path root = "/");

    // Takes the state after the run. Shares of a time too short to tell (under kLeastTicks) are
    // absent.
    MachineNote note() const;

    // A share of fewer ticks than this would be noise above kBusyShare.
    static constexpr uint64_t kLeastTicks = 40;

private:
    std::shared_ptr<GpuMonitor> m_gpu;
    std::optional<uint64_t> m_gpuHeatNs;
    std::filesystem::path m_root;
    std::optional<ProcessorTicks> m_before;
    std::optional<double> m_loadPerCore;
    uint64_t m_throttles = 0;
};

} // namespace inferlab
