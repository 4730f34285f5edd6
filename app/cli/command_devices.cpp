// inferlab-cli devices: what there is to run on, with reasons for what there is not.
#include "calibration_output.h"
#include "commands.h"
#include "common_options.h"
#include "model_arguments.h"
#include "standard_output.h"

#include "engine/base/byte_text.h"
#include "engine/base/json.h"
#include "kernels/api/devices.h"

#include <cstdio>
#include <memory>
#include <optional>

namespace inferlab::cli {

namespace {

struct Arguments
{
    bool json = false;
    bool calibrate = false;
    DeviceArguments device;
};

void printText(const std::vector<DeviceInfo> &devices,
               const std::optional<Calibration> &calibration)
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
    if (calibration)
        printOut("\n%s", calibrationText(*calibration).c_str());
}

// null: nobody knows.
Json freeBytesJson(const DeviceInfo &device)
{
    return device.freeBytes ? Json(*device.freeBytes) : Json(nullptr);
}

void printJson(const std::vector<DeviceInfo> &devices,
               const std::optional<Calibration> &calibration)
{
    Json document;
    document["devices"] = Json::array();
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
    if (calibration)
        document["calibration"] = calibrationJson(*calibration);
    printOut("%s\n", jsonText(document, 2).c_str());
}

} // namespace

void addDevices(CLI::App &app, Context &context)
{
    CLI::App *command =
        app.add_subcommand("devices", "List the devices, with reasons for what is not there");
    const auto arguments = std::make_shared<Arguments>();
    command->add_flag("--calibrate", arguments->calibrate,
                      "Measure what the device reaches (2 s) and keep it, for predictions");
    addDeviceOptions(*command, arguments->device);
    addJsonOption(*command, arguments->json);
    command->callback([arguments, &context] {
        std::optional<Calibration> calibration;
        if (arguments->calibrate) {
            const std::unique_ptr<Backend> backend = openDevice(arguments->device);
            calibration = calibrationOf(*backend, arguments->device.isa, true, context);
        }
        const std::vector<DeviceInfo> devices = listDevices();
        if (arguments->json)
            printJson(devices, calibration);
        else
            printText(devices, calibration);
    });
}

} // namespace inferlab::cli
