// Watches the machine while a run goes on: what others took of it, and whether it slowed down.
// From Linux's /proc and /sys; what is not there stays absent.
#pragma once

#include "app/experiment/experiment_result.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace inferlab {

// Processor time since the machine started, in the kernel's ticks (1/100 s), over all cores.
struct ProcessorTicks
{
    uint64_t total = 0;  // every tick of every core, idle ones too
    uint64_t busy = 0;   // in user, nice, system, irq and softirq
    uint64_t stolen = 0; // a hypervisor gave the core to another machine
    uint64_t own = 0;    // of `busy`: this process, all threads
};

class MachineWatch
{
public:
    // Takes the state before the run. `root` stands before /proc and /sys, for tests.
    explicit MachineWatch(std::filesystem::path root = "/");

    // Takes the state after the run. Shares of a time too short to tell (under kLeastTicks) are
    // absent.
    MachineNote note() const;

    // A share of fewer ticks than this would be noise above kBusyShare.
    static constexpr uint64_t kLeastTicks = 40;

private:
    std::filesystem::path m_root;
    std::optional<ProcessorTicks> m_before;
    std::optional<double> m_loadPerCore;
    uint64_t m_throttles = 0;
};

} // namespace inferlab
