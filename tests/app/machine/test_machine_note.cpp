// What is read from /proc and /sys, on folders that look like them.
#include "app/machine/machine_note.h"

#include "engine/base/clock.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <string>
#include <thread>

using namespace inferlab;

namespace {

class FakeMachine
{
public:
    FakeMachine()
        : m_scratch(INFERLAB_TEST_SCRATCH)
    { }

    std::filesystem::path root() const { return m_scratch / "root"; }
    void write(const std::string &path, const std::string &text) const
    {
        const std::filesystem::path file = root() / path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    // Ticks: of others' and own work, stolen, and idle.
    void setTicks(int others, int own, int stolen, int idle) const
    {
        write("proc/stat",
              "cpu  " + std::to_string(others + own) + " 0 0 " + std::to_string(idle) + " 5 0 0 "
                  + std::to_string(stolen) + " 0 0\ncpu0 1 2 3\n");
        write("proc/self/stat",
              "42 (a name) with) S 1 2 3 4 5 6 7 8 9 10 " + std::to_string(own) + " 0 0 0");
    }

private:
    test::ScratchFolder m_scratch;
};

} // namespace

TEST_CASE("shares of the cores' time between two looks")
{
    const FakeMachine machine;
    machine.write("proc/loadavg", "3.00 2.00 1.00 1/100 4242\n");
    machine.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2000000\n");
    machine.write("sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "3000000\n");
    machine.write("sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "7\n");
    machine.write("sys/devices/system/cpu/cpufreq/nothing", "1\n"); // no core
    machine.setTicks(1000, 500, 100, 9000);
    const MachineWatch watch(nullptr, machine.root());
    machine.setTicks(1000 + 30, 500 + 100, 100 + 20, 9000 + 50);
    MachineNote note = watch.note();
    CHECK(note.loadPerCore == 1.5);
    CHECK(note.frequencyMhz == 2500.0);
    REQUIRE(note.othersShare);
    CHECK(*note.othersShare == doctest::Approx(30.0 / 200));
    CHECK(*note.stolenShare == doctest::Approx(20.0 / 200));
    CHECK_FALSE(note.throttled);
    CHECK(note.busy());

    machine.write("sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "8\n");
    CHECK(watch.note().throttled);
}

TEST_CASE("what cannot be known is absent")
{
    const FakeMachine machine;
    const MachineNote nothing = MachineWatch(nullptr, machine.root()).note();
    CHECK(nothing == MachineNote {});
    CHECK(nothing.words().empty());

    machine.write("proc/loadavg", "no number");
    machine.write("proc/stat", "cpu 1 2 3");
    CHECK(MachineWatch(nullptr, machine.root()).note() == MachineNote {});

    machine.setTicks(10, 10, 0, 10);
    const MachineWatch watch(nullptr, machine.root());
    machine.setTicks(20, 10, 0, 20); // 20 ticks: too short to tell
    CHECK_FALSE(watch.note().othersShare);
}

TEST_CASE("a GPU that its driver held down for heat is said, one that tells nothing is not")
{
    struct Heat final : GpuMonitor
    {
        std::string driverVersion() const override { return {}; }
        std::optional<GpuStatus> read() override
        {
            GpuStatus status;
            status.heldDownForHeatNs = ns;
            return lost ? std::nullopt : std::optional(status);
        }
        std::optional<uint64_t> ns = 1000;
        bool lost = false;
    };
    const FakeMachine machine;
    const auto gpu = std::make_shared<Heat>();
    const MachineWatch watch(gpu, machine.root());
    CHECK_FALSE(watch.note().gpuThrottled); // what was before does not count
    gpu->ns = 1001;
    const MachineNote note = watch.note();
    CHECK(note.gpuThrottled);
    CHECK_FALSE(note.throttled);
    CHECK(note.busy());
    CHECK(note.words() == "the GPU slowed down for its temperature");
    gpu->ns.reset();
    CHECK_FALSE(watch.note().gpuThrottled);
    gpu->lost = true;
    CHECK_FALSE(watch.note().gpuThrottled);
}

TEST_CASE("this machine: own work is not taken for that of others")
{
    const MachineWatch watch;
    const int64_t until = nowNs() + 600'000'000;
    double sum = 0;
    while (nowNs() < until)
        sum += std::sqrt(static_cast<double>(nowNs() % 7));
    CHECK(sum > 0);
    const MachineNote note = watch.note();
    REQUIRE(note.othersShare);
    CHECK(*note.othersShare >= 0);
    const double ownShare = 1.0 / std::max(1u, std::thread::hardware_concurrency());
    CHECK(*note.othersShare <= 1.0 - 0.2 * ownShare);
}
