// inferlab-cli devices: what there is to run on, with reasons for what there is not.
#include "commands.h"
#include "common_options.h"
#include "standard_output.h"

#include "engine/base/byte_text.h"
#include "kernels/api/devices.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

namespace inferlab::cli {

namespace {

void printText(const std::vector<DeviceInfo> &devices)
{
    for (const DeviceInfo &device : devices) {
        if (!device.available) {
            printOut("%-10s not available: %s\n", device.kind.c_str(), device.reason.c_str());
            continue;
        }
        printOut("%-10s %s, %s of memory", device.kind.c_str(), device.name.c_str(),
                 byteText(device.memoryBytes).c_str());
        if (device.freeBytes)
            printOut(", %s free", byteText(*device.freeBytes).c_str());
        if (device.hardwareThreads > 0)
            printOut(", %d %s", device.hardwareThreads,
                     device.hardwareThreads == 1 ? "core" : "cores");
        printOut("\n");
    }
    printOut("\nThreads unless --threads says otherwise: %d\n", defaultThreads());
    printOut("Instruction sets:");
    for (const std::string &name : cpuInstructionSets())
        printOut(" %s", name.c_str());
    printOut("\n");
}

// null: nobody knows.
nlohmann::ordered_json freeBytesJson(const DeviceInfo &device)
{
    return device.freeBytes ? nlohmann::ordered_json(*device.freeBytes) : nullptr;
}

void printJson(const std::vector<DeviceInfo> &devices)
{
    nlohmann::ordered_json document;
    document["devices"] = nlohmann::ordered_json::array();
    for (const DeviceInfo &device : devices) {
        document["devices"].push_back({{"kind", device.kind},
                                       {"name", device.name},
                                       {"available", device.available},
                                       {"reason", device.reason},
                                       {"memory_bytes", device.memoryBytes},
                                       {"free_bytes", freeBytesJson(device)},
                                       {"hardware_threads", device.hardwareThreads}});
    }
    document["default_threads"] = defaultThreads();
    document["instruction_sets"] = cpuInstructionSets();
    printOut("%s\n", document.dump(2).c_str());
}

} // namespace

void addDevices(CLI::App &app, Context &)
{
    CLI::App *command =
        app.add_subcommand("devices", "List the devices, with reasons for what is not there");
    const auto json = std::make_shared<bool>(false);
    addJsonOption(*command, *json);
    command->callback([json] {
        const std::vector<DeviceInfo> devices = listDevices();
        if (*json)
            printJson(devices);
        else
            printText(devices);
    });
}

} // namespace inferlab::cli
