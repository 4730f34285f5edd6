// The options of every command that runs a model, and loading it.
#pragma once

#include "commands.h"

#include "engine/model/loaded_model.h"

#include <memory>
#include <string>
#include <vector>

namespace inferlab::cli {

struct DeviceArguments
{
    std::string device = "cpu";
    int threads = 0; // 0: defaultThreads()
    std::string isa; // of the CPU; empty: the best
};

struct ModelArguments : DeviceArguments
{
    std::string model;
    bool orCpu = false; // where the device does not serve
};

void addDeviceOptions(CLI::App &command, DeviceArguments &arguments);

// Throws InputError for a device or instruction set that cannot be used.
std::unique_ptr<Backend> openDevice(const DeviceArguments &arguments);

void addModelOptions(CLI::App &command, ModelArguments &arguments);

// Throws InputError for a file, device or instruction set that cannot be used, Cancelled after
// Ctrl+C. With orCpu says on stderr why the device does not serve, and loads for the CPU.
std::shared_ptr<LoadedModel> loadModel(const ModelArguments &arguments, const Context &context);

// Of --tokens, "1,2,3". Throws InputError for anything else; ranges are the model's to check.
std::vector<int32_t> parseTokenIds(const std::string &text);

} // namespace inferlab::cli
