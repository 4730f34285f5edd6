// The devices this build knows, and how to open one. The only way from the engine to a backend.
#pragma once

#include "backend.h"
#include "read_rate.h"

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

// What this machine's processor and memory do at best, whatever a kernel makes of it; per second.
struct CpuPeaks
{
    std::vector<ReadRate> rereads; // by rising size; the last is from memory beyond all caches
    double int8PerSecond = 0;      // products and sums of 8-bit integers; 0 for portable code
    double floatPerSecond = 0;     // of float32; 0 for portable code
};
// Reads some memory and its parts a few times, and computes twice for peakSeconds, on so many
// threads. Takes up to 512 MiB of memory for as long; throws std::bad_alloc without it.
// instructionSet: one of cpuInstructionSets(), empty takes the best. Told to stop it soon ends,
// with figures that mean nothing.
CpuPeaks measureCpuPeaks(int threads, std::string_view instructionSet, double peakSeconds,
                         const StopCheck &stop);

// Throws std::runtime_error with the reason when the kind is unknown or not available.
// instructionSet: one of cpuInstructionSets(), for the kind "cpu" only; empty takes the best.
std::unique_ptr<Backend> openBackend(std::string_view kind, int threads,
                                     std::string_view instructionSet = {});

} // namespace inferlab
