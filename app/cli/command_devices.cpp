// inferlab-cli devices: what there is to run on, with reasons for what there is not.
#include "calibration_output.h"
#include "commands.h"
#include "common_options.h"
#include "model_arguments.h"
#include "standard_output.h"

#include "engine/base/byte_text.h"
#include "engine/base/json.h"
#include "kernels/api/devices.h"
#include "kernels/api/gpu_monitor.h"

#include <cstdio>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <vector>

namespace inferlab::cli {

namespace {

struct Arguments
{
    bool json = false;
    bool calibrate = false;
    DeviceArguments device;
};

// What its driver tells at the moment; or why it tells nothing.
void printGpu(const DeviceInfo &device)
{
    std::string reason;
    const std::unique_ptr<GpuMonitor> monitor = openGpuMonitor(device.busId, reason);
    const std::optional<GpuStatus> status = monitor ? monitor->read() : std::nullopt;
    if (!status) {
        printOut("           %s\n",
                 reason.empty() ? "the NVIDIA driver does not answer" : reason.c_str());
        return;
    }
    printOut("           driver %s, %s of %s used", monitor->driverVersion().c_str(),
             byteText(status->memoryUsedBytes).c_str(), byteText(status->memoryBytes).c_str());
    if (status->busyPercent)
        printOut(", %d%% busy", *status->busyPercent);
    if (status->powerWatts)
        printOut(", %.0f W", *status->powerWatts);
    if (status->coreMhz)
        printOut(", %d MHz", *status->coreMhz);
    if (status->memoryMhz)
        printOut(", memory at %d MHz", *status->memoryMhz);
    if (status->celsius)
        printOut(", %d C", *status->celsius);
    printOut("\n");
}

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
        if (!device.note.empty())
            printOut("           %s\n", device.note.c_str());
        if (device.kind == "cuda")
            printGpu(device);
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
                                       {"note", device.note},
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

// What a device tells only when it is open: its free memory and its note; or that it does not open.
DeviceInfo opened(const DeviceInfo &listed)
{
    DeviceInfo device = listed;
    try {
        device = openBackend(listed.kind, 1)->device();
    } catch (const std::bad_alloc &) {
        device.note = "it has no memory left to start with";
    } catch (const std::runtime_error &error) {
        device.available = false;
        device.reason = error.what();
    }
    return device;
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
        std::vector<DeviceInfo> devices = listDevices();
        for (DeviceInfo &device : devices) {
            if (device.kind == "cuda" && device.available)
                device = opened(device);
        }
        if (arguments->json)
            printJson(devices, calibration);
        else
            printText(devices, calibration);
    });
}

} // namespace inferlab::cli
