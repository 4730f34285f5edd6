// The options of every command that runs a model, and loading it.
#pragma once

#include "commands.h"

#include "engine/model/loaded_model.h"

#include <memory>
#include <string>
#include <vector>

namespace inferlab::cli {

// More than any machine has cores; a mistyped number should not start a million.
inline constexpr int kMaxThreads = 1024;

struct ModelArguments
{
    std::string model;
    std::string device = "cpu";
    int threads = 0; // 0: defaultThreads()
    std::string isa; // of the CPU; empty: the best
};

void addModelOptions(CLI::App &command, ModelArguments &arguments);

// --cache-type f16 or f32: of the keys and values.
void addCacheTypeOption(CLI::App &command, DType &type);

// Throws InputError for a file, device or instruction set that cannot be used, Cancelled after
// Ctrl+C.
std::shared_ptr<LoadedModel> loadModel(const ModelArguments &arguments, const Context &context);

// Of --tokens, "1,2,3". Throws InputError for anything else; ranges are the model's to check.
std::vector<int32_t> parseTokenIds(const std::string &text);

} // namespace inferlab::cli
