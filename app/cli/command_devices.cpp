// inferlab-cli devices: what there is to run on, with reasons for what there is not.
#include "commands.h"
#include "standard_output.h"

#include "kernels/api/devices.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

namespace inferlab::cli {

namespace {

double gibibytes(size_t bytes)
{
    return static_cast<double>(bytes) / (1024.0 * 1024.0 * 1024.0);
}

void printText(const std::vector<DeviceInfo> &devices)
{
    for (const DeviceInfo &device : devices) {
        if (!device.available) {
            printOut("%-10s not available: %s\n", device.kind.c_str(), device.reason.c_str());
            continue;
        }
        printOut("%-10s %s, %.1f GiB of memory", device.kind.c_str(), device.name.c_str(),
                 gibibytes(device.memoryBytes));
        if (device.freeBytes)
            printOut(", %.1f GiB free", gibibytes(*device.freeBytes));
        if (device.hardwareThreads > 0)
            printOut(", %d cores", device.hardwareThreads);
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
    command->add_flag("--json", *json, "One JSON document on stdout");
    command->callback([json] {
        const std::vector<DeviceInfo> devices = listDevices();
        if (*json)
            printJson(devices);
        else
            printText(devices);
    });
}

} // namespace inferlab::cli
