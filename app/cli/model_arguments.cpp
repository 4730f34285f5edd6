#include "model_arguments.h"

#include "argument_checks.h"
#include "common_options.h"

#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <cstdio>
#include <limits>

namespace inferlab::cli {

namespace {

// A device that is not there is what was asked for, not something that failed.
void requireDevice(const std::string &kind)
{
    std::string kinds;
    for (const DeviceInfo &device : listDevices()) {
        if (device.kind == kind) {
            if (!device.available)
                throw DeviceRefusal("--device " + kind, "", "a device that is available",
                                    device.reason);
            return;
        }
        kinds += (kinds.empty() ? "" : ", ") + device.kind;
    }
    throw InputError("--device", "", "one of " + kinds, "\"" + kind + "\"");
}

void requireInstructionSet(const std::string &isa, const std::string &device)
{
    if (isa.empty())
        return;
    if (device != "cpu")
        throw InputError("--isa", "", "--device cpu", "--device " + device);
    std::string names;
    for (const std::string &name : cpuInstructionSets()) {
        if (name == isa)
            return;
        names += (names.empty() ? "" : ", ") + name;
    }
    throw InputError("--isa", "", "one that this machine runs: " + names, "\"" + isa + "\"");
}

} // namespace

void addDeviceOptions(CLI::App &command, DeviceArguments &arguments)
{
    command.add_option("--device", arguments.device, "What computes: cpu, cuda or reference")
        ->type_name("NAME")
        ->capture_default_str();
    addThreadsOption(command, arguments.threads);
    addInstructionSetOption(command, arguments.isa);
}

std::unique_ptr<Backend> openDevice(const DeviceArguments &arguments)
{
    requireDevice(arguments.device);
    requireInstructionSet(arguments.isa, arguments.device);
    return openBackend(arguments.device,
                       arguments.threads > 0 ? arguments.threads : defaultThreads(), arguments.isa);
}

void addModelOptions(CLI::App &command, ModelArguments &arguments)
{
    command.add_option("--model", arguments.model, "GGUF model")
        ->type_name("FILE")
        ->required()
        ->check(notEmpty());
    addDeviceOptions(command, arguments);
    command.add_flag("--or-cpu", arguments.orCpu,
                     "Where the device is not there, or does not take the model: say so, and use "
                     "the CPU");
}

namespace {

std::shared_ptr<LoadedModel> loadOnDevice(const ModelArguments &arguments, const Context &context)
{
    requireDevice(arguments.device);
    requireInstructionSet(arguments.isa, arguments.device);
    LoadOptions options;
    options.device = arguments.device;
    options.threads = arguments.threads;
    options.instructionSet = arguments.isa;
    return LoadedModel::load(arguments.model, options, {}, context.interrupted);
}

} // namespace

std::shared_ptr<LoadedModel> loadModel(const ModelArguments &arguments, const Context &context)
{
    try {
        return loadOnDevice(arguments, context);
    } catch (const DeviceRefusal &refusal) {
        if (!arguments.orCpu || arguments.device == "cpu")
            throw;
        std::fprintf(stderr, "inferlab-cli: going on with the CPU: %s\n", refusal.what());
    }
    ModelArguments onCpu = arguments;
    onCpu.device = "cpu";
    return loadOnDevice(onCpu, context);
}

std::vector<int32_t> parseTokenIds(const std::string &text)
{
    using Limits = std::numeric_limits<int32_t>;
    return parseNumbers(text, "--tokens", Limits::min(), Limits::max(), "token ids such as 1,2,3");
}

} // namespace inferlab::cli
