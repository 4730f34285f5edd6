// The arguments of `inferlab` as a plain value, read before any application object exists: they
// decide which one is made. No Qt here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

namespace inferlab {

struct CommandLine
{
    enum class Mode { Window, Demo, Experiment, Help, Version };

    Mode mode = Mode::Window;
    std::string model;            // empty: the default model
    std::string openRecord;       // a run JSON to show
    std::string outputFolder;     // of the demo or the experiment
    std::string history;          // file for the runs; "off": none; empty: the standard one
    std::string prompt;           // UTF-8; empty: the built-in one
    std::optional<int> batch;     // 1 .. 256; not given: as remembered, or the default
    std::optional<int> newTokens; // 1 .. 100,000

    // Of --headless experiment: one of the first three.
    bool listPresets = false;
    std::string preset;
    std::string planFile;
    std::string device;         // empty: what the plan says
    std::optional<int> threads; // as well
    bool json = false;          // a document on stdout
};

struct CommandLineError
{
    std::string line; // one line, in words
};

// `arguments` without the program's name. Options that belong to Qt (-platform X and its kin) pass.
std::variant<CommandLine, CommandLineError>
parseCommandLine(std::span<const std::string> arguments);

std::string commandLineHelp();

} // namespace inferlab
