// What the driver tells of a GPU, with a driver's library of our own in its place.
#include "kernels/api/gpu_monitor.h"
#include "support/environment_variable.h"

#include <doctest/doctest.h>

using namespace inferlab;
using namespace inferlab::test; // EnvironmentVariable FAKE_NVML: what does not work

TEST_CASE("a GPU tells its memory, load, power and clocks")
{
    std::string reason;
    for (const char *busId : {"", "0000:65:00.0"}) {
        const auto monitor = openGpuMonitor(busId, reason);
        REQUIRE_MESSAGE(monitor != nullptr, reason);
        CHECK(monitor->driverVersion() == "570.124.06");
        const std::optional<GpuStatus> status = monitor->read();
        REQUIRE(status);
        CHECK(status->memoryUsedBytes == size_t {34} << 30);
        CHECK(status->memoryBytes == size_t {80} << 30);
        CHECK(status->busyPercent == 97);
        CHECK(status->powerWatts == doctest::Approx(412.5));
        CHECK(status->coreMhz == 1980);
        CHECK(status->memoryMhz == 2619);
        CHECK(status->celsius == 58);
        CHECK(status->heldDownForHeatNs == 5'000'000);
    }
    CHECK(reason.empty());
}

TEST_CASE("what a card does not tell is absent, and a lost one tells nothing")
{
    std::string reason;
    const auto monitor = openGpuMonitor("", reason);
    REQUIRE(monitor != nullptr);
    {
        const EnvironmentVariable power("FAKE_NVML", "power");
        const std::optional<GpuStatus> status = monitor->read();
        REQUIRE(status);
        CHECK_FALSE(status->powerWatts);
        CHECK(status->busyPercent == 97);
    }
    {
        const EnvironmentVariable violation("FAKE_NVML", "violation");
        const std::optional<GpuStatus> status = monitor->read();
        REQUIRE(status);
        CHECK_FALSE(status->heldDownForHeatNs);
    }
    const EnvironmentVariable lost("FAKE_NVML", "lost");
    CHECK_FALSE(monitor->read());
}

TEST_CASE("another GPU and a driver that does not answer are said in words")
{
    std::string reason;
    CHECK(openGpuMonitor("0000:99:00.0", reason) == nullptr);
    CHECK(reason == "the NVIDIA driver does not tell of this GPU: Not Found");
    const EnvironmentVariable init("FAKE_NVML", "init");
    CHECK(openGpuMonitor("", reason) == nullptr);
    CHECK(reason == "the NVIDIA driver tells nothing: Not Supported");
}
