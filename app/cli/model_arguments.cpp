#include "model_arguments.h"

#include "engine/base/error.h"
#include "kernels/api/devices.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace inferlab::cli {

namespace {

// More threads than any machine has cores; a mistyped number should not start a million.
constexpr int kMaxThreads = 1024;

// A device that is not there is what was asked for, not something that failed.
void requireDevice(const std::string &kind)
{
    std::string kinds;
    for (const DeviceInfo &device : listDevices()) {
        if (device.kind == kind) {
            if (!device.available)
                throw InputError("--device " + kind, "", "a device that is available",
                                 device.reason);
            return;
        }
        kinds += (kinds.empty() ? "" : ", ") + device.kind;
    }
    throw InputError("--device", "", "one of " + kinds, "\"" + kind + "\"");
}

} // namespace

void addModelOptions(CLI::App &command, ModelArguments &arguments)
{
    command.add_option("--model", arguments.model, "Model file, GGUF")->required();
    command.add_option("--device", arguments.device, "cpu, cuda or reference")
        ->capture_default_str();
    command
        .add_option("--threads", arguments.threads,
                    "CPU threads; unless given, the cores this process may use")
        ->check(CLI::Range(1, kMaxThreads));
}

void addCacheTypeOption(CLI::App &command, DType &type)
{
    command
        .add_option_function<std::string>(
            "--cache-type",
            [&type](const std::string &name) { type = name == "f32" ? DType::F32 : DType::F16; },
            "Of keys and values: f16 (unless given) or f32")
        ->check(CLI::IsMember({"f16", "f32"}));
}

std::shared_ptr<LoadedModel> loadModel(const ModelArguments &arguments, const Context &context)
{
    requireDevice(arguments.device);
    LoadOptions options;
    options.device = arguments.device;
    options.threads = arguments.threads;
    return LoadedModel::load(arguments.model, options, {}, context.interrupted);
}

std::vector<int32_t> parseTokenIds(const std::string &text, const std::string &option)
{
    std::vector<int32_t> ids;
    std::string_view rest = text;
    while (true) {
        const size_t comma = rest.find(',');
        std::string_view part = rest.substr(0, comma);
        while (!part.empty() && part.front() == ' ')
            part.remove_prefix(1);
        int32_t id = 0;
        const auto result = std::from_chars(part.data(), part.data() + part.size(), id);
        if (result.ec != std::errc() || result.ptr != part.data() + part.size())
            throw InputError(option, "", "token ids such as 1,2,3",
                             "\"" + std::string(part) + "\"");
        ids.push_back(id);
        if (comma == std::string_view::npos)
            return ids;
        rest.remove_prefix(comma + 1);
    }
}

} // namespace inferlab::cli
