// Every device is listed, what is not available says why, and opening follows the list.
#include "kernels/api/devices.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace inferlab;

namespace {

std::string errorOf(std::string_view kind, std::string_view instructionSet = {})
{
    try {
        openBackend(kind, 1, instructionSet);
    } catch (const std::runtime_error &error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("cpu, reference and cuda are listed, and open as the list says")
{
    const std::vector<DeviceInfo> devices = listDevices();
    REQUIRE(devices.size() == 3);
    CHECK(devices[0].kind == "cpu");
    CHECK(devices[1].kind == "reference");
    CHECK(devices[2].kind == "cuda");
    for (const DeviceInfo &device : devices) {
        CAPTURE(device.kind);
        CHECK(device.available == errorOf(device.kind).empty());
        CHECK(device.available == device.reason.empty());
        if (!device.available)
            CHECK(errorOf(device.kind).find(device.reason) != std::string::npos);
    }
    CHECK(devices[0].available);
    CHECK(devices[0].memoryBytes > 0);
    CHECK(devices[0].hardwareThreads == defaultThreads());
}

TEST_CASE("an unknown device or instruction set is named")
{
    CHECK(errorOf("gpu").find("\"gpu\"") != std::string::npos);
    CHECK(errorOf("cpu", "sse9").find("\"sse9\"") != std::string::npos);
    CHECK(errorOf("reference", "avx2").find("cpu only") != std::string::npos);
}

TEST_CASE("each instruction set of the list opens, and the default is the last")
{
    const std::vector<std::string> names = cpuInstructionSets();
    REQUIRE(!names.empty());
    for (const std::string &name : names)
        CHECK(openBackend("cpu", 1, name)->device().available);
    CHECK(openBackend("cpu", 1)->device().name
          == openBackend("cpu", 1, names.back())->device().name);
}

TEST_CASE("threads are as many as asked for")
{
    const auto backend = openBackend("cpu", 3);
    CHECK(backend->threads() == 3);
    backend->setThreads(2);
    CHECK(backend->threads() == 2);
    CHECK(defaultThreads() >= 1);
}
