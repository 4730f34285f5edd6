// The subcommands of inferlab-cli, one file each. Each adds itself to the parser; what it returns
// from its callback is the exit code: 0 done, 1 failed at run time, 130 interrupted. InputError
// means 2.
#pragma once

#include <CLI/CLI.hpp>

#include <atomic>

namespace inferlab::cli {

// Shared by the commands of one process.
struct Context
{
    int exitCode = 0;
    const std::atomic<bool> *interrupted = nullptr; // Ctrl+C was pressed
};

void addDevices(CLI::App &app, Context &context);
void addInspect(CLI::App &app, Context &context);
void addOps(CLI::App &app, Context &context);
void addKnee(CLI::App &app, Context &context);
void addMetrics(CLI::App &app, Context &context);
void addConvert(CLI::App &app, Context &context);
void addTokenize(CLI::App &app, Context &context);
void addTemplate(CLI::App &app, Context &context);
void addGenerate(CLI::App &app, Context &context);
void addBench(CLI::App &app, Context &context);
void addExperiment(CLI::App &app, Context &context);
void addPredict(CLI::App &app, Context &context);
void addLogits(CLI::App &app, Context &context);
void addPerplexity(CLI::App &app, Context &context);

} // namespace inferlab::cli
