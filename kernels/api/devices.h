// The devices this build knows, and how to open one. The only way from the engine to a backend.
#pragma once

#include "backend.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inferlab {

// Every kind, available or not: "cpu", "reference", "cuda"; those that are not say why in `reason`.
std::vector<DeviceInfo> listDevices();

// Number of CPU threads to use when nobody says: the cores this process may run on.
int defaultThreads();

// Instruction sets that the CPU backend has code for and this machine runs, the best last:
// "portable", "avx2", "avx512", "amx".
std::vector<std::string> cpuInstructionSets();

// Throws std::runtime_error with the reason when the kind is unknown or not available.
// instructionSet: one of cpuInstructionSets(), for the kind "cpu" only; empty takes the best.
std::unique_ptr<Backend> openBackend(std::string_view kind, int threads,
                                     std::string_view instructionSet = {});

} // namespace inferlab
