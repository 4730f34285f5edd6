// The functions of NVML that are used here, found in the driver's library at run time. Types and
// numbers as in its manual ("NVML API Reference"), so that no header of the toolkit is needed.
#pragma once

#include <string>

namespace inferlab {

struct NvmlFunctions
{
    using Device = void *;
    struct Memory
    {
        unsigned long long total;
        unsigned long long free;
        unsigned long long used;
    };
    struct Utilization
    {
        unsigned gpu;    // percent
        unsigned memory; // percent
    };
    struct ViolationTime
    {
        unsigned long long reference; // us
        unsigned long long violation; // ns, of all time
    };
    static constexpr int kSuccess = 0;
    static constexpr int kCoreClock = 1;   // NVML_CLOCK_SM
    static constexpr int kMemoryClock = 2; // NVML_CLOCK_MEM
    static constexpr int kCoreSensor = 0;  // NVML_TEMPERATURE_GPU
    static constexpr int kHeatPolicy = 1;  // NVML_PERF_POLICY_THERMAL

    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    int (*deviceByBusId)(const char *busId, Device *device) = nullptr;
    int (*deviceByIndex)(unsigned index, Device *device) = nullptr;
    int (*memory)(Device device, Memory *memory) = nullptr;
    int (*utilization)(Device device, Utilization *utilization) = nullptr;
    int (*powerMilliwatts)(Device device, unsigned *power) = nullptr;
    int (*clockMhz)(Device device, int clock, unsigned *mhz) = nullptr;
    int (*temperature)(Device device, int sensor, unsigned *celsius) = nullptr;
    int (*violation)(Device device, int policy, ViolationTime *time) = nullptr; // may be missing
    int (*driverVersion)(char *text, unsigned length) = nullptr;
    const char *(*errorText)(int result) = nullptr;

    // False with the reason in words.
    bool find(std::string &reason);
};

} // namespace inferlab
